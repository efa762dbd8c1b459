"""Runs faults, each on a place of its own kind, and puts what was seen into a table."""

from __future__ import annotations

import re
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from compliance_tests.engine.checkout import checkout

from . import accounts, binding, bypasses, cloud, files, hostile, killed, pack, plugins
from .fault import Fault, Seen, judge
from .place import Place

MODULES = (pack, plugins, cloud, files, binding, accounts, hostile, killed, bypasses)
FAULTS: tuple[Fault, ...] = tuple(f for module in MODULES for f in module.fault.faults)
AT_ONCE = 2


def seen(place: Place, fault: Fault) -> Seen:
    """Make one fault and judge what the gate did."""
    began = time.monotonic()
    try:
        place.stand()
        place.ticket.unlink(missing_ok=True)
        before = place.holds()
        ran = fault.act(place)
        place.stand()
        after = place.holds()
        stale = place.ticket.exists() and ran.code != 0 and fault.keeps and not _kept(fault)
    except Exception:  # noqa: BLE001  whatever it is, it is told in the table
        text = traceback.format_exc()
        line = text.strip().splitlines()[-1]
        return Seen(fault, -1, line, (line,), time.monotonic() - began, text)
    return judge(fault, ran, before, after, stale, time.monotonic() - began)


def _kept(fault: Fault) -> bool:
    """Faults of `up` against a verdict: that it stands is what they are about."""
    return fault.group == binding.fault.group or "APPROVE" in fault.name


def attack(faults: Sequence[Fault], say: Callable[[Seen], None] = lambda _: None) -> list[Seen]:
    """Make all of them, a few at a time; those that change what is deployed in their order."""
    order = {f.name: n for n, f in enumerate(faults)}
    lanes = [lane for lane in _lanes(faults) if lane]
    found: list[Seen] = []
    lock = threading.Lock()

    def work(lane: Sequence[Fault]) -> None:
        with tempfile.TemporaryDirectory() as folder, checkout(Path(folder)) as copy:
            for fault in lane:
                one = seen(Place(copy), fault)
                with lock:
                    found.append(one)
                    say(one)

    threads = [threading.Thread(target=work, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found, key=lambda s: order[s.fault.name])


def _lanes(faults: Sequence[Fault]) -> Iterable[Sequence[Fault]]:
    """One place for what deploys, in order; one for the rest."""
    deploying = [f for f in faults if not f.keeps]
    return deploying, [f for f in faults if f.keeps]


HEAD = "| fault | exit code | what the gate says |\n| --- | --- | --- |\n"


def table(found: Iterable[Seen], before: str = "") -> str:
    """The table in Markdown, without times: it is the same from run to run.

    Rows of faults that were not made now are kept from `before`; a bad one says so.
    """
    rows = _rows(before)
    for one in found:
        code = f"{one.code} (WRONG)" if one.wrong else str(one.code)
        rows[one.fault.group, one.fault.name] = (
            f"| {one.fault.name} | {code} | {_cell(one.line)} |\n"
        )
    text, group = HEAD, ""
    for fault in FAULTS:
        row = rows.get((fault.group, fault.name))
        if row is None:
            continue
        if fault.group != group:
            group = fault.group
            text += f"| **{group}** | | |\n"
        text += row
    return text


def _rows(text: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    group = ""
    for line in text.splitlines(keepends=True):
        if head := re.match(r"\| \*\*(.+)\*\* \| \| \|$", line.strip()):
            group = head[1]
        elif row := re.match(r"\| (.+?) \| -?\d+", line):
            found[group, row[1]] = line
    return found


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


def unwell(found: Iterable[Seen]) -> list[Seen]:
    """Those that the gate handled badly."""
    return [one for one in found if one.wrong]
