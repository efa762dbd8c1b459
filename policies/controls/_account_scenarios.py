"""Scenarios of foreign-accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import UNKNOWN, Item, Scenario, Value, accepts, refuses, undecided

from ._account_reach_scenarios import REACHES
from ._accounts import POLICIES
from ._policy_scenarios import ACCOUNT, allow, document
from ._types import KEY, KEY_GRANT, LOG_GROUP, ROLE, ROLE_POLICY, SECRET_POLICY, STREAM_POLICY

OTHER = "999988887777"
THEIRS = f"arn:aws:iam::{OTHER}:root"
OURS = f"arn:aws:iam::{ACCOUNT}:root"
DEPLOYED = Item(LOG_GROUP, "l", {"arn": f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group:l-test"})
TOLD: dict[str, Value] = {"allowedAccountIds": f'["{ACCOUNT}"]'}
UNREAD = Item(STREAM_POLICY, "unread", {"policy": UNKNOWN}, needs={"policy": ("unread",)})
KEY_OF_OURS = Item(KEY, "ours", {"policy": document(allow({"AWS": OURS}))})


def key(*principals: str) -> Item:
    return Item(KEY, "key", {"policy": document(allow({"AWS": list(principals)}))})


def holder(type_: str, prop: str, statement: Mapping[str, Any]) -> Item:
    return Item(type_, "x", {prop: document(statement)}, provider_props=TOLD)


SCENARIOS: tuple[Scenario, ...] = (
    accepts("one account, before anything is known", key(OURS)),
    accepts("our account, deployed", key(OURS, f"arn:aws:iam::{ACCOUNT}:role/r"), DEPLOYED),
    accepts("a policy left to AWS", Item(KEY, "k", {"policy": UNKNOWN}), DEPLOYED),
    accepts("no policy", Item(KEY, "k", {"policy": None})),
    accepts(
        "another account denied",
        holder(KEY, "policy", {"Effect": "Deny", "Principal": {"AWS": THEIRS}, "Action": "*"}),
    ),
    accepts("a service", holder(ROLE, "assumeRolePolicy", allow({"Service": "ec2.amazonaws.com"}))),
    refuses(
        "another account, deployed",
        key(OURS, THEIRS),
        DEPLOYED,
        says=f"account {OTHER}, which is not ours",
    ),
    refuses("another account alone, deployed", key(THEIRS), DEPLOYED, says="not ours"),
    refuses("another account's number", key(OTHER), DEPLOYED, says="not ours"),
    refuses(
        "two accounts, before anything is known", key(OURS, THEIRS), says="only one can be ours"
    ),
    refuses(
        "another account than the other policies",
        KEY_OF_OURS,
        key(THEIRS),
        says="only one can be ours",
    ),
    refuses(
        "another account than the config's",
        holder(KEY, "policy", allow({"AWS": THEIRS})),
        says="not ours",
    ),
    refuses(
        "everybody of another account",
        holder(KEY, "policy", allow("*", Condition={"StringEquals": {"kms:CallerAccount": OTHER}})),
        says="not ours",
    ),
    *(
        refuses(
            f"another account in {t}", holder(t, k, allow({"AWS": THEIRS})), says=f"account {OTHER}"
        )
        for t, k in POLICIES.items()
    ),
    accepts("inline policies left to AWS", Item(ROLE, "r", {"inlinePolicies": UNKNOWN}), DEPLOYED),
    accepts(
        "a foreign ARN in a condition of a denial",
        holder(
            KEY,
            "policy",
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "*",
                "Resource": f"arn:aws:s3:::{OTHER}",
            },
        ),
    ),
    refuses(
        "a grant retired by another account",
        Item(KEY_GRANT, "g", {"retiringPrincipal": THEIRS}),
        DEPLOYED,
        says="retiringPrincipal names",
    ),
    refuses(
        "no list in the config",
        Item(
            KEY,
            "k",
            {"policy": document(allow({"AWS": [OURS, THEIRS]}))},
            provider_props={"allowedAccountIds": OTHER},
        ),
        says="only one can be ours",
    ),
    refuses(
        "no JSON in the config",
        Item(
            KEY,
            "k",
            {"policy": document(allow({"AWS": [OURS, THEIRS]}))},
            provider_props={"allowedAccountIds": "["},
        ),
        says="only one can be ours",
    ),
    refuses(
        "deployed in two accounts",
        key(THEIRS),
        DEPLOYED,
        Item(LOG_GROUP, "m", {"arn": f"arn:aws:logs:sa-east-1:{OTHER}:log-group:m"}),
        says="only one can be ours",
    ),
    refuses(
        "another account trusted",
        holder(ROLE, "assumeRolePolicy", allow({"AWS": THEIRS})),
        says="not ours",
    ),
    accepts(
        "a role that reaches what is ours",
        holder(
            ROLE_POLICY,
            "policy",
            {
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": f"arn:aws:kms:sa-east-1:{ACCOUNT}:key/k",
            },
        ),
    ),
    refuses(
        "a role that reaches abroad",
        holder(
            ROLE_POLICY,
            "policy",
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Resource": f"arn:aws:iam::{OTHER}:role/r",
            },
        ),
        says="not ours",
    ),
    refuses(
        "an inline policy that reaches abroad",
        Item(
            ROLE,
            "r",
            {
                "inlinePolicies": [
                    {
                        "policy": document(
                            {
                                "Effect": "Allow",
                                "Action": "kms:Decrypt",
                                "Resource": f"arn:aws:kms:sa-east-1:{OTHER}:key/k",
                            }
                        )
                    }
                ]
            },
        ),
        DEPLOYED,
        says="not ours",
    ),
    refuses(
        "a secret for another account",
        holder(SECRET_POLICY, "policy", allow({"AWS": THEIRS})),
        says="not ours",
    ),
    refuses(
        "a stream for another account",
        holder(STREAM_POLICY, "policy", allow({"AWS": THEIRS})),
        says="not ours",
    ),
    refuses(
        "a grant to another account",
        Item(KEY_GRANT, "g", {"granteePrincipal": THEIRS}),
        DEPLOYED,
        says="granteePrincipal names",
    ),
    accepts(
        "a grant to our own account", Item(KEY_GRANT, "g", {"granteePrincipal": OURS}), DEPLOYED
    ),
    undecided(
        "a grant to somebody of the deployment",
        Item(KEY_GRANT, "g", {"granteePrincipal": UNKNOWN}),
        DEPLOYED,
    ),
    undecided(
        "a grant retired by somebody of the deployment",
        Item(KEY_GRANT, "g", {"granteePrincipal": OURS, "retiringPrincipal": UNKNOWN}),
        DEPLOYED,
    ),
    accepts(
        "a component that names another account is no resource of ours",
        key(OURS),
        Item("my:component:Peers", "peers", {"of": THEIRS}, custom=False),
    ),
    refuses(
        "another account beside what cannot be read", UNREAD, key(THEIRS), DEPLOYED, says="not ours"
    ),
    refuses(
        "two accounts beside what cannot be read",
        UNREAD,
        key(OURS, THEIRS),
        says="only one can be ours",
    ),
    refuses(
        "one foreign key among three of ours",
        *(Item(KEY, f"k{n}", {"policy": document(allow({"AWS": OURS}))}) for n in range(3)),
        key(THEIRS),
        says=f"account {OTHER}, which is not ours ({ACCOUNT})",
    ),
    undecided(
        "a policy from an output",
        Item(STREAM_POLICY, "p", {"policy": UNKNOWN}, needs={"policy": ("l",)}),
        DEPLOYED,
    ),
    refuses(
        "a resource of another account than the config's",
        holder(KEY, "policy", allow({"AWS": OURS})),
        Item(LOG_GROUP, "m", {"arn": f"arn:aws:logs:sa-east-1:{OTHER}:log-group:m"}),
        says=f"arn names account {OTHER}, which is not ours",
    ),
    refuses(
        "one foreign key among many of ours",
        *(Item(KEY, f"k{n}", {"policy": document(allow({"AWS": OURS}))}) for n in range(5)),
        key(THEIRS),
        says=f"account {OTHER}, which is not ours ({ACCOUNT})",
    ),
    *REACHES,
)
