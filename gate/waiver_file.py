"""policies/waivers.yaml as plain text values, held to waivers.schema.json."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from .errors import NotProven

NAME = "policies/waivers.yaml"
SCHEMA = Path(__file__).with_name("waivers.schema.json")


def read(text: str) -> tuple[dict[str, Any], list[frozenset[int]]]:
    """The document with every scalar as it is written, and the lines of each waiver."""
    import yaml

    try:
        aliases = [e for e in yaml.parse(text, yaml.BaseLoader) if isinstance(e, yaml.AliasEvent)]
        root: Any = yaml.compose(text, Loader=yaml.BaseLoader)
        _once(root)
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (makes texts and no more)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as e:
        raise NotProven(f"{NAME} is no YAML: {' '.join(str(e).split())[:200]}") from None
    if aliases:
        raise NotProven(f"{NAME}: an alias (*name) hides what is approved; write it out")
    if fault := _schema_fault(document):
        raise NotProven(f"{NAME} breaks its schema: {fault}; see docs/gate.md, Waivers")
    nodes: list[Any] = next((v.value for k, v in root.value if k.value == "waivers"), [])
    return document, [_lines(n) for n in nodes]


def _lines(node: Any) -> frozenset[int]:
    """The lines of an entry, but for its signature: that one the approver may well have written."""
    found = set(range(node.start_mark.line, node.end_mark.line))
    for key, value in node.value:
        if key.value == "signature":
            found -= set(range(key.start_mark.line, value.end_mark.line + 1))
    return frozenset(found)


def _once(node: Any) -> None:
    """Of a key that stands twice the second would win without a word."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        keys = [str(k.value) for k, _ in node.value]
        if len(set(keys)) < len(keys):
            raise yaml.YAMLError(f"a key stands twice from line {node.start_mark.line + 1} on")
        for _, value in node.value:
            _once(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _once(value)


@cache
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _schema_fault(document: Any) -> str:
    for error in _validator().iter_errors(document):
        where = ".".join(str(p) for p in error.instance_path)
        return f"{where or 'the file'}: {' '.join(error.message.split())[:200]}"
    return ""
