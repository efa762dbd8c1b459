"""Scenarios of every way a resource's policy can let strangers in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core import UNKNOWN, Item, Scenario, Value, accepts, refuses, undecided

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
EVERYBODY: list[Any] = ["*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": [ROOT, "*"]}]

#: Conditions that look as if they bound everybody to our account.
TIGHT: dict[str, dict[str, Any]] = {
    "the caller's account": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    "the account, in another casing": {"stringequals": {"KMS:CallerAccount": [ACCOUNT]}},
    "the account, as a pattern without wildcards": {"StringLike": {"aws:SourceAccount": ACCOUNT}},
    "the owner": {"StringEquals": {"aws:SourceOwner": ACCOUNT}},
    "the account, any casing": {"StringEqualsIgnoreCase": {"aws:PrincipalAccount": ACCOUNT}},
    "roles of the account": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}},
    "a source": {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:sa-east-1:{ACCOUNT}:t"}},
    "the account, and TLS": {
        "Bool": {"aws:SecureTransport": "true"},
        "StringEquals": {"aws:PrincipalAccount": ACCOUNT},
    },
}
LOOSE: dict[str, dict[str, Any]] = {
    "an empty condition": {},
    "IfExists": {"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}},
    "ForAllValues": {"ForAllValues:StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    "a negation": {"StringNotEquals": {"aws:PrincipalAccount": "999988887777"}},
    "a wildcard": {"StringLike": {"aws:PrincipalAccount": "*"}},
    "part of an account": {"StringLike": {"kms:CallerAccount": "1111*"}},
    "the caller's own word": {"StringEquals": {"kms:CallerAccount": "${aws:PrincipalAccount}"}},
    "no value": {"StringEquals": {"kms:CallerAccount": []}},
    "ours or anybody": {"StringLike": {"kms:CallerAccount": [ACCOUNT, "*"]}},
    "roles of any account": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}},
    "TLS only": {"Bool": {"aws:SecureTransport": "true"}},
    "a user agent": {"StringEquals": {"aws:UserAgent": "ours"}},
    "an address": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    "our account in another key": {"StringEquals": {"aws:RequestTag/account": ACCOUNT}},
    "our ARN in another key": {"ArnEquals": {"aws:ResourceOrgPaths": f"arn:aws:iam::{ACCOUNT}:x"}},
    "a role of ours or any": {
        "ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/r", "*"]}
    },
    "another key": {"StringEquals": {"aws:RequestedRegion": "sa-east-1"}},
}


def document(*entries: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(entries)})


def allow(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*", **more}


def closed(type_: str, key: str, rest: Mapping[str, Value]) -> list[Scenario]:
    """What passes and every way past, for the policy in `key` of one type."""

    def item(value: Value) -> Item:
        return Item(type_, "policy", {**rest, key: value})

    def policy(*entries: Mapping[str, Any]) -> Item:
        return item(document(*entries))

    ours = {"StringEquals": {"kms:CallerAccount": ACCOUNT}}
    here = type_.rsplit(":", 1)[1]
    return [
        accepts(f"{here} for our account", policy(allow({"AWS": ROOT}))),
        accepts(f"{here} for our account's number", policy(allow({"AWS": [ACCOUNT]}))),
        accepts(f"{here} for a role", policy(allow({"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"}))),
        accepts(f"{here} for a service", policy(allow({"Service": "logs.amazonaws.com"}))),
        accepts(f"{here} for everybody of our account", policy(allow("*", Condition=ours))),
        refuses(
            f"{here} open after a denial",
            policy(
                {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}, allow("*")
            ),
            says="statement 2 allows everybody",
        ),
        *(
            accepts(f"{here} for everybody under {name}", policy(allow("*", Condition=condition)))
            for name, condition in TIGHT.items()
        ),
        accepts(
            f"{here} for a provider of ours",
            policy(allow({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/p"})),
        ),
        accepts(
            f"{here} with its names",
            item(
                json.dumps(
                    {
                        "Id": "x",
                        "Version": "2012-10-17",
                        "Statement": {**allow({"AWS": ROOT}), "Sid": "y"},
                    }
                )
            ),
        ),
        accepts(f"{here} denying everybody", policy({**allow("*"), "Effect": "Deny"})),
        accepts(
            f"{here} with one statement", item(json.dumps({"Statement": allow({"AWS": ROOT})}))
        ),
        *(
            refuses(f"{here} for {json.dumps(who)}", policy(allow(who)), says="allows everybody")
            for who in EVERYBODY
        ),
        *(
            refuses(
                f"{here} for everybody under {name}",
                policy(allow("*", Condition=condition)),
                says="allows everybody",
            )
            for name, condition in LOOSE.items()
        ),
        refuses(
            f"{here} for everybody in its second statement",
            policy(allow({"AWS": ROOT}), allow({"AWS": "*"})),
            says="statement 2 allows everybody",
        ),
        refuses(
            f"{here} for all but one",
            policy({"Effect": "Allow", "NotPrincipal": {"AWS": ROOT}, "Action": "*"}),
            says="NotPrincipal",
        ),
        refuses(
            f"{here} for nobody named",
            policy({"Effect": "Allow", "Action": "*"}),
            says="allows nobody named",
        ),
        refuses(f"{here} for any service", policy(allow({"Service": "*"})), says="every Service"),
        refuses(
            f"{here} for any identity provider", policy(allow({"Federated": "*"})), says="every"
        ),
        refuses(
            f"{here} for Google",
            policy(allow({"Federated": "accounts.google.com"})),
            says="nobody of AWS",
        ),
        refuses(
            f"{here} for roots of all accounts",
            policy(allow({"AWS": "arn:aws:iam::*:root"})),
            says="nobody of AWS",
        ),
        refuses(
            f"{here} for a unique id",
            policy(allow({"AWS": "AIDACKCEVSQ6C2EXAMPLE"})),
            says="nobody of AWS",
        ),
        refuses(
            f"{here} for a canonical user",
            policy(allow({"CanonicalUser": "79a5"})),
            says="nobody of AWS",
        ),
        refuses(
            f"{here} for a host elsewhere",
            policy(allow({"Service": "logs.example.com"})),
            says="nobody of AWS",
        ),
        refuses(
            f"{here} for an effect in small letters",
            policy({**allow("*"), "Effect": "allow"}),
            says="must be Allow or Deny",
        ),
        refuses(
            f"{here} for a principal in small letters",
            policy({"Effect": "Allow", "principal": "*"}),
            says="an object of",
        ),
        refuses(
            f"{here} with both principals",
            policy({**allow("*"), "NotPrincipal": "*"}),
            says="not both",
        ),
        refuses(
            f"{here} with a principal twice",
            item('{"Statement": {"Effect": "Allow", "Principal": "*", "Principal": {"AWS": []}}}'),
            says="repeated names",
        ),
        refuses(f"{here} that is no JSON", item("{"), says="JSON policy"),
        refuses(f"{here} that is no policy", item('["*"]'), says="a policy of"),
        refuses(f"{here} of a wrong kind", item(True), says="must be a text"),
        refuses(
            f"{here} with a principal of a wrong kind",
            policy(allow({"AWS": {"a": 1}})),
            says="list of texts",
        ),
        refuses(
            f"{here} for a service as a user",
            policy(allow({"CanonicalUser": "s3.amazonaws.com"})),
            says="nobody of AWS",
        ),
        refuses(f"{here} that is a number", item("5"), says="a policy of"),
        refuses(
            f"{here} with more than a policy",
            item(json.dumps({"Statement": [], "Rules": []})),
            says="a policy of",
        ),
        refuses(
            f"{here} with a statement that is a number",
            item('{"Statement": [5]}'),
            says="an object of",
        ),
        refuses(
            f"{here} with both actions",
            policy({**allow({"AWS": ROOT}), "NotAction": "x"}),
            says="Action or NotAction",
        ),
        refuses(
            f"{here} with both resources",
            policy({**allow({"AWS": ROOT}), "NotResource": "x"}),
            says="Resource or NotResource",
        ),
        refuses(
            f"{here} with a number as principal",
            policy(allow(5)),
            says="Principal` must be an object",
        ),
        refuses(
            f"{here} with a list as condition",
            policy(allow({"AWS": ROOT}, Condition=["x"])),
            says="Condition` must be an object of objects",
        ),
        refuses(
            f"{here} with a flat condition",
            policy(allow({"AWS": ROOT}, Condition={"StringEquals": "x"})),
            says="an object of objects",
        ),
        undecided(f"{here} from an output", item(UNKNOWN), says="names known early"),
    ]
