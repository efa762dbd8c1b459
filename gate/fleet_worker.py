"""`python -m gate.fleet_worker`: one process of a fleet's audit. Judges the states that its input
names, one line of JSON each, and answers each by one line.

The pack decides in a process of its own (`python -m core.fleet` in policies/), which the gate
never imports; meanwhile the state is read here too, and the population counted apart, as in an
audit of one state.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from evidence.model import Outcome

from . import analysis, catalog, digests, states, trace, waivers
from . import verdict as verdicts
from .errors import GateError
from .events import Violation
from .paths import ROOT

DECIDER = (sys.executable, "-m", "core.fleet")


class Judge:
    """A decider of the pack, and what its word is judged by."""

    def __init__(self, root: Path = ROOT):
        self.root = root
        self.catalog = catalog.load(root)
        self.severity = {c.id: c.severity for c in self.catalog.controls}
        self.waivers = waivers.load(root, self.catalog)
        self.profiles = catalog.profiles(root)
        self.pack_digest = digests.of_folder(root / "policies")
        self.pack, _ = catalog.pack_identity(root)
        self.decider = self._start()

    def _start(self) -> subprocess.Popen[str]:
        # what configures a run of the engine is none of this one's
        env = {k: v for k, v in os.environ.items() if not k.startswith(("POLICY_", "PULUMI_"))}
        return subprocess.Popen(
            DECIDER,
            cwd=self.root / "policies",
            env={**env, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def judge(self, file: Path, suffix: str) -> dict[str, Any]:
        """What became of one state; whatever is wrong with it is said, never raised."""
        try:
            content = file.read_bytes()
        except OSError as e:
            return _broken("", f"it cannot be read ({e.strerror})")
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        question = {"file": str(file.resolve()), "suffix": suffix}
        self._ask(question)
        try:
            state = states.parse(content, file.name)
        except GateError as e:
            self._answer()
            return _broken(digest, str(e))
        told = self._answer()
        if "died" in told:  # whoever killed it need not have meant this state
            self._ask(question)
            told = self._answer()
        if "fault" in told:
            return _broken(digest, told["fault"])
        if told.get("digest") != digest:  # without a digest of its own it is done again next time
            self.decider.kill()
            self.decider.wait()
            self.decider = self._start()
            return _broken("", "the pack read another file: it changed meanwhile; run it again")
        try:
            account, said = trace.of_answer(told), _complaints(told)
        except (KeyError, ValueError, TypeError, IndexError, AttributeError):
            return _broken(digest, "the pack's account of it cannot be read")
        return {"digest": digest, **self._judged(state, account, said, suffix)}

    def end(self) -> None:
        """No more states: the decider ends with its input."""
        assert self.decider.stdin is not None
        with suppress(OSError):
            self.decider.stdin.close()
        self.decider.wait()

    def _ask(self, question: Mapping[str, str]) -> None:
        assert self.decider.stdin is not None
        with suppress(OSError):  # it died: seen at the answer
            self.decider.stdin.write(json.dumps(question) + "\n")
            self.decider.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self.decider.stdout is not None
        line = self.decider.stdout.readline()
        if not line.endswith("\n"):
            self.decider.wait()
            code, self.decider = self.decider.returncode, self._start()
            return {
                "fault": f"the pack's decider died on it twice (exit code {code})",
                "died": True,
            }
        try:
            told = json.loads(line)
        except ValueError:
            told = None
        return told if isinstance(told, dict) else {}

    def _judged(
        self, state: states.State, account: trace.Trace, said: tuple[Violation, ...], suffix: str
    ) -> Mapping[str, Any]:
        shut = any(v.level == "mandatory" for v in said)
        summary = {
            "PolicyPacks": {self.pack: ""},
            "result": "failed" if shut else "succeeded",
        }
        by = analysis.Judged(
            self.catalog,
            self.waivers,
            self.pack_digest,
            str(self.profiles.get(state.stack, catalog.DEFAULT_PROFILE)),
            self.pack,
        )
        made = analysis.judge(
            analysis.Said(said, summary), int(shut), account, state, suffix, by, True
        )
        return {
            "outcome": str(verdicts.worst_outcome(made.problems)),
            "assurance": str(state.assurance),
            "stack": state.stack,
            "project": state.project,
            "profile": by.profile,
            "resources": len(state.resources),
            "controls": {c.id: [str(c.verdict), c.subjects] for c in made.found.controls},
            "requirements": {r.id: str(r.verdict) for r in made.found.requirements},
            "findings": [
                {
                    "control": r.control,
                    "verdict": str(r.verdict),
                    "severity": self.severity.get(r.control, ""),
                    "level": r.level,
                    "urn": r.subject.urn,
                    "message": r.message or r.reason,
                }
                for r in made.records
            ],
            "problems": [p.text for p in made.problems],
        }


def _complaints(told: Mapping[str, Any]) -> tuple[Violation, ...]:
    return tuple(
        Violation(d["control"], d["urn"], d["message"], d["level"]) for d in told["diagnostics"]
    )


def _broken(digest: str, why: str) -> dict[str, Any]:
    return {"digest": digest, "outcome": str(Outcome.COULD_NOT_RUN), "fault": why}


def main() -> int:
    """Answer until the input ends."""
    try:
        judge = Judge()
    except GateError as e:
        sys.stdout.write(json.dumps({"error": str(e)}) + "\n")
        return 3
    sys.stdout.write(json.dumps({"pack": judge.pack_digest}) + "\n")
    sys.stdout.flush()
    gc.freeze()  # the catalogue stays; what each state leaves goes by its reference counts
    gc.set_threshold(200_000)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = judge.judge(Path(asked["file"]), asked["suffix"])
        bound = {"pack": judge.pack_digest, "suffix": asked["suffix"]}
        sys.stdout.write(json.dumps({"file": asked["name"], **answer, **bound}) + "\n")
        sys.stdout.flush()
    judge.end()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it ends without a word: who started it speaks
    sys.exit(main())
