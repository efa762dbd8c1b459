"""What handlers share: optional arguments, absence, waiting, tags, policies."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.providers.framework import Inputs, Outputs, ProviderError, is_missing, tag_list

POLL_SECONDS = 0.05
WAIT_SECONDS = 60.0


def given(inputs: Inputs, names: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of a call for the inputs that are written: {"kmsKeyId": "KmsKeyId"}."""
    return {key: inputs[name] for name, key in names.items() if inputs.get(name) is not None}


def with_tags(inputs: Inputs) -> dict[str, Any]:
    """The Tags argument of a create call; nothing when there are no tags."""
    tags = tag_list(inputs.get("tagsAll"))
    return {"Tags": tags} if tags else {}


def look(call: Callable[..., Any], **asked: Any) -> Any:
    """The answer of a describe call, None when the thing is not there."""
    try:
        return call(**asked)
    except Exception as error:
        if is_missing(error):
            return None
        raise


def remove(call: Callable[..., Any], **asked: Any) -> None:
    """Call a delete; not there is success."""
    look(call, **asked)


def wait(what: str, done: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Ask again and again until `done`; ProviderError names `what` when it takes too long."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise ProviderError(f"timed out after {seconds:.0f} s: {what}")
        time.sleep(POLL_SECONDS)


def tag_changes(olds: Outputs, news: Inputs, changed: set[str]) -> tuple[list[str], dict[str, str]]:
    """The keys to take away and the tags to write, to make the tags those of `news`."""
    if "tagsAll" not in changed:
        return [], {}
    old, new = olds.get("tagsAll") or {}, news.get("tagsAll") or {}
    return [key for key in old if key not in new], {
        key: value for key, value in new.items() if old.get(key) != value
    }


def unique(prefix: str = "tf-") -> str:
    """A name for what has none, as Terraform makes it: the prefix and 26 digits."""
    now = datetime.now(UTC)
    return f"{prefix}{now:%Y%m%d%H%M%S%f}{time.monotonic_ns() % 1_000_000:06d}"


def same_policy(old: Any, new: Any) -> bool:
    """Whether two JSON policies mean the same, however keys and lists are ordered."""
    try:
        return bool(_normal(json.loads(old)) == _normal(json.loads(new)))
    except (TypeError, ValueError):
        return bool(old == new)


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted(
            (_normal(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)
        )
        return items[0] if len(items) == 1 else items
    return value


def same_key(old: Any, new: Any) -> bool:
    """Whether two names of a KMS key are the same one: its id, and its ARN."""
    return str(old).rsplit("/", 1)[-1] == str(new).rsplit("/", 1)[-1]
