"""What the engine asks a pack about a stack of any size: the shipped stack's own requests, again
and again under other names.

The requests are recorded once with the real engine, at the first preview (identifiers unknown)
and on the deployed stack (everything known), and kept in .state/benchmarks/views.
"""

from __future__ import annotations

import base64
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from . import KEPT, ROOT
from .results import say

VIEWS = ("first", "known")
SUFFIX = "sandbox"  # of the recorded stack
#: Identifiers that a copy must not share with another: of EC2, and UUIDs of keys.
_OF_EC2 = re.compile(r"\b(vpc|subnet|sg|rtb|rtbassoc|igw|fl|acl|dopt|sgr)-([0-9a-f]{5})([0-9a-f]+)")
_OF_KMS = re.compile(r"(key/|^)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-)([0-9a-f]{12})$")
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True)
class Asked:
    """Serialized requests: one AnalyzeRequest a resource, one AnalyzeStackRequest, and the
    ConfigureStack before them.
    """

    analyze: list[bytes]
    stack: bytes
    configure: bytes


def asked(size: int, view: str = "first") -> Asked:
    """The requests for a stack of `size` resources."""
    resources: dict[str, Any] = {}
    stack = configure = None
    for phase, message in _recorded(view):
        if phase == "configure":
            configure = message
        elif phase == "stack":
            stack = pb.AnalyzeStackRequest.FromString(message)
        else:
            resource = pb.AnalyzeRequest.FromString(message)
            resources[resource.urn] = resource
    if stack is None or configure is None:
        sys.exit(f"the recording {view} is cut off; delete {KEPT / 'views'} and run it again")
    analyze: list[bytes] = []
    whole = pb.AnalyzeStackRequest()
    outputs = {r.urn: r for r in stack.resources}
    copy = 0
    while len(analyze) < size:
        for urn, resource in list(resources.items())[: size - len(analyze)]:
            analyze.append(_copied(resource, copy).SerializeToString())
            whole.resources.append(_copied(outputs[urn], copy))
        copy += 1
    return Asked(analyze, whole.SerializeToString(), configure)


def _recorded(view: str) -> Iterator[tuple[str, bytes]]:
    folder = KEPT / "views"
    if not all((folder / name).exists() for name in VIEWS):
        _record(folder)
    for line in (folder / view).read_text("ascii").splitlines():
        phase, _, body = line.partition(" ")
        yield phase, base64.b64decode(body)


def _record(folder: Path) -> None:
    sys.path[:0] = [str(ROOT / "policies")]
    from compliance_tests.attack.record import record

    shutil.rmtree(folder, ignore_errors=True)
    new = folder.with_name("views.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    record(new, say)
    new.rename(folder)


def _copied(message: Any, copy: int) -> Any:
    """The message with every name and identifier of its own copy; the 0th is the original."""
    found = type(message)()
    found.CopyFrom(message)
    if copy:
        found.urn, found.name = rename(found.urn, copy), f"{found.name}-c{copy}"
        found.options.parent = rename(found.options.parent, copy)
        _struct(found.properties, copy)
        if isinstance(found, pb.AnalyzerResource):
            found.parent = rename(found.parent, copy)
            found.dependencies[:] = [rename(u, copy) for u in found.dependencies]
            for needed in found.propertyDependencies.values():
                needed.urns[:] = [rename(u, copy) for u in needed.urns]
    return found


def _struct(struct: Any, copy: int) -> None:
    for value in struct.fields.values():
        _value(value, copy)


def _value(value: Any, copy: int) -> None:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        value.string_value = rename(value.string_value, copy)
    elif kind == "struct_value":
        _struct(value.struct_value, copy)
    elif kind == "list_value":
        for item in value.list_value.values:
            _value(item, copy)


def rename(text: str, copy: int) -> str:
    """A text of the recorded stack as the copy has it: other names, other identifiers."""
    if text == _UNKNOWN:
        return text
    if text.startswith("urn:pulumi:"):
        apart = "::pulumi:pulumi:Stack::" in text or "::pulumi:providers:" in text
        return text if apart else f"{text}-c{copy}"
    text = text.replace(f"-{SUFFIX}", f"-c{copy}-{SUFFIX}")
    text = _OF_EC2.sub(lambda m: f"{m[1]}-{copy:05x}{m[3]}", text)
    return _OF_KMS.sub(lambda m: f"{m[1]}{m[2]}{copy:012x}", text)
