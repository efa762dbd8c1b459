"""What `verify` asks of the engine while the live tests run: the state, the pack on it, a refresh.

planned   the evidence of the preview whose plan the last `up` deployed
deployed  `pulumi policy analyze` on the state as it is now
refresh   `pulumi refresh --preview-only --expect-no-changes`: the engine's own second opinion
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from evidence.errors import EvidenceError
from evidence.load import load
from evidence.model import Evidence, Outcome, Problem, Record, Stage
from evidence.store import history_file, read_history, write_atomically
from evidence.urns import short_name

from . import analysis, digests, engine, header, preview, state, states, timings
from .errors import GateError
from .paths import Paths
from .proofs import Stages


def ask(paths: Paths, env: Mapping[str, str]) -> Stages:
    """Ask for all of it; what cannot be had is a problem, never left out."""
    try:
        text = state.exported(paths, env)
        found = state.read(text)
    except GateError:
        return Stages()  # the tests say it: they could not find the stack
    file = paths.plans / f"{paths.stack}.state.json"
    paths.plans.mkdir(parents=True, exist_ok=True)
    write_atomically(file, text.encode())  # the engine's export: secrets stay encrypted
    with ThreadPoolExecutor(1) as meanwhile:
        refreshed = meanwhile.submit(_refresh, paths, env)
        deployed, problems = _analyze(file, paths, env, found)
        before, notes = planned(paths, found.digest)
        problems += refreshed.result()
    return Stages(before, deployed, found, tuple(problems), tuple(notes))


@timings.timed("the pack on the state (meanwhile)")
def _analyze(
    file: Path, paths: Paths, env: Mapping[str, str], found: state.State
) -> tuple[tuple[Record, ...], list[Problem]]:
    suffix = str(found.outputs.get("environment_suffix") or "")
    try:
        own = Paths(f"{paths.stack}.state", paths.root)
        made = analysis.analyze(file, states.read(file), own, env, suffix)
    except GateError as e:
        return (), [Problem(Outcome.NOT_PROVEN, f"the state could not be judged: {e}")]
    told = [Problem(p.outcome, f"in the state: {p.text}") for p in made.problems]
    return made.records, told


def planned(paths: Paths, digest: str) -> tuple[tuple[Record, ...], list[str]]:
    """The records of the preview that was deployed last, and what is odd about it."""
    assurance = header.assurance_of(paths.stack)
    try:
        history = read_history(history_file(paths.reports, assurance))
        last = max((i for i, e in enumerate(history) if e["command"] == "up"), default=-1)
        before = [e for e in history[: max(last, 0)] if e["stage"] == Stage.PLANNED]
        if last < 0 or not before:
            return (), [
                "planned: no evidence here of the preview that was deployed; "
                "deploy with: python -m gate up, or fetch the evidence of the run that did"
            ]
        plan = load(paths.reports / str(before[-1]["file"]))
        deployed = load(paths.reports / str(history[last]["file"]))
    except (EvidenceError, KeyError) as e:
        return (), [f"planned: the evidence of the preview cannot be read: {e}"]
    notes = list(_oddities(plan, deployed, digest))
    if plan.run.digests.get("pack") == digests.of_folder(paths.root / "policies"):
        return plan.records, notes
    # another pack may write the same value in another way
    notes.append("planned: the pack is another one since; the plan's values are not compared")
    return tuple(replace(r, observed={}) for r in plan.records), notes


def _oddities(plan: Evidence, deployed: Evidence, digest: str) -> Iterator[str]:
    yield f"planned: the preview {plan.run.id} of {plan.run.finished_at}"
    if deployed.run.digests.get("state") != digest:
        yield (
            "the state is not the one that the last `up` of the gate left: "
            "something was deployed, imported or refreshed without it"
        )


@timings.timed("refresh (meanwhile)")
def _refresh(paths: Paths, env: Mapping[str, str]) -> list[Problem]:
    """What the engine would write into the state; a problem only where it sees a change."""
    log = paths.plans / f"{paths.stack}.refresh.events.jsonl"
    preview.clear(log)
    args = ["refresh", "--preview-only", "--expect-no-changes", "--non-interactive"]
    args += ["--stack", paths.stack, "--event-log", paths.shown(log)]
    code, _ = engine.captured(
        args, env={**env, "PULUMI_DEBUG_COMMANDS": "true"}, root=paths.root, quiet=True
    )
    if code == 0:
        return []
    changed = sorted(set(_changed(log)))
    if not changed:
        text = "pulumi refresh could not tell whether the state is true; run: pulumi refresh"
        return [Problem(Outcome.NOT_PROVEN, text)]
    text = f"pulumi refresh would change the state of: {', '.join(changed)}"
    return [Problem(Outcome.VIOLATIONS, text)]


def _changed(log: Path) -> Iterator[str]:
    try:
        lines = log.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            told: Mapping[str, Any] = json.loads(line)
        except ValueError:
            continue
        event = told.get("resOutputsEvent") or {}
        metadata = event.get("metadata") or {}
        if metadata.get("op") in ("update", "delete"):
            name = short_name(str(metadata.get("urn", "")))
            where = ", ".join(sorted(metadata.get("detailedDiff") or metadata.get("diffs") or ()))
            yield f"{name} ({where})" if where else f"{name} (gone)"
