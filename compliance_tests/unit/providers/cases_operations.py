"""The lifecycle table of logs, alarms, topics and roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_data import ask
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World


def statement(action: str, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*", **more}]})


def trust(service: str) -> str:
    made = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [made]})


def text(document: Any) -> str:
    """IAM's clients decode documents, the emulator's answers may be text."""
    return document if isinstance(document, str) else json.dumps(document)


def view_log_group(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = [g for g in world.aws.logs.describe_log_groups(logGroupNamePrefix=id)["logGroups"] if g["logGroupName"] == id]
    if not found:
        return None
    tags = world.aws.logs.list_tags_for_resource(resourceArn=found[0]["arn"].removesuffix(":*"))["tags"]
    return {"retentionInDays": found[0].get("retentionInDays"), "kmsKeyId": found[0].get("kmsKeyId"), "tags": tags}


def view_log_policy(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = [p for p in world.aws.logs.describe_resource_policies()["resourcePolicies"] if p["policyName"] == id]
    return {"policyDocument": found[0]["policyDocument"]} if found else None


def view_alarm(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = world.aws.cloudwatch.describe_alarms(AlarmNames=[id])["MetricAlarms"]
    if not found:
        return None
    tags = world.aws.cloudwatch.list_tags_for_resource(ResourceARN=found[0]["AlarmArn"])["Tags"]
    return {
        "threshold": found[0]["Threshold"],
        "period": found[0]["Period"],
        "metricName": found[0]["MetricName"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def view_topic(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.sns.get_topic_attributes, TopicArn=id)
    if answer is None:
        return None
    tags = world.aws.sns.list_tags_for_resource(ResourceArn=id)["Tags"]
    found = answer["Attributes"]
    return {
        "displayName": found.get("DisplayName"),
        "kmsMasterKeyId": found.get("KmsMasterKeyId"),
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def view_role(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.iam.get_role, RoleName=id)
    if answer is None:
        return None
    role = answer["Role"]
    tags = world.aws.iam.list_role_tags(RoleName=id)["Tags"]
    return {
        "assumeRolePolicy": text(role["AssumeRolePolicyDocument"]),
        "description": role.get("Description"),
        "maxSessionDuration": role["MaxSessionDuration"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def view_role_policy(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    role, _, name = id.partition(":")
    answer = ask(world.aws.iam.get_role_policy, RoleName=role, PolicyName=name)
    return {"policy": text(answer["PolicyDocument"])} if answer else None


def view_attachment(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = world.aws.iam.list_attached_role_policies(RoleName=role_name(world))["AttachedPolicies"]
    return {"policyArn": found[0]["PolicyArn"]} if found else None


def view_policy(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.iam.get_policy, PolicyArn=id)
    if answer is None:
        return None
    version = world.aws.iam.get_policy_version(PolicyArn=id, VersionId=answer["Policy"]["DefaultVersionId"])
    tags = world.aws.iam.list_policy_tags(PolicyArn=id)["Tags"]
    return {"policy": text(version["PolicyVersion"]["Document"]), "tags": {tag["Key"]: tag["Value"] for tag in tags}}


def role_name(world: World) -> str:
    return world.role.rpartition("/")[2]


def policy_arn(world: World, name: str) -> str:
    """A policy to attach."""
    arn = f"arn:aws:iam::{world.aws.account}:policy/{world.name(name)}"
    if ask(world.aws.iam.get_policy, PolicyArn=arn) is None:
        world.aws.iam.create_policy(PolicyName=world.name(name), PolicyDocument=statement("logs:*"))
    return arn


CASES: tuple[Case, ...] = (
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda w: {"name": w.name("/aws/kinesis/data"), "retentionInDays": 7, "kmsKeyId": w.log_keys[0], "tags": TAGS},
        view_log_group,
        update=lambda w: {"retentionInDays": 30, "kmsKeyId": w.log_keys[1], "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("/aws/kinesis/other")},
        drift=lambda w, id, s: w.aws.logs.delete_retention_policy(logGroupName=id),
        drifts="retentionInDays",
    ),
    Case(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        lambda w: {"policyName": w.name("writers"), "policyDocument": statement("logs:PutLogEvents", Principal="*")},
        view_log_policy,
        update=lambda w: {"policyDocument": statement("logs:CreateLogStream", Principal="*")},
        replace=lambda w: {"policyName": w.name("others")},
        drift=lambda w, id, s: w.aws.logs.put_resource_policy(policyName=id, policyDocument=statement("logs:*", Principal="*")),
        drifts="policyDocument",
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda w: {
            "name": w.name("behind"), "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "period": 60,
            "metricName": "GetRecords.IteratorAgeMilliseconds", "namespace": "AWS/Kinesis", "statistic": "Maximum",
            "threshold": 1000, "dimensions": {"StreamName": "data"}, "tags": TAGS,
        },
        view_alarm,
        update=lambda w: {"threshold": 2000, "period": 300, "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("far-behind")},
        drift=lambda w, id, s: w.aws.cloudwatch.put_metric_alarm(
            AlarmName=id, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, Period=300, Threshold=9e9,
            MetricName=s["metricName"], Namespace=s["namespace"], Statistic=s["statistic"],
            Dimensions=[{"Name": "StreamName", "Value": "data"}],
        ),
        drifts="threshold",
    ),
    Case(
        "aws:sns/topic:Topic",
        lambda w: {"name": w.name("alarms"), "displayName": "alarms", "kmsMasterKeyId": w.key, "tags": TAGS},
        view_topic,
        update=lambda w: {"displayName": "Alarms", "kmsMasterKeyId": w.other_key, "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("others")},
        drift=lambda w, id, s: w.aws.sns.set_topic_attributes(TopicArn=id, AttributeName="DisplayName", AttributeValue="x"),
        drifts="displayName",
    ),
    Case(
        "aws:iam/role:Role",
        lambda w: {"name": w.name("flow-logs"), "description": "d", "assumeRolePolicy": trust("vpc-flow-logs"), "tags": TAGS},
        view_role,
        update=lambda w: {"assumeRolePolicy": trust("rds"), "description": "e", "maxSessionDuration": 7200, "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("others")},
        drift=lambda w, id, s: w.aws.iam.update_assume_role_policy(RoleName=id, PolicyDocument=trust("ec2")),
        drifts="assumeRolePolicy",
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda w: {"role": role_name(w), "name": "write", "policy": statement("logs:PutLogEvents")},
        view_role_policy,
        update=lambda w: {"policy": statement("logs:CreateLogStream")},
        replace=lambda w: {"name": "another"},
        drift=lambda w, id, s: w.aws.iam.put_role_policy(RoleName=role_name(w), PolicyName="write", PolicyDocument=statement("*")),
        drifts="policy",
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda w: {"role": role_name(w), "policyArn": policy_arn(w, "one")},
        view_attachment,
        replace=lambda w: {"policyArn": policy_arn(w, "two")},
    ),
    Case(
        "aws:iam/policy:Policy",
        lambda w: {"name": w.name("reader"), "policy": statement("logs:Get*"), "tags": TAGS},
        view_policy,
        update=lambda w: {"policy": statement("logs:List*"), "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other-reader")},
        drift=lambda w, id, s: w.aws.iam.create_policy_version(PolicyArn=id, PolicyDocument=statement("*"), SetAsDefault=True),
        drifts="policy",
    ),
)  # fmt: skip
