"""What became of a fleet: joined from the results of its shards, as JSON, Markdown and on the
terminal. Nothing is counted twice, and what has no result keeps the verdict from passing.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evidence.formats.escape import markdown as cell
from evidence.model import Outcome, Problem
from evidence.store import append_line, read_history, write_atomically

from . import catalog, console
from . import verdict as verdicts
from .errors import GateError
from .paths import ROOT

SHOWN = 20  # stacks and findings named on the terminal


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Every whole result in the folder, oldest file first; half a line is none."""
    files = sorted(folder.glob("results-*.jsonl"), key=lambda f: (f.stat().st_mtime, f.name))
    for file in files:
        with file.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    try:
                        yield json.loads(line)
                    except ValueError:
                        continue


def report(folders: Sequence[Path], out: Path, started: float, only: str = "") -> int:
    """Join and write; `only` a shard's own results when it is named. Raises GateError."""
    from .fleet import shards

    headers = [h for _, h in shards(folders) if not only or h["shard"] == only]
    if not headers:
        raise GateError("no shard of a fleet was found; name the folders that audit --states wrote")
    first = headers[0]
    for header in headers:
        if any(header[k] != first[k] for k in ("listing", "pack")) or _of(header) != _of(first):
            raise GateError(
                f"shard {header['shard']} is of another list of states, pack or number "
                "of shards; run it again with those of the others, into a folder of its own"
            )
    of = _of(first)
    absent = sorted({f"{i}/{of}" for i in range(1, of + 1)} - {h["shard"] for h in headers})
    summary = _summary(folders, first, [] if only else absent, only)
    summary["seconds"] = round(time.time() - started, 1)
    summary["finished_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    before = read_history(out / "history.jsonl")
    summary["trend"] = _trend(before, summary)
    write_atomically(out / "fleet.json", (json.dumps(summary, indent=1) + "\n").encode())
    write_atomically(out / "fleet.md", markdown(summary).encode())
    kept = ("finished_at", "states", "outcomes", "failed", "listing")
    append_line(out / "history.jsonl", json.dumps({k: summary[k] for k in kept}))
    console.show(terminal(summary))
    console.show(f"report: {out / 'fleet.md'}\n")
    return Outcome(summary["outcome"]).exit_code


def _of(header: Mapping[str, Any]) -> int:
    return int(header["shard"].partition("/")[2])


def _summary(
    folders: Sequence[Path], header: Mapping[str, Any], absent: Sequence[str], only: str
) -> dict[str, Any]:
    """One pass over the results: counts, and one short line for each state."""
    from .fleet import mine

    names = set(mine(header["names"], only or "1/1"))
    known = catalog.load(ROOT)
    states: dict[str, dict[str, Any]] = {}
    shared: dict[Any, Any] = {}
    for folder in folders:
        for row in rows(folder):
            if row["file"] in names and row.get("pack") == header["pack"]:
                states[row["file"]] = row if "fault" in row else _short(row, shared)
    missing = sorted(names - states.keys())
    outcomes = Counter(s["outcome"] for s in states.values())
    controls = {c.id: Counter[str]() for c in known.controls}
    requirements = {r.id: Counter[str]() for r in known.requirements}
    failed: Counter[str] = Counter()
    for state in states.values():
        for control, verdict in state.get("controls", ()):
            controls.setdefault(control, Counter())[verdict] += 1
        for requirement, verdict in state.get("requirements", ()):
            requirements.setdefault(requirement, Counter())[verdict] += 1
        failed.update(state.get("failed", {}))
    problems = [Problem(Outcome(o), o) for o in outcomes if o != Outcome.PASSED]
    if missing or absent:
        problems.append(Problem(Outcome.NOT_PROVEN, "missing"))
    return {
        "outcome": str(verdicts.worst_outcome(problems)),
        "listing": header["listing"],
        "pack": header["pack"],
        "shard": only or "all",
        "sample": {"size": header["sample"], "seed": header["seed"]} if header["sample"] else None,
        "states": len(names),
        "resources": sum(s.get("resources", 0) for s in states.values()),
        "outcomes": dict(outcomes),
        "missing": missing,
        "missing_shards": list(absent),
        "broken": {n: s["fault"] for n, s in sorted(states.items()) if "fault" in s},
        "failed": dict(failed.most_common()),
        "controls": {c: dict(v) for c, v in controls.items()},
        "requirements": {r: dict(v) for r, v in requirements.items()},
        "stacks": {
            n: {k: s.get(k) for k in ("stack", "profile", "outcome", "findings")}
            for n, s in sorted(states.items())
            if "fault" not in s
        },
    }


def _short(row: Mapping[str, Any], shared: dict[Any, Any]) -> dict[str, Any]:
    """What the report needs of a state; its findings stay in the file of results. Most stacks of
    a fleet have the same verdicts as another, so these are kept once, in `shared`.
    """
    controls = tuple((c, v) for c, (v, _) in row["controls"].items())
    requirements = tuple(row["requirements"].items())
    return {
        **{k: row[k] for k in ("outcome", "stack", "profile", "resources")},
        "controls": shared.setdefault(controls, controls),
        "requirements": shared.setdefault(requirements, requirements),
        "findings": len(row["findings"]),
        "failed": Counter(f["control"] for f in row["findings"] if f["verdict"] == "failed"),
    }


def _trend(before: Sequence[Mapping[str, Any]], now: Mapping[str, Any]) -> dict[str, Any] | None:
    """Against the run before over the same states."""
    same = [b for b in before if b.get("listing") == now["listing"]]
    if not same:
        return None
    last = same[-1]
    controls = {*last["failed"], *now["failed"]}
    changes = {c: now["failed"].get(c, 0) - last["failed"].get(c, 0) for c in sorted(controls)}
    return {
        "since": last["finished_at"],
        "outcomes": last["outcomes"],
        "failed": {c: n for c, n in changes.items() if n},
    }


def terminal(summary: Mapping[str, Any]) -> str:
    """A few lines for a person."""
    lines = [f"{summary['states']} states, {summary['resources']} resources"]
    if sample := summary["sample"]:
        lines.append(f"a sample: {sample['size']} states, seed {sample['seed']}")
    lines += [f"  {count:>7} {outcome}" for outcome, count in sorted(summary["outcomes"].items())]
    lines += [f"broken: {n}: {why}" for n, why in list(summary["broken"].items())[:SHOWN]]
    for what in ("missing_shards", "missing"):
        if summary[what]:
            shown = ", ".join(summary[what][:SHOWN])
            lines.append(f"{what.replace('_', ' ')}: {len(summary[what])}: {shown}")
    if summary["failed"]:
        lines.append("findings by control:")
        lines += [f"  {n:>7} {c}" for c, n in list(summary["failed"].items())[:SHOWN]]
    if trend := summary["trend"]:
        changes = ", ".join(f"{c} {n:+d}" for c, n in trend["failed"].items()) or "none"
        lines.append(f"since {trend['since']}: changes in findings: {changes}")
    lines.append(f"verdict: {summary['outcome']}, in {summary['seconds']} s")
    return "\n".join(lines) + "\n"


def markdown(summary: Mapping[str, Any]) -> str:
    """The whole report."""
    lines = ["# Fleet", "", "```", *terminal(summary).splitlines(), "```", ""]
    lines += [
        "## Requirements",
        "",
        "| requirement | verdicts by number of stacks |",
        "| --- | --- |",
    ]
    lines += [f"| {r} | {_counts(v)} |" for r, v in summary["requirements"].items()]
    lines += ["", "## Controls", "", "| control | verdicts by number of stacks |", "| --- | --- |"]
    lines += [f"| `{c}` | {_counts(v)} |" for c, v in summary["controls"].items()]
    lines += ["", "## States that did not pass", "", "| state | stack | outcome | findings |"]
    lines += ["| --- | --- | --- | --- |"]
    lines += [
        f"| {cell(n)} | {cell(s['stack'])} | {s['outcome']} | {s['findings']} |"
        for n, s in summary["stacks"].items()
        if s["outcome"] != Outcome.PASSED
    ]
    lines += [f"| {cell(n)} | | broken: {cell(why)} | |" for n, why in summary["broken"].items()]
    return "\n".join(lines) + "\n"


def _counts(verdicts_: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {v.replace('_', ' ')}" for v, n in sorted(verdicts_.items())) or "none"
