"""The lifecycle table of IAM."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World
from sandbox.providers.framework import is_missing


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(world: World) -> str:
    """The name of a role."""
    return world.role.rsplit("/", 1)[-1]


def managed(world: World, name: str) -> str:
    """The ARN of a managed policy."""
    arn = f"arn:aws:iam::{world.aws.account}:policy/{world.name(name)}"
    try:
        world.aws.iam.get_policy(PolicyArn=arn)
    except Exception as error:
        if not is_missing(error):
            raise
        world.aws.iam.create_policy(
            PolicyName=world.name(name), PolicyDocument=policy("logs:PutLogEvents")
        )
    return arn


def asked(call: Any, **arguments: Any) -> Any:
    try:
        return call(**arguments)
    except Exception as error:
        if is_missing(error):
            return None
        raise


def view_role(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = asked(world.aws.iam.get_role, RoleName=id_)
    if answer is None:
        return None
    found = answer["Role"]
    return {
        "assumeRolePolicy": json.dumps(found["AssumeRolePolicyDocument"]),
        "description": found["Description"],
        "maxSessionDuration": found["MaxSessionDuration"],
        "tags": {tag["Key"]: tag["Value"] for tag in found["Tags"]},
    }


def view_role_policy(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    name, policy_name = id_.split(":")
    answer = asked(world.aws.iam.get_role_policy, RoleName=name, PolicyName=policy_name)
    return (
        None
        if answer is None
        else {"policy": json.dumps(answer["PolicyDocument"]), "role": answer["RoleName"]}
    )


def view_attachment(world: World, id_: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = world.aws.iam.list_attached_role_policies(RoleName=role(world))["AttachedPolicies"]
    return next(
        ({"policyArn": p["PolicyArn"]} for p in found if id_.endswith(p["PolicyArn"])), None
    )


def view_policy(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = asked(world.aws.iam.get_policy, PolicyArn=id_)
    if answer is None:
        return None
    version = answer["Policy"]["DefaultVersionId"]
    found = world.aws.iam.get_policy_version(PolicyArn=id_, VersionId=version)["PolicyVersion"]
    tags = world.aws.iam.list_policy_tags(PolicyArn=id_)["Tags"]
    return {
        "policy": json.dumps(found["Document"]),
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


CASES: tuple[Case, ...] = (
    Case(
        "aws:iam/role:Role",
        lambda w: {
            "name": w.name("flow"),
            "assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com"),
            "description": "of a test",
            "tags": TAGS,
        },
        view_role,
        update=lambda w: {
            "assumeRolePolicy": trust("monitoring.rds.amazonaws.com"),
            "description": "changed",
            "maxSessionDuration": 7200,
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.iam.update_role(RoleName=id_, Description="drifted"),
        drifts="description",
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda w: {"name": w.name("write"), "role": role(w), "policy": policy("logs:PutLogEvents")},
        view_role_policy,
        update=lambda w: {"policy": policy("logs:CreateLogStream")},
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.iam.put_role_policy(
            RoleName=s["role"], PolicyName=s["name"], PolicyDocument=policy("logs:*")
        ),
        drifts="policy",
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda w: {"role": role(w), "policyArn": managed(w, "one")},
        view_attachment,
        replace=lambda w: {"policyArn": managed(w, "two")},
        operations=("create", "read", "delete"),
    ),
    Case(
        "aws:iam/policy:Policy",
        lambda w: {"name": w.name("own"), "policy": policy("logs:PutLogEvents"), "tags": TAGS},
        view_policy,
        update=lambda w: {"policy": policy("logs:CreateLogStream"), "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.iam.create_policy_version(
            PolicyArn=id_, PolicyDocument=policy("logs:*"), SetAsDefault=True
        ),
        drifts="policy",
    ),
)
