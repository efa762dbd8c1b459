"""Roles carry only policies of this stack, and the few of AWS that are made for one service."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
)

from ._types import POLICY, ROLE, ROLE_ATTACHMENT

#: Policies of AWS that let one service do its own work and reach no data of ours.
OF_AWS = tuple(
    f"arn:aws:iam::aws:policy/service-role/{name}"
    for name in (
        "AmazonRDSEnhancedMonitoringRole",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
    )
)


def stack_check(resource: Resource, stack: Stack, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    boundary = props.raw("permissionsBoundary")
    if isinstance(boundary, str) and "AdministratorAccess" in boundary:
        yield Finding(
            "permissionsBoundary is AdministratorAccess, which bounds nothing",
            "permissionsBoundary",
        )
    key = "managedPolicyArns" if resource.type == ROLE else "policyArn"
    left_out = props.raw(key) is UNKNOWN and not stack.sources(resource, key)
    if resource.type == ROLE and left_out:
        return  # AWS fills in what attachments attach
    reference = stack.refers_to(resource, key, (POLICY,), ("arn",))
    for stranger in reference.strangers:
        if stranger not in OF_AWS:
            yield Finding(f"{key} names {stranger}, no policy of this stack", property=key)
    if reference.undecided and stack.sources(resource, key, POLICY):
        yield Finding(f"{key} may be one policy or another", property=key, undecided=True)
    elif reference.undecided:
        yield Finding(f"{key} comes from no policy of this stack", property=key)
    if resource.type != ROLE and props.raw(key) is None:
        yield Finding(f"{key} is absent", property=key)


def scenarios() -> tuple[Scenario, ...]:
    from . import _attachment_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="role-attachments",
    title="Roles carry only policies of this stack",
    statement="Each policy attached to a role must be one of this stack, or one of AWS's that is "
    "made for a single service.",
    rationale="AWS's own policies grow without notice, and most allow every resource.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(ROLE, ROLE_ATTACHMENT),
    properties=("policyArn", "managedPolicyArns"),
    remediation="policy_arn=policy.arn, with policy = aws.iam.Policy(...)",
    remedies={
        "permissionsBoundary": "permissions_boundary=boundary.arn, with boundary = "
        "aws.iam.Policy(...)",
        ROLE: "managed_policy_arns=[policy.arn], with policy = aws.iam.Policy(...)",
    },
    levels=MANDATORY,
    stack_check=stack_check,
    scenarios=scenarios,
)
