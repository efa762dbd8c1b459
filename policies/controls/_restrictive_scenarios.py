"""Scenarios of secret-policy-restrictive."""

from __future__ import annotations

from typing import Any

from core import (
    UNKNOWN,
    Item,
    Scenario,
    Value,
    accepts,
    refuses,
    undecided,
)

from ._policy_scenarios import ACCOUNT, allow, document
from ._types import SECRET, SECRET_POLICY


def denial(readers: Any = f"arn:aws:iam::{ACCOUNT}:role/app", **more: Any) -> dict[str, Any]:
    condition = {"ArnNotEquals": {"aws:PrincipalArn": readers}}
    return {**allow("*", Action="secretsmanager:*", Condition=condition), "Effect": "Deny", **more}


def secret(*entries: dict[str, Any]) -> tuple[Item, Item]:
    props: dict[str, Value] = {"secretArn": UNKNOWN, "policy": document(*entries)}
    policy = Item(SECRET_POLICY, "policy", props, needs={"secretArn": ("secret",)})
    return Item(SECRET, "secret", {"arn": UNKNOWN, "policy": UNKNOWN}), policy


READER = f"arn:aws:iam::{ACCOUNT}:role/app"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}
TWICE = {
    "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/a"},
    "Bool": {"aws:ViaAWSService": "false"},
}

SCENARIOS: tuple[Scenario, ...] = (
    undecided(
        "a policy of one of two secrets",
        *(Item(SECRET, name, {"arn": UNKNOWN, "policy": UNKNOWN}) for name in ("a", "b")),
        Item(
            SECRET_POLICY,
            "policy",
            {"secretArn": UNKNOWN, "policy": document(denial())},
            needs={"secretArn": ("a", "b")},
        ),
    ),
    accepts("denied to all but a role", *secret(denial())),
    accepts("reading alone denied", *secret(denial(Action="secretsmanager:GetSecretValue"))),
    accepts("in the secret itself", Item(SECRET, "s", {"policy": document(denial())})),
    accepts(
        "all but a role, by NotPrincipal",
        *secret({"Effect": "Deny", "NotPrincipal": ROOT, "Action": "*"}),
    ),
    refuses("no policy", Item(SECRET, "s", {"policy": UNKNOWN}), says="no policy of the secret"),
    refuses("an allowance", *secret(denial(Effect="Allow")), says="no policy of the secret"),
    refuses(
        "another action denied", *secret(denial(Action="secretsmanager:Put*")), says="no policy"
    ),
    refuses("all but everybody", *secret(denial("*")), says="no policy of the secret"),
    refuses(
        "all but the account's", *secret(denial(f"arn:aws:iam::{ACCOUNT}:*")), says="no policy"
    ),
    refuses(
        "all but any account's role",
        *secret(denial("arn:aws:iam::*:role/app")),
        says="no policy",
    ),
    refuses("all but nobody named", *secret(denial([])), says="no policy of the secret"),
    refuses("under a second condition", *secret(denial(Condition=TWICE)), says="no policy"),
    refuses("one role denied", *secret(denial(Principal=ROOT)), says="no policy of the secret"),
    refuses(
        "another secret's policy", secret(denial())[1], Item(SECRET, "other"), says="no policy"
    ),
    undecided(
        "a policy from an output",
        Item(SECRET, "s", {"policy": UNKNOWN}, needs={"policy": ("s",)}),
    ),
    *(
        accepts(
            f"unless, by {operator}",
            *secret(denial(Condition={operator: {"aws:PrincipalArn": READER}})),
        )
        for operator in (
            "ArnNotEquals",
            "ArnNotLike",
            "StringNotEquals",
            "StringNotLike",
            "ArnNotEqualsIfExists",
        )
    ),
    *(
        accepts(
            f"deployed, by {identity}",
            Item(SECRET, "s", {identity: "s-1"}),
            Item(SECRET_POLICY, "p", {"secretArn": "s-1", "policy": document(denial())}),
        )
        for identity in ("id", "arn")
    ),
    *(
        refuses(name, *secret(entry), says="no policy of the secret")
        for name, entry in (
            (
                "denied to the readers",
                denial(Condition={"ArnEquals": {"aws:PrincipalArn": READER}}),
            ),
            (
                "unless another key says so",
                denial(Condition={"ArnNotEquals": {"aws:SourceArn": READER}}),
            ),
            ("all but any role", denial(f"arn:aws:iam::{ACCOUNT}:role/*")),
            ("all but anybody, by a mark", denial("?*")),
            ("one reader and anybody", denial([READER, "*"])),
            ("no condition", denial(Condition={})),
            (
                "all but everybody, by NotPrincipal",
                {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": "*"},
            ),
            (
                "all but nobody, by NotPrincipal",
                {"Effect": "Deny", "NotPrincipal": {"AWS": []}, "Action": "*"},
            ),
            (
                "by NotPrincipal at times",
                {
                    "Effect": "Deny",
                    "NotPrincipal": ROOT,
                    "Action": "*",
                    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
                },
            ),
            (
                "all resources but some",
                {**{k: v for k, v in denial().items() if k != "Resource"}, "NotResource": "*"},
            ),
        )
    ),
)
