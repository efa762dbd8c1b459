"""Was the checker awake? In each run every control is shown a violation, one of its own examples,
and must refuse it; a compliant one, and must accept it.

The pack does it in a process of its own (`python -m core.awake` in policies/): the gate never
imports what it judges. A control that sleeps shuts the gate, whatever it said about the stack.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from . import digests, priority, silence, timings, variables

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.model import ControlResult, Problem

PATIENCE = 120  # seconds; it takes less than one
KEEPS_NO_CACHE = "PYTHONDONTWRITEBYTECODE"
_begun: dict[Path, tuple[subprocess.Popen[bytes], str]] = {}
REMEDY = "run python -m core.awake in policies/"


@dataclass(frozen=True)
class Account:
    """What the pack did with its planted violations."""

    digest: str = ""  # of the pack that did it
    controls: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fault: str = ""  # why there is no account


def begin(root: Path) -> None:
    """Let the pack show it from now on: the next `ask` takes the answer.

    It needs half a second of a processor, and until the engine runs one has nothing else to do.
    """
    with suppress(OSError):
        _begun[root] = _start(root)


@timings.timed("awake check (meanwhile)")
def ask(root: Path) -> Account:
    """Let the pack of the checkout at `root` show it, once more or as it was begun."""
    try:
        asked, pack = _begun.pop(root) if root in _begun else _start(root)
    except OSError as e:
        return Account(fault=f"it could not be asked ({type(e).__name__})")
    with asked:
        try:
            said, _ = asked.communicate(timeout=min(PATIENCE, silence.limit("preview")))
        except subprocess.TimeoutExpired as e:
            asked.kill()
            return Account(fault=f"it could not be asked ({type(e).__name__})")
    try:
        told = json.loads(said)
        digest, controls = f"sha256:{told['digest']}", dict(told["controls"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return Account(fault=f"it gave no account (exit code {asked.returncode})")
    if digest != pack:
        # It takes its digest once its code is loaded: that may have been another pack's.
        return Account(fault="the pack changed while it was asked")
    return Account(digest, controls)


def _start(root: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The process, and the digest of the pack before it began."""
    pack = digests.of_folder(root / "policies")
    # what configures a run, the trace's file above all, is none of this one's
    configuring = ("POLICY_", *variables.PREFIXES)
    env = {k: v for k, v in os.environ.items() if not k.startswith(configuring)}
    if KEEPS_NO_CACHE in os.environ:
        env[KEEPS_NO_CACHE] = os.environ[KEEPS_NO_CACHE]
    asked = subprocess.Popen(
        [sys.executable, "-m", "core.awake"],
        cwd=root / "policies",
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    priority.step_back(asked.pid)
    return asked, pack


def told(
    controls: Iterable[ControlResult], account: Account, pack_digest: str
) -> tuple[tuple[ControlResult, ...], list[Problem]]:
    """The controls with what each did, and what of it keeps the gate shut."""
    from evidence.model import Outcome, Problem

    if account.fault or account.digest != pack_digest:
        why = account.fault or "another pack than the judged one was asked"
        text = f"no control of the pack was seen to refuse anything: {why}; {REMEDY}"
        return tuple(controls), [Problem(Outcome.NOT_PROVEN, text)]
    results: list[ControlResult] = []
    problems: list[Problem] = []
    for control in controls:
        seen = account.controls.get(control.id, {})
        wrong = _wrong(seen)
        results.append(replace(control, awake=not wrong))
        if wrong:
            text = f"{control.id} sleeps: it {wrong}; {REMEDY}"
            problems.append(Problem(Outcome.NOT_PROVEN, text))
    return tuple(results), problems


def _wrong(seen: Mapping[str, Any]) -> str:
    if not seen.get("planted"):
        return "has no planted violation"
    if seen.get("refused") is not True:
        return f"did not refuse its planted violation ({seen['planted']})"
    if seen.get("accepted") is not True:
        return f"refused a compliant example ({seen.get('compliant')})"
    return ""
