"""What reports call things. One place, so that all of them say the same."""

from __future__ import annotations

from collections import Counter

from evidence.model import GAPS, Assurance, ControlResult, Evidence, Outcome, Stage, Verdict

VERDICTS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "FAILED",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.NOT_EVALUATED: "not evaluated",
    Verdict.WAIVED: "waived",
    Verdict.ERROR: "error",
    Verdict.OFF: "not in profile",
}
WIDTH = max(map(len, (*VERDICTS.values(), *GAPS)))  # of a column of verdicts
ECHO = "echo: the emulator gave back what it was told, and did nothing with it"
OUTCOMES = {
    Outcome.PASSED: "passed",
    Outcome.VIOLATIONS: "violations: the gate is shut",
    Outcome.NOT_PROVEN: "not proven: the gate is shut",
    Outcome.COULD_NOT_RUN: "could not run: the gate is shut",
}
PROOFS = {Stage.PLANNED: "as planned", Stage.DEPLOYED: "as deployed", Stage.LIVE: "as verified"}
NO_EVIDENCE = (
    "Emulated: this run was made against the sandbox. It says nothing about an AWS account, and no"
    " real stack accepts its verdict."
)


def verdict(control: ControlResult) -> str:
    """The control's verdict; of one that no API shows, the code of its gap instead."""
    if control.gap and control.verdict is Verdict.NOT_EVALUATED:
        return control.gap
    return VERDICTS[control.verdict]


def outcome(evidence: Evidence) -> str:
    """The verdict of the run in words, e.g. "passed as planned"."""
    run = evidence.run
    text = OUTCOMES[run.outcome]
    return f"{text} {PROOFS[run.stage]}" if run.outcome is Outcome.PASSED else text


def column(stage: Stage, assurance: Assurance) -> str:
    """The heading of a stage's column: what was asked of the sandbox is emulated, never live."""
    if stage is Stage.LIVE:
        return assurance.value
    return stage.value


def counts(evidence: Evidence) -> str:
    """How many controls came out how, worst first: "1 FAILED, 24 passed"."""
    found = Counter(c.verdict for c in evidence.controls if verdict(c) == VERDICTS[c.verdict])
    gaps = Counter(verdict(c) for c in evidence.controls if verdict(c) != VERDICTS[c.verdict])
    order = [Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED, Verdict.WAIVED, Verdict.PASSED]
    order += [Verdict.NOT_APPLICABLE, Verdict.OFF]
    told = [f"{found[v]} {VERDICTS[v]}" for v in order if found[v]]
    told += [f"{count} {gap}" for gap, count in gaps.items()]
    return ", ".join(told) or "no control"


def awake(evidence: Evidence) -> str:
    """How many controls refused what was planted for them in this run; empty when nobody asked."""
    asked = [c.awake for c in evidence.controls if c.awake is not None]
    if not asked:
        return ""
    return f"planted violations refused in this run: {sum(asked)} of {len(asked)}"


def judge(evidence: Evidence) -> str:
    """What the outside judge found, in one line; empty where nobody asked."""
    found = evidence.judge
    if found is None:
        return ""
    if found.absent:
        return f"outside judge: {found.absent}"
    kinds = Counter(f.answer or "WITHOUT AN ANSWER" for f in found.failures)
    why = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    silent = f"; {len(found.faults)} FAULTS" if found.faults else ""
    return (
        f"outside judge {found.tool} {found.version} at {found.at}: {found.checks} checks, "
        f"{found.passed} passed, {found.manual} manual, {found.failed} failed"
        f"{f' ({why})' if why else ''}{silent}"
    )
