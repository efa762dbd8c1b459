"""What the gate adds to the engine's own preview of the shipped stack, in turns with it; what a
preview that fails takes; and where the time of `up` and `verify` goes.

On a copy of the checkout with a sandbox of its own: the user's is left as it is.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from compliance_tests.engine.checkout import Checkout, Ran, checkout
from compliance_tests.engine.checkout import run as run_there

from . import ROOT
from .results import Results, turns

BARE, PACK, GATE = "pulumi preview", "pulumi preview with the pack", "gate preview"
PACK_FAILS, GATE_FAILS = f"{PACK}, a violation", f"{GATE}, a violation"
UP, VERIFY = "gate preview and up, from an empty stack", "gate verify"
PREVIEWS = (BARE, PACK, GATE, PACK_FAILS, GATE_FAILS)
#: A violation as the tests plant one: in the program.
PLANTED = ("infra/components/database.py", "backup_retention_period=args.backup_retention_days",
           "backup_retention_period=7")  # fmt: skip
PREVIEW = ("preview", "--non-interactive", "--diff=false")
PART = re.compile(r"^(\S.*?) {2,}(\d+\.\d\d) s(?:  \d+ times)?$", re.MULTILINE)
WHOLE = "whole command"


def run(results: Results, runs: int) -> None:
    """Each kind of preview in turns on an empty stack; then up, the live proof, and all away."""
    done = min((len(results.of(case, 0)) for case in (*PREVIEWS, UP, VERIFY)), default=0)
    if done >= runs:
        return
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's Python keeps what it compiled
    with tempfile.TemporaryDirectory() as folder, checkout(Path(folder) / "copy") as copy:
        for case in (BARE, GATE):  # warm
            _cases(copy)[case]()
        cases = _cases(copy)
        for repetition in range(runs):
            for case in (*turns(PREVIEWS, repetition), UP, VERIFY):
                results.once(case, 0, repetition, cases[case])
            timed(copy.pulumi, "destroy", "--yes", "--skip-preview", "--non-interactive")


def _cases(copy: Checkout) -> dict[str, Callable[[], Mapping[str, float]]]:
    def bare(*more: str, code: int = 0) -> dict[str, float]:
        return {"whole": timed(copy.pulumi, *PREVIEW, *more, code=code)[0]}

    def gate(command: str, *more: str, code: int = 0, **environ: str) -> dict[str, float]:
        def asked(*arguments: str) -> Ran:
            return run_there([sys.executable, *arguments], copy.root, {**os.environ, **environ})

        whole, ran = timed(asked, "-m", "gate", command, "--timings", *more, code=code)
        parts = {n: float(s) for n, s in PART.findall(ran.text)}
        return {"whole": whole, **{n: s for n, s in parts.items() if n != WHOLE}}

    def failing(work: Callable[[], dict[str, float]]) -> dict[str, float]:
        with copy.changed([PLANTED]):
            return work()

    def up() -> dict[str, float]:
        first = gate("preview")
        ticket = json.loads((copy.root / ".state/plans/sandbox.verdict.json").read_text("utf-8"))
        second = gate("up", "--no-live-proof", APPROVE=ticket["verdict"])
        return {n: first.get(n, 0.0) + second.get(n, 0.0) for n in {**first, **second}}

    pack = ("--policy-pack", "policies")
    return {
        BARE: bare,
        PACK: lambda: bare(*pack),
        GATE: lambda: gate("preview"),
        PACK_FAILS: lambda: failing(lambda: bare(*pack, code=1)),
        GATE_FAILS: lambda: failing(lambda: gate("preview", code=1)),
        UP: up,
        VERIFY: lambda: gate("verify"),
    }


def timed(command: Callable[..., Ran], *arguments: str, code: int = 0) -> tuple[float, Ran]:
    """Seconds of the command and what it printed; raises RuntimeError for another exit code."""
    began = time.perf_counter()
    ran = command(*arguments)
    took = time.perf_counter() - began
    if (ran.code != 0) is not (code != 0):
        raise RuntimeError(f"{' '.join(arguments[:4])}: exit code {ran.code}: {ran.text[-300:]}")
    return took, ran


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
    """The tables, as Markdown."""
    found = [
        "| what | median s | × bare, paired | × passing, paired |",
        "| --- | --- | --- | --- |",
    ]
    passing = {PACK_FAILS: PACK, GATE_FAILS: GATE}
    for case in (*PREVIEWS, UP, VERIFY):
        whole = results.median(case, 0, "whole")
        if whole is None:
            continue
        bare = results.ratio(case, BARE, 0, "whole") if case in PREVIEWS else None
        other = results.ratio(case, passing[case], 0, "whole") if case in passing else None
        found.append(f"| {case} | {whole:.2f} | {bare or ''} | {other or ''} |")
    return [*found, *_parts(results)]


def _parts(results: Results) -> list[str]:
    """Where the gate's time goes: median seconds of each part that takes a hundredth."""
    shown = [c for c in (GATE, GATE_FAILS, UP, VERIFY) if results.of(c, 0)]
    names = dict.fromkeys(
        n for c in shown for row in results.of(c, 0).values() for n in row if n not in KEYS
    )
    found = ["", f"| part, s | {' | '.join(shown)} |", "| --- |" + " --- |" * len(shown)]
    for name in names:
        seconds = [results.median(case, 0, name) or 0.0 for case in shown]
        if max(seconds) >= 0.01:
            found.append(f"| {name} | {' | '.join(f'{s:.2f}' if s else '' for s in seconds)} |")
    return found if names else []


KEYS = ("case", "size", "repetition", "whole")
