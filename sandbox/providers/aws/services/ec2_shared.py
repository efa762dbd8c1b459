"""What the EC2 handlers share: tags, finding one thing, waiting out dependants."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sandbox.providers.framework import Clients, Inputs, Outputs, code_of, is_missing, tag_list

DEPENDANTS_SECONDS = 5.0
"""How long a delete waits for things that depend on it and are being deleted too."""


def tagged(kind: str, inputs: Inputs) -> dict[str, Any]:
    """The TagSpecifications of a create call; nothing when there are no tags."""
    tags = tag_list(inputs.get("tagsAll"))
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def retag(aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
    """Make the tags of an EC2 resource those of `news`."""
    if "tagsAll" not in changed:
        return
    old, new = olds.get("tagsAll") or {}, news.get("tagsAll") or {}
    if gone := [{"Key": key} for key in old if key not in new]:
        aws.ec2.delete_tags(Resources=[id], Tags=gone)
    if written := {key: value for key, value in new.items() if old.get(key) != value}:
        aws.ec2.create_tags(Resources=[id], Tags=tag_list(written))


def find(call: Callable[..., Any], key: str, **asked: Any) -> dict[str, Any] | None:
    """The first thing that a describe call gives, None when there is none."""
    try:
        found = call(**asked)[key]
    except Exception as error:
        if is_missing(error):
            return None
        raise
    return found[0] if found else None


def delete(call: Callable[..., Any], **asked: Any) -> None:
    """Call a delete; not there is success, and dependants get some seconds to go."""
    end = time.monotonic() + DEPENDANTS_SECONDS
    while True:
        try:
            call(**asked)
        except Exception as error:
            if is_missing(error):
                return
            if code_of(error) != "DependencyViolation" or time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def arn(aws: Clients, kind: str, id: str, owner: str = "") -> str:
    """The ARN of an EC2 resource."""
    return f"arn:aws:ec2:{aws.region}:{owner or aws.account}:{kind}/{id}"


def by(name: str, value: str) -> dict[str, Any]:
    """A Filters argument with one filter."""
    return {"Filters": [{"Name": name, "Values": [value]}]}
