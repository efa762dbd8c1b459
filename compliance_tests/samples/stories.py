"""What the sample reports tell: which runs, and what is wrong in them."""

from __future__ import annotations

from dataclasses import replace

from evidence.model import Evidence, Stage, Verdict, WaiverState

from .replay import Step, verdict, waived

DRIFTED = "aurora-backups"
OPEN = "tcp 5432 is open to 0.0.0.0/0, which is not inside the VPC"
UNKNOWN = "kmsKeyId is not known yet and no resource of the stack gives it"
failed = verdict("ingress-inside-vpc", Verdict.FAILED, OPEN)
drifted = verdict(DRIFTED, Verdict.FAILED, "backupRetentionPeriod is 7, expected 30")
undecided = verdict("stream-customer-key", Verdict.NOT_EVALUATED, UNKNOWN)
excused = waived(DRIFTED, "2026-08-31")
overdue = waived(DRIFTED, "2026-08-31", WaiverState.EXPIRED)


def reworked(evidence: Evidence) -> Evidence:
    """The pack was changed: a control is gone, one asks for less, one is only advice."""
    gone, less, advice = "key-rotation", DRIFTED, "ingress-inside-vpc"
    words = {less: {"statement": "Backups must be kept for 7 days."}, advice: {"level": "advisory"}}
    return replace(
        evidence,
        controls=tuple(
            replace(c, **words.get(c.id, {}))  # type: ignore[arg-type]
            for c in evidence.controls
            if c.id != gone
        ),
        records=tuple(r for r in evidence.records if r.control != gone),
    )


P, D, L = Stage.PLANNED, Stage.DEPLOYED, Stage.LIVE

STORIES: dict[str, tuple[Step, ...]] = {
    "passing": (Step(0, P), Step(0.01, D), Step(0.02, L), Step(1, P), Step(1.01, D), Step(1.02, L)),
    "failing": (
        Step(0, P),
        Step(0.01, D),
        Step(0.02, L),
        Step(1, P, failed),
        Step(1.1, L, drifted),
    ),
    "waived": (
        Step(0, P),
        Step(0.01, D),
        Step(0.02, L, drifted),
        *(Step(1 + n / 100, s, excused) for n, s in enumerate(Stage)),
    ),
    "undecided": (Step(0, P, undecided), Step(0.02, L, undecided)),
    "reworked": (Step(0, P), Step(1, P, reworked)),
    # twenty runs: a drift repaired after 30 hours, a gap of five weeks, a waiver that ends
    "history": (
        Step(0, P),
        Step(0.02, D),
        Step(0.04, L),
        Step(7, L),
        Step(14, P, failed),
        Step(14.1, P),
        Step(14.2, D),
        Step(14.3, L),
        Step(21, L),
        Step(28, L, drifted),
        Step(29.25, L),
        Step(36, L),
        Step(71, L, drifted),
        Step(73, L, excused),
        Step(80, L, excused),
        Step(87, L, excused),
        Step(94, L, overdue),
        Step(95, P),
        Step(95.1, D),
        Step(95.2, L),
    ),
}
