"""Scenarios of key-policy-bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import UNKNOWN, Item, Scenario, Settings, accepts, refuses, undecided

from ._policy_scenarios import ACCOUNT, ROOT, allow, document
from ._types import KEY, KEY_POLICY

VIA = "rds.sa-east-1.amazonaws.com"
BOUND = {"kms:ViaService": VIA, "kms:CallerAccount": ACCOUNT}
ADMINISTER = allow({"AWS": ROOT}, Action=["kms:Describe*", "kms:PutKeyPolicy", "kms:Get*"])
GROUP = f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group:x"
LOGS = {"Service": "logs.sa-east-1.amazonaws.com"}


def use(*actions: str, **equals: Any) -> dict[str, Any]:
    condition = {"Condition": {"StringEquals": equals}} if equals else {}
    return allow({"AWS": ROOT}, Action=list(actions) or "kms:Decrypt", **condition)


def key(*entries: Mapping[str, Any]) -> Item:
    return Item(KEY, "key", {"id": UNKNOWN, "policy": document(ADMINISTER, *entries)})


def apart(*entries: Mapping[str, Any]) -> Item:
    return Item(
        KEY_POLICY,
        "policy",
        {"keyId": UNKNOWN, "policy": document(*entries)},
        needs={"keyId": ("key",)},
    )


def via(value: Any) -> dict[str, Any]:
    return use("kms:Decrypt", **{**BOUND, "kms:ViaService": value})


SCENARIOS: tuple[Scenario, ...] = (
    undecided(
        "a policy of one of two keys",
        Item(KEY, "key", {"id": UNKNOWN, "policy": UNKNOWN}),
        Item(KEY, "other", {"id": UNKNOWN, "policy": UNKNOWN}),
        Item(
            KEY_POLICY,
            "policy",
            {"keyId": UNKNOWN, "policy": document(use("kms:Decrypt", **BOUND))},
            needs={"keyId": ("key", "other")},
        ),
    ),
    accepts(
        "administration, and use through RDS", key(use("kms:Decrypt", "kms:CreateGrant", **BOUND))
    ),
    accepts("nobody uses it yet", key()),
    accepts(
        "everybody of the account, through RDS",
        key(allow("*", Action="kms:*", Condition={"StringEquals": BOUND})),
    ),
    accepts(
        "logs, for this account",
        key(allow(LOGS, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})),
    ),
    accepts(
        "logs, for named groups",
        key(
            allow(
                LOGS,
                Condition={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": GROUP}},
            )
        ),
    ),
    accepts(
        "a policy of its own",
        Item(KEY, "key", {"id": UNKNOWN, "policy": UNKNOWN}),
        apart(use(**BOUND)),
    ),
    accepts(
        "all but KMS", key({"Effect": "Allow", "Principal": {"AWS": ROOT}, "NotAction": "kms:*"})
    ),
    accepts("a denial", key({**use("kms:*"), "Effect": "Deny"})),
    refuses(
        "left to AWS, before deployment", Item(KEY, "key", {"policy": UNKNOWN}), says="left to AWS"
    ),
    refuses("left out", Item(KEY, "key"), says="left to AWS"),
    refuses("empty", Item(KEY, "key", {"policy": ""}), says="left to AWS"),
    refuses("AWS's default written out", key(use("kms:*")), says="past the key's service"),
    refuses("any action", key(use("*")), says="past the key's service"),
    refuses("decrypting by anybody of the account", key(use()), says="kms:decrypt past"),
    refuses("in capitals", key(use("KMS:DECRYPT")), says="kms:decrypt past"),
    refuses("by a pattern", key(use("kms:De?rypt")), says="kms:decrypt past"),
    refuses(
        "all but one action",
        key(
            {"Effect": "Allow", "Principal": {"AWS": ROOT}, "NotAction": "kms:ScheduleKeyDeletion"}
        ),
        says="past the key's service",
    ),
    refuses("grants by anybody", key(use("kms:CreateGrant")), says="kms:creategrant past"),
    refuses("re-encryption by anybody", key(use("kms:ReEncrypt*")), says="past"),
    refuses("no account", key(use(**{"kms:ViaService": VIA})), says="callers of any account"),
    refuses(
        "no service", key(use(**{"kms:CallerAccount": ACCOUNT})), says="past the key's service"
    ),
    refuses("any service", key(via("*")), says="past"),
    refuses("any region", key(via("rds.*.amazonaws.com")), says="past"),
    refuses("a region abroad", key(via("rds.us-east-1.amazonaws.com")), says="past"),
    refuses("two services", key(via([VIA, "kinesis.sa-east-1.amazonaws.com"])), says="past"),
    refuses("a service or any", key(via([VIA, "*"])), says="past"),
    refuses(
        "IfExists",
        key(allow({"AWS": ROOT}, Condition={"StringEqualsIfExists": BOUND})),
        says="past",
    ),
    refuses(
        "a negation", key(allow({"AWS": ROOT}, Condition={"StringNotEquals": BOUND})), says="past"
    ),
    refuses("a service for anybody", key(allow(LOGS)), says="lets a service use the key"),
    refuses(
        "a policy of its own that is not bound",
        key(use(**BOUND)),
        apart(use()),
        says="policy: policy statement 1 allows kms:decrypt past",
    ),
    refuses("no JSON", Item(KEY, "key", {"policy": "{"}), says="JSON policy"),
    undecided(
        "a policy from an output", Item(KEY, "key", {"policy": UNKNOWN}, needs={"policy": ("key",)})
    ),
    refuses(
        "another key's policy",
        Item(KEY, "other", {"id": "k2", "policy": UNKNOWN}),
        Item(KEY_POLICY, "p", {"keyId": "k1", "policy": document(use(**BOUND))}),
        says="left to AWS",
    ),
    *(
        accepts(
            f"a policy of its own, by {identity}",
            Item(KEY, "key", {identity: "k1", "policy": UNKNOWN}),
            Item(KEY_POLICY, "p", {"keyId": "k1", "policy": document(use(**BOUND))}),
        )
        for identity in ("id", "arn")
    ),
    refuses(
        "two actions, the first one named",
        key(use("kms:Decrypt", "kms:Encrypt")),
        says="allows kms:decrypt past",
    ),
    accepts(
        "one service in both allowed regions",
        key(via([VIA, "rds.sa-west-1.amazonaws.com"])),
        settings=Settings("test", suffix="test", allowed_regions=("sa-east-1", "sa-west-1")),
    ),
)
