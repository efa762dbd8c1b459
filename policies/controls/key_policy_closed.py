"""Nobody but named principals may use a KMS key."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    Value,
    accepts,
    refuses,
    undecided,
)

from ._policy import names_one, public_findings, statements
from ._policy_scenarios import ROOT, closed
from ._types import KEY, KEY_GRANT, KEY_POLICY


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type != KEY_GRANT:
        yield from public_findings(props, "policy", statements(props, "policy"))
        return
    for key in ("granteePrincipal", "retiringPrincipal"):
        name = props.text(key)
        if name and not (names_one("AWS", name) or names_one("Service", name)):
            yield Finding(f"{key} is {props.show(key)}, which is nobody of AWS", property=key)


def grant(to: Value) -> Item:
    return Item(KEY_GRANT, "grant", {"granteePrincipal": to, "operations": ["Decrypt"]})


CONTROL = Control(
    id="key-policy-closed",
    title="Key policies let in named principals only",
    statement="No key policy and no grant may let everybody in, or somebody who cannot be told.",
    rationale="A key's policy is the last lock: whoever it lets in reads every store under it.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=(KEY, KEY_POLICY, KEY_GRANT),
    properties=("policy", "granteePrincipal"),
    remediation='"Principal": {"AWS": f"arn:aws:iam::{account}:root"}',
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *closed(KEY, "policy", {}),
        *closed(KEY_POLICY, "policy", {"keyId": UNKNOWN}),
        accepts("no policy: AWS's, for our account", Item(KEY, "key")),
        accepts("a grant to our account", grant(ROOT)),
        accepts("a grant to a service", grant("rds.amazonaws.com")),
        refuses("a grant to everybody", grant("*"), says="is *"),
        refuses("a grant to a wildcard", grant("arn:aws:iam::*:role/x"), says="nobody of AWS"),
        refuses(
            "a grant that everybody may retire",
            Item(KEY_GRANT, "g", {"granteePrincipal": ROOT, "retiringPrincipal": "*"}),
            says="retiringPrincipal is *",
        ),
        undecided("a grant to an output", grant(UNKNOWN)),
    ),
)
