"""How long a fleet's audit takes, at growing numbers of states."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from typing import Any

from . import KEPT, ROOT
from .previews import quiet, sandbox_environment
from .results import Results, say
from .states import SIZE, make

SIZES = (100, 1_000, 10_000)
CASE = "fleet"


def run(results: Results, sizes: tuple[int, ...], runs: int) -> None:
    """Audit so many states, each time from nothing."""
    export = KEPT / "state.json"
    if not export.exists():
        say("exporting the shipped stack: deploying it to the sandbox")
        quiet([sys.executable, "-m", "gate", "up"], {}, fails=True)
        command = ["pulumi", "stack", "export", "--stack", "sandbox", "--file", str(export)]
        quiet(command, sandbox_environment())
    for size in sizes:
        folder = KEPT / "fleet"
        shutil.rmtree(folder, ignore_errors=True)
        make(export, folder, size)
        for repetition in range(runs):
            results.once(CASE, size, repetition, lambda folder=folder: _audit(folder))  # type: ignore[misc]
    shutil.rmtree(KEPT / "fleet", ignore_errors=True)


def _audit(folder: Any) -> dict[str, Any]:
    out = KEPT / "fleet-out"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "gate", "audit", "--states", str(folder), "--out", str(out)]
    began, cpu = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - began, os.times()
    if not (out / "fleet.json").exists():
        raise RuntimeError(done.stderr[-300:])
    found = json.loads((out / "fleet.json").read_bytes())
    used = after.children_user + after.children_system - cpu.children_user - cpu.children_system
    return {
        "whole": seconds,
        "cpu": used,
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "states": found["states"],
        "outcomes": found["outcomes"],
    }


def lines(results: Results) -> list[str]:
    """The table, as Markdown."""
    found = [
        f"Copies of the shipped stack's state with further instances of its database, {SIZE} "
        "resources each; every tenth breaks a control, every hundredth is no state.",
        "",
        "| states | seconds | CPU seconds | a state, ms of CPU | largest process, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for size in results.sizes():
        whole, cpu, peak = (results.median(CASE, size, f) for f in ("whole", "cpu", "peak_mb"))
        if whole is not None and cpu is not None and peak is not None:
            found.append(
                f"| {size:,} | {whole:.1f} | {cpu:.1f} | {cpu / size * 1e3:.1f} | {peak:.0f} |"
            )
    return found
