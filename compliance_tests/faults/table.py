"""What was seen, as a table in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .fault import Seen

HEAD = "| fault | exit code | what the gate says |\n| --- | --- | --- |\n"


def table(found: Iterable[Seen]) -> str:
    """The table, in the order given, without times: the same from run to run; a bad one says so."""
    text, group = HEAD, ""
    for one in found:
        if one.fault.group != group:
            group = one.fault.group
            text += f"| **{group}** | | |\n"
        code = f"{one.code} (WRONG)" if one.wrong else str(one.code)
        text += f"| {one.fault.name} | {code} | {_cell(one.line)} |\n"
    return text


def _cell(line: str) -> str:
    """A line without what differs from run to run, safe in a table."""
    for pattern, word in VARYING:
        line = re.sub(pattern, word, line)
    line = line if len(line) <= 240 else line[:239] + "…"
    return "`` " + line.replace("|", "\\|").replace("`", "'") + " ``" if line else ""


VARYING = (
    (r"/\S*/(policies|infra|\.state|reports|\.venv)\b", r"\1"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"process \d+", "process N"),
    (r"\b\d{4}-\d\d-\d\dT[\d:.]+Z?", "TIME"),
    (r"\b\d{8}T\d{6}Z-\w+", "STAMP"),
    (r"sha256:[0-9a-f]{64}", "sha256:DIGEST"),
    (r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b", "ID"),
    (r"for \d+ s\b", "for N s"),
    (r"within \d+ s\b", "within N s"),
    (r"\d+ resources", "N resources"),
    (r"\d+ operations? (was|were)", "N operations were"),
)
