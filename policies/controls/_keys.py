"""Customer keys: who must use one, how AWS lets a key be named, and scenarios of every spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core import UNKNOWN, Finding, Item, Props, Scenario, Value, accepts, refuses

ARN = "arn:aws:kms:sa-east-1:111122223333:"
KEY_ARN = f"{ARN}key/1234abcd-12ab-34cd-56ef-1234567890ab"

#: A key id, a key's ARN, an alias's name or an alias's ARN; nothing else names a key.
_SPELLING = re.compile(
    r"(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?P<inner>key/[\w-]+|alias/[\w/-]+)"
    r"|(?P<alias>alias/[\w/-]+)|[\w-]+)",
    re.ASCII | re.IGNORECASE,
)


def key_findings(props: Props, key: str) -> Iterator[Finding]:
    """What is wrong with the way `key` names a customer key; nothing while it is unknown.

    Which key it is, of this stack or not, is the stack control key-per-service's question.
    """
    value = props.raw(key)
    if value is UNKNOWN:
        return
    path = props.path(key)
    text = props.text(key)
    if not text:
        shown = "empty" if text == "" else "absent"
        yield Finding(f"{path} is {shown}, so a key of AWS or none is used", property=path)
        return
    match = _SPELLING.fullmatch(text)
    alias = (match["alias"] or match["inner"] or "") if match else ""
    if match is None:
        yield Finding(f"{path} is {props.show(key)}, which names no KMS key", property=path)
    elif alias.lower().startswith("alias/aws/"):
        yield Finding(
            f"{path} is {props.show(key)}, an AWS-managed key, not a customer key", property=path
        )


def spellings(type_: str, key: str, rest: Mapping[str, Value], service: str) -> list[Scenario]:
    """Scenarios of one key property of one type: what passes and every way past it."""

    def item(value: Value) -> Item:
        return Item(type_, "store", {**rest, key: value})

    what = f"{type_.rsplit(':', 1)[1]}: {key}"
    managed = f"alias/aws/{service}"
    return [
        accepts(f"{what} of a key made with it", item(UNKNOWN)),
        accepts(f"{what} is a key's ARN", item(KEY_ARN)),
        accepts(f"{what} is a key's id", item(KEY_ARN.rsplit("/", 1)[1])),
        accepts(f"{what} is an alias of our own", item(f"alias/{service}-test")),
        accepts(f"{what} is the ARN of an alias of our own", item(f"{ARN}alias/{service}-test")),
        accepts(f"{what} is an alias that only begins like AWS's", item("alias/awsome-test")),
        refuses(f"{what} left out", Item(type_, "store", rest), says=f"{key} is absent, so"),
        refuses(f"{what} null", item(None), says=f"{key} is absent, so"),
        refuses(f"{what} empty", item(""), says=f"{key} is empty, so"),
        refuses(f"{what} blank", item(" "), says="names no KMS key"),
        refuses(f"{what} AWS-managed", item(managed), says="an AWS-managed key"),
        refuses(f"{what} AWS-managed, by ARN", item(ARN + managed), says="an AWS-managed key"),
        refuses(
            f"{what} AWS-managed, in capitals", item(managed.upper()), says="an AWS-managed key"
        ),
        refuses(f"{what} AWS-managed, with a space", item(f"{managed} "), says="names no KMS key"),
        refuses(f"{what} AWS-managed, short", item(f"aws/{service}"), says="names no KMS key"),
        refuses(
            f"{what} the ARN of no key", item("arn:aws:iam::1:role/x"), says="names no KMS key"
        ),
        refuses(f"{what} a wrong type", item(True), says="must be a text"),
        refuses(f"{what} a list", item([KEY_ARN]), says="must be a text"),
    ]
