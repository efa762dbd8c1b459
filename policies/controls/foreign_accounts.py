"""No policy lets in another account, or reaches into one."""

from __future__ import annotations

from collections.abc import Container, Iterator

from core import MANDATORY, Control, Finding, Resource, Scenario, Settings, Severity, Stack

from ._accounts import POLICIES, named, ours, proven, suspects
from ._reach import nobodys
from ._signs_in import otherwise


def stack_suspects(stack: Stack, settings: Settings) -> Container[int] | None:
    own, _ = ours(stack, settings.external_keys)
    return suspects(stack, own)


def stack_check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    own, mentioned = ours(stack, settings.external_keys)
    for key, what in nobodys(resource):
        yield Finding(
            f"{key} is {resource.props.show(key)}, {what} that is not of this stack",
            property=key,
            fix=f"for {key} a resource of this stack, or a service of AWS",
        )
    for key, what in otherwise(resource, stack, lambda: proven(stack, settings.external_keys)):
        yield Finding(
            f"{key} of its provider {what}",
            fix="aws.Provider(..., allowed_account_ids=[account]), the account that "
            "aws:allowedAccountIds in the stack's config names",
        )
    found = named(resource, stack, settings.external_keys)
    for account, where in sorted(found.items()):
        if own and account not in own:
            yield Finding(
                f"{where} names account {account}, which is not ours ({', '.join(sorted(own))})",
                property=where.split(" ", 1)[0],
            )
        elif not own and len(mentioned) > 1:
            yield Finding(
                f"{where} names account {account}, while the stack names "
                f"{', '.join(sorted(mentioned))}: only one can be ours",
                property=where.split(" ", 1)[0],
                fix="the account of aws.get_caller_identity() only, and tell which it is by "
                "aws:allowedAccountIds in the stack's config",
            )


def scenarios() -> tuple[Scenario, ...]:
    from . import _account_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="foreign-accounts",
    title="No other account is let in or written to",
    statement="No policy, trust, grant, target or provider of the stack may let in, or reach into, "
    "an account that is not the stack's own.",
    rationale="What another account may do is decided there, by people and controls that this "
    "stack's gate does not see.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=("*",),
    properties=(*dict.fromkeys(POLICIES.values()), "granteePrincipal"),
    remediation='"Principal": {"AWS": f"arn:aws:iam::{account}:root"}, with the stack\'s account',
    levels=MANDATORY,
    stack_check=stack_check,
    stack_suspects=stack_suspects,
    scenarios=scenarios,
)
