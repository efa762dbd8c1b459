"""Roles may do named things to named resources."""

from __future__ import annotations

from collections.abc import Iterator

from core import MANDATORY, Control, Finding, Props, Resource, Scenario, Settings, Severity

from ._policy import Statement, statements
from ._types import POLICY, ROLE, ROLE_POLICY

#: What AWS offers on no resource: to read lists, to write metrics and traces, to wire a VPC.
ON_EVERYTHING = ("describe", "list", "putmetricdata", "puttracesegments", "puttelemetryrecords")
_OF_EC2 = ("ec2:createnetworkinterface", "ec2:deletenetworkinterface")
_OF_TOKENS = ("ecr:getauthorizationtoken", "sts:getcalleridentity", "kms:generaterandom")


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    if resource.type != ROLE:
        if not resource.props.declared("policy"):
            yield Finding("policy is absent", property="policy")
        yield from _wide(resource.props)
        return
    for inline in resource.props.blocks("inlinePolicies"):
        yield from _wide(inline)


def _wide(props: Props) -> Iterator[Finding]:
    for statement in statements(props, "policy"):
        if not statement.allow:
            continue
        where = statement.path
        if statement.not_action or statement.not_resource:
            yield Finding(f"{where} allows all but what it names", property="policy")
        for action in statement.actions:
            service, _, name = action.partition(":")
            if "*" in service or "?" in service or not name.strip("*?"):
                yield Finding(f"{where} allows {action}, every action", property="policy")
            elif _on_everything(statement) and not _needs_everything(action):
                yield Finding(f"{where} allows {action} on every resource", property="policy")


def _on_everything(statement: Statement) -> bool:
    """True when a resource is a wildcard, or an ARN that says no more than its service."""
    return not statement.resources or any(_is_everything(r) for r in statement.resources)


def _is_everything(resource: str) -> bool:
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return True
    kind, _, name = parts[5].replace("/", ":", 1).partition(":")
    wild = not (name or kind).strip("*?:/")
    return wild or any(c in parts[1] + parts[2] for c in "*?")


def _needs_everything(action: str) -> bool:
    return action in (*_OF_EC2, *_OF_TOKENS) or action.partition(":")[2].startswith(ON_EVERYTHING)


def scenarios() -> tuple[Scenario, ...]:
    from . import _privilege_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="role-least-privilege",
    title="Roles may do named things to named resources",
    statement="No policy of a role may allow every action of a service, all but some, or to "
    "change or read data on every resource.",
    rationale="What a stolen role can do is what its policies say, not what its program does.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(ROLE, ROLE_POLICY, POLICY),
    properties=("policy", "inlinePolicies"),
    remediation='"Action": ["logs:PutLogEvents"], "Resource": [f"arn:aws:logs:{region}:{account}:'
    'log-group:{name}:*"]',
    levels=MANDATORY,
    check=check,
    scenarios=scenarios,
)
