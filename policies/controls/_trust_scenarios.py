"""Scenarios of role-trust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import (
    Item,
    Scenario,
    accepts,
    refuses,
)

from ._policy_scenarios import ACCOUNT, ROOT, allow, closed, document
from ._types import ROLE

KEY = "assumeRolePolicy"


def role(**statement: Any) -> Item:
    return Item(ROLE, "r", {KEY: document(statement)})


ISSUER = "token.actions.githubusercontent.com"


def oidc(condition: Mapping[str, Any]) -> dict[str, Any]:
    provider = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"}
    return allow(provider, Action="sts:AssumeRoleWithWebIdentity", Condition=condition)


SCENARIOS: tuple[Scenario, ...] = (
    *closed(ROLE, KEY, {}),
    accepts("a service", role(**allow({"Service": "rds.amazonaws.com"}, Action="sts:AssumeRole"))),
    accepts("a role of ours", role(**allow({"AWS": ROOT}, Action=["sts:AssumeRole"]))),
    accepts(
        "a denial of all but an action, beside",
        Item(
            ROLE,
            "r",
            {
                KEY: document(
                    allow({"AWS": ROOT}),
                    {"Effect": "Deny", "Principal": "*", "NotAction": "sts:TagSession"},
                )
            },
        ),
    ),
    refuses("no action", role(Effect="Allow", Principal={"AWS": ROOT}), says="does not name what"),
    *(
        accepts(f"pipelines of {sub}", role(**oidc({"StringLike": {f"{ISSUER}:sub": sub}})))
        for sub in ("system", "repo:ours/iot:*", "repo:ours/iot:ref:refs/heads/main")
    ),
    *(
        refuses(f"pipelines under {cond}", role(**oidc(cond)), says="everybody who signs in")
        for cond in (
            {},
            {"StringLike": {f"{ISSUER}:sub": ""}},
            {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"}},
            {"StringLike": {f"{ISSUER}:sub": "*"}},
            {"StringLike": {f"{ISSUER}:sub": "repo:*"}},
            {"StringLike": {f"{ISSUER}:sub": ["repo:ours/iot:*", "repo:?*"]}},
            {"StringNotLike": {f"{ISSUER}:sub": "repo:ours/iot:*"}},
        )
    ),
    refuses("no trust", Item(ROLE, "r"), says="is absent"),
    refuses("an empty trust", Item(ROLE, "r", {KEY: ""}), says="is absent"),
    refuses(
        "all but an action",
        role(Effect="Allow", Principal={"AWS": ROOT}, NotAction="sts:TagSession"),
        says="does not name what",
    ),
    accepts(
        "a denial of pipelines, beside",
        Item(ROLE, "r", {KEY: document(allow({"AWS": ROOT}), {**oidc({}), "Effect": "Deny"})}),
    ),
    refuses(
        "pipelines of any kind",
        role(**oidc({"StringLike": {f"{ISSUER}:sub": "re*:x"}})),
        says="signs in",
    ),
    refuses(
        "pipelines beside a service",
        role(
            Effect="Allow",
            Principal={**oidc({})["Principal"], "Service": "rds.amazonaws.com"},
            Action="sts:AssumeRoleWithWebIdentity",
        ),
        says="signs in",
    ),
)
