"""A key is used through its one service and from its own account only."""

from __future__ import annotations

from collections.abc import Iterator

from core import UNKNOWN, Control, Finding, Level, Resource, Scenario, Settings, Severity, Stack

from ._attached import attached
from ._policy import Statement, statements
from ._types import KEY, KEY_POLICY

#: What reads, writes or hands on; the rest of KMS administers.
USE = (
    "kms:decrypt",
    "kms:encrypt",
    "kms:generatedatakey",
    "kms:generatedatakeywithoutplaintext",
    "kms:generatedatakeypair",
    "kms:reencryptfrom",
    "kms:reencryptto",
    "kms:creategrant",
)
_CONTEXT = "kms:encryptioncontext:aws:logs:arn"


def stack_check(key: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    found = [(key, s) for s in _policy(key, stack)]
    for other in attached(stack, KEY_POLICY, "keyId", KEY).get(key.urn, ()):
        found += [(other, s) for s in statements(other.props, "policy")]
    if not found:
        yield Finding("policy is left to AWS, which lets the whole account use the key", "policy")
    for holder, statement in found:
        if statement.allow and (used := statement.grants(*USE)):
            where = f"{holder.name}: {statement.path}" if holder is not key else statement.path
            yield from _unbound(where, statement, used[0], settings)


def _policy(key: Resource, stack: Stack) -> list[Statement]:
    if key.props.raw("policy") is UNKNOWN and not stack.sources(key, "policy"):
        return []
    return statements(key.props, "policy")


def _unbound(where: str, statement: Statement, use: str, settings: Settings) -> Iterator[Finding]:
    through = statement.through
    named = {name for name, region in through or () if region in settings.allowed_regions}
    for kind, _ in statement.principals:
        if kind == "Service":
            bound = statement.callers is not None or bool(statement.only(_CONTEXT))
            if not bound:
                yield Finding(
                    f"{where} lets a service use the key ({use}) for any account",
                    property="policy",
                    fix='"Condition": {"StringEquals": {"aws:SourceAccount": account}}',
                )
        elif through is None or len(named) != 1:
            yield Finding(f"{where} allows {use} past the key's service", property="policy")
        elif statement.callers is None:
            yield Finding(f"{where} allows {use} to callers of any account", property="policy")


def scenarios() -> tuple[Scenario, ...]:
    from . import _bound_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="key-policy-bound",
    title="Keys are bound to their service and account",
    statement="Each key's policy must be written out, and let the key be used only through one AWS "
    "service (kms:ViaService) and from its own account (kms:CallerAccount).",
    rationale="A key that only its service can use decrypts nothing that was copied out of it.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(KEY,),
    properties=("policy",),
    remediation='"Condition": {"StringEquals": {"kms:ViaService": f"rds.{region}.amazonaws.com", '
    '"kms:CallerAccount": account}}',
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    stack_check=stack_check,
    scenarios=scenarios,
)
