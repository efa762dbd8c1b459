"""What an outside judge, an independent scanner, found on the stack, and what we say to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JudgeFailure:
    """A check of an outside judge that failed, and what we say to it.

    `answer` is AGREED where a control of ours fails too, else the kind of a reviewed reason; empty
    where nobody has answered, which is a fault.
    """

    check: str
    title: str
    resources: int  # on how many it failed
    answer: str = ""
    reason: str = ""
    controls: tuple[str, ...] = ()  # of ours, that look at the same


AGREED = "agreed"
#: What a reader has to see first; kinds that are not among them come last.
ANSWERS = ("", AGREED, "unasked", "choice", "profile", "superseded", "vpc", "account", "emulator")


@dataclass(frozen=True)
class Judge:
    """What an independent scanner found on the stack. `absent` says why there is no finding.

    `checks` reported; each either `passed`, `failed` on a resource, or is for a person (`manual`).
    """

    absent: str = ""
    tool: str = ""
    version: str = ""
    at: str = ""
    stack: str = ""
    assurance: str = ""
    account: str = ""
    checks: int = 0
    passed: int = 0
    failed: int = 0
    manual: int = 0
    failures: tuple[JudgeFailure, ...] = ()
    faults: tuple[str, ...] = ()  # a check that was silent, a reason without a failure
    digest: str = ""  # of the judge's file

    @property
    def unanswered(self) -> tuple[JudgeFailure, ...]:
        """Failures that nobody has answered."""
        return tuple(f for f in self.failures if not f.answer)

    @property
    def by_answer(self) -> tuple[tuple[str, tuple[JudgeFailure, ...]], ...]:
        """The failures by their answer, those without one first."""
        strange = sorted({f.answer for f in self.failures} - set(ANSWERS))
        grouped = ((a, tuple(f for f in self.failures if f.answer == a)) for a in ANSWERS)
        rest = ((a, tuple(f for f in self.failures if f.answer == a)) for a in strange)
        return tuple((a, found) for a, found in (*grouped, *rest) if found)

    @property
    def wrong(self) -> int:
        """How many things a reader has to look into."""
        return len(self.unanswered) + len(self.faults)
