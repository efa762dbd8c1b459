"""What the gate adds to the engine's own preview of the shipped stack, in turns with it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from . import ROOT
from .results import Results, turns

BARE, PACK, GATE, FAILING = "bare preview", "preview with the pack", "gate", "preview that fails"


def run(results: Results, runs: int) -> None:
    """The bare preview, the preview with the pack, and the gate's; and one that violates."""
    quiet([sys.executable, "-m", "gate", "preview"], {}, fails=True)  # warm: set up, started
    environ = sandbox_environment()
    preview = ["pulumi", "preview", "--non-interactive", "--diff=false"]
    cases: dict[str, Callable[[], float]] = {
        BARE: lambda: quiet(preview, environ),
        PACK: lambda: quiet([*preview, "--policy-pack", "policies"], environ),
        GATE: lambda: quiet([sys.executable, "-m", "gate", "preview"], {}, fails=True),
        FAILING: lambda: quiet(
            [*preview, "--policy-pack", "policies", "--config", "streamRetentionHours=24",
             "--policy-pack-config", str(strict())],
            environ, fails=True,
        ),
    }  # fmt: skip
    for repetition in range(runs):
        for case in turns(tuple(cases), repetition):
            results.once(case, 0, repetition, lambda work=cases[case]: {"whole": work()})  # type: ignore[misc]


def strict() -> Path:
    """A policy config under which the shipped stack violates one control."""
    from . import KEPT

    file = KEPT / "strict.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"aurora-backups": {"minimumDays": 35}}', "utf-8")
    return file


def sandbox_environment() -> Mapping[str, str]:
    """What `make env` prints."""
    printed = subprocess.run(
        [sys.executable, "-m", "sandbox", "env"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    environ = {}
    for words in map(shlex.split, printed.splitlines()):
        if words[:1] == ["export"]:
            name, _, value = words[1].partition("=")
            environ[name] = os.path.expandvars(value)
    return environ


def quiet(command: Sequence[str], environ: Mapping[str, str], fails: bool = False) -> float:
    """Seconds of the command; raises RuntimeError when it fails and may not."""
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode and not fails:
        raise RuntimeError(done.stdout[-300:] + done.stderr[-300:])
    return time.perf_counter() - began


def lines(results: Results) -> list[str]:
    """The table, as Markdown."""
    found = ["| what | median s | × bare, paired |", "| --- | --- | --- |"]
    for case in (BARE, PACK, GATE, FAILING):
        whole, ratio = results.median(case, 0, "whole"), results.ratio(case, BARE, 0, "whole")
        if whole is not None:
            found.append(f"| {case} | {whole:.2f} | {ratio or ''} |")
    return found
