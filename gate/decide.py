"""One control on its whole population: the engine's word, the pack's, and the gate's own count."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evidence.model import (
    ControlResult,
    Population,
    Record,
    Subject,
    Verdict,
    worst,
)
from evidence.urns import short_name

from .catalog import Control
from .events import Planned, Violation
from .facts import Facts
from .trace import Decision

UNDECIDED, BROKEN = "[undecided] ", "[error] "
QUIET = (Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.OFF)
UNSAID = (Verdict.NOT_APPLICABLE, Verdict.NOT_EVALUATED)
EXCUSED = re.compile(r"\[waived (\S+) until (\S+)\] ")


def decide(facts: Facts, control: Control) -> tuple[ControlResult, list[Record]]:
    """What became of `control`, with a record for each of its subjects."""
    return _Control(facts, control).decide()


class _Control:
    """One control of the catalogue on its whole population."""

    def __init__(self, facts: Facts, control: Control):
        self.facts, self.control = facts, control
        self.level = control.level(facts.profile)
        self.rule = facts.populations.get(control.id)
        self.reasons: list[str] = []
        self.records: list[Record] = []
        self.judged: list[tuple[str, Verdict]] = []  # the urn and verdict of each record
        self.missing: list[str] = []
        self.excused: dict[str, str] = {}  # urn: id of the waiver
        log = facts.log
        self.violations: dict[str, list[Violation]] = {}
        for violation in log.violations:
            if violation.control == control.id:
                self.violations.setdefault(violation.urn, []).append(violation)

    def decide(self) -> tuple[ControlResult, list[Record]]:
        if self.rule is None:
            self.reasons.append("it has no line in gate/populations.json")
            return self._result([], [], Verdict.NOT_EVALUATED), []
        if self.rule.kind != self.control.kind:
            self.reasons.append("its kind in gate/populations.json is another")
            return self._result([], [], Verdict.NOT_EVALUATED), []
        wanted = self.facts.census.of(self.rule)
        seen = self._resource_names() if self.rule.kind == "resource" else self._stack_names()
        if self.level == "off":
            return self._off(wanted, seen)
        verdicts = [self._subject(r, seen) for r in wanted]
        if self.rule.kind == "stack":
            self._stack_summary(wanted, verdicts)
        unexpected = sorted(seen.keys() - {r.urn for r in wanted} - {""})
        for urn in unexpected:
            self.reasons.append(
                f"it was evaluated on {short_name(urn)}, which is not in its population"
            )
        loose = [v for urn, found in self.violations.items() if urn not in seen for v in found]
        for violation in loose:
            verdicts.append(self._complaint([violation]))
            self._record(violation.urn, "", verdicts[-1], [violation], None)
        verdict = worst(verdicts) if verdicts else Verdict.NOT_APPLICABLE
        if (self.missing or unexpected) and verdict is not Verdict.FAILED:
            verdict = Verdict.NOT_EVALUATED
        if not self.facts.whole and verdict in (Verdict.PASSED, Verdict.NOT_APPLICABLE):
            verdict = Verdict.NOT_EVALUATED
            self.reasons.append("the engine did not finish: its population is not known")
        elif not wanted and not loose:
            self.reasons.append("no resource of its types is in the plan")
        return self._result(wanted, unexpected, verdict), self.records

    def _off(
        self, wanted: list[Planned], seen: Mapping[str, Verdict]
    ) -> tuple[ControlResult, list[Record]]:
        self.reasons.append(f"not in the profile {self.facts.profile}")
        verdict = Verdict.OFF
        if self.violations or Verdict.FAILED in seen.values():
            verdict = Verdict.FAILED
        return self._result(wanted, [], verdict), []

    def _resource_names(self) -> dict[str, Verdict]:
        """What the engine's summaries say of this control, by urn."""
        said = self.facts.log.by_control.get(self.control.id, {})
        return {u: Verdict.PASSED if passed else Verdict.FAILED for u, passed in said.items()}

    def _stack_names(self) -> dict[str, Verdict]:
        """The engine gives no urns for a stack control: its own account, under the summary."""
        log, own = self.facts.log, self.control.id
        if log.stack_passed.count(own) + log.stack_failed.count(own) != 1:
            return {}
        seen: dict[str, Verdict] = {}
        for decision in self.facts.trace.of(own):
            if decision.verdict is Verdict.PASSED:
                seen[decision.urn] = Verdict.PASSED
            elif decision.verdict is not Verdict.NOT_APPLICABLE:
                seen[decision.urn] = Verdict.FAILED
        return seen

    def _stack_summary(self, wanted: list[Planned], verdicts: list[Verdict]) -> None:
        log, own = self.facts.log, self.control.id
        passed, failed = log.stack_passed.count(own), log.stack_failed.count(own)
        needed = any(v is not Verdict.NOT_APPLICABLE for v in verdicts)
        if needed and passed + failed != 1:
            self.missing += [r.urn for r in wanted if r.urn not in self.missing]
            self.reasons.insert(
                0, f"the engine's summary of the stack names it {passed + failed} times"
            )
        if passed and any(v in (Verdict.FAILED, Verdict.ERROR) for v in verdicts):
            self.reasons.append("the engine calls it passed, its own account does not")
        if passed and not needed:
            self.missing.append("")
            self.reasons.append("the engine calls it passed, but it has no subject")
        if failed and self.control.id not in {v.control for v in log.violations}:
            verdicts.append(Verdict.FAILED)
            self.reasons.append("the engine calls it failed and gives no violation")

    def _subject(self, resource: Planned, seen: Mapping[str, Verdict]) -> Verdict:
        own = self.facts.trace.decisions.get((self.control.id, resource.urn))
        complaints = self.violations.get(resource.urn) or []
        by_engine = seen.get(resource.urn)
        verdict = self._join(resource, by_engine, own, complaints)
        self._record(resource.urn, resource.type, verdict, complaints, own)
        return verdict

    def _join(
        self,
        resource: Planned,
        by_engine: Verdict | None,
        own: Decision | None,
        complaints: list[Violation],
    ) -> Verdict:
        if complaints:
            return self._complaint(complaints)
        if by_engine is Verdict.FAILED:
            # A stack control may complain about another resource than its subject.
            if own is not None and own.verdict is not Verdict.PASSED:
                self.reasons.append(
                    own.messages[0] if own.messages else f"failed on {short_name(resource.urn)}"
                )
                return own.verdict
            self.reasons.append(f"failed on {short_name(resource.urn)} without a message")
            return Verdict.FAILED
        if by_engine is Verdict.PASSED:
            if own is not None and own.verdict is Verdict.PASSED:
                return Verdict.PASSED
            said = own.verdict.value if own else "nothing"
            self.reasons.append(
                f"the engine says passed on {short_name(resource.urn)}, the pack's trace {said}"
            )
            self.missing.append(resource.urn)
            return Verdict.NOT_EVALUATED
        if own is not None and own.verdict is Verdict.NOT_APPLICABLE and own.reason:
            if self.rule is not None and self.rule.may_exempt(resource.type):
                return Verdict.NOT_APPLICABLE
            self.reasons.append(
                f"it calls {short_name(resource.urn)} no subject ({own.reason}), which"
                " gate/populations.json does not allow for its type"
            )
        else:
            self.reasons.append(f"it was not evaluated on {short_name(resource.urn)}")
        self.missing.append(resource.urn)
        return Verdict.NOT_EVALUATED

    def _complaint(self, complaints: list[Violation]) -> Verdict:
        verdicts = [self._kind(v) for v in complaints]
        verdict = worst(verdicts)
        told = complaints[verdicts.index(verdict)]
        self.reasons.append(f"{short_name(told.urn)}: {first_line(told.message)}")
        return verdict

    def _kind(self, violation: Violation) -> Verdict:
        """What a complaint means here; waived is what the pack and our own reading excuse."""
        said = EXCUSED.match(violation.message)
        found = kind_of(violation)
        if found is not Verdict.FAILED or said is None:
            return found
        entry = self.facts.waivers.covering(self.control.id, violation.urn)
        if entry is None or said.groups() != (entry.id, str(entry.expires_on)):
            self.reasons.append(f"the pack excuses it under {said[1]}, policies/waivers.yaml not")
            return Verdict.FAILED
        self.excused[violation.urn] = entry.id
        return Verdict.WAIVED if violation.level == "advisory" else Verdict.FAILED

    def _record(
        self,
        urn: str,
        kind: str,
        verdict: Verdict,
        complaints: list[Violation],
        own: Decision | None,
    ) -> None:
        self.judged.append((urn, verdict))
        if self.facts.findings_alone and verdict in QUIET:
            return
        messages = [first_line(v.message) for v in complaints] or list(own.messages if own else ())
        self.records.append(
            Record(
                control=self.control.id,
                verdict=verdict,
                stage=self.facts.stage,
                assurance=self.facts.assurance,
                collected_at=self.facts.at,
                requirements=self.facts.catalog.by_control.get(self.control.id, ()),
                subject=Subject(type=kind, urn=urn, name=short_name(urn)),
                level=self.level,
                decided_by=own.by if own and verdict is Verdict.PASSED else "",
                expected={"statement": self.control.statement},
                observed=dict(own.observed) if own else {},
                message=" | ".join(messages),
                reason=own.reason if own else "",
                remediation=self.control.remediation if verdict is not Verdict.PASSED else "",
                waiver=self.excused.get(urn, "") if verdict is Verdict.WAIVED else "",
            )
        )

    def _result(
        self, wanted: list[Planned], unexpected: list[str], verdict: Verdict
    ) -> ControlResult:
        exempt = {urn for urn, v in self.judged if v is Verdict.NOT_APPLICABLE}
        decided = {urn for urn, v in self.judged if v not in UNSAID or urn in self.violations}
        return ControlResult(
            id=self.control.id,
            title=self.control.title,
            statement=self.control.statement,
            severity=self.control.severity,
            owner=self.control.owner,
            kind=self.control.kind,
            level=self.level,
            verdict=verdict,
            subjects=len(wanted) - len(exempt),
            requirements=self.facts.catalog.by_control.get(self.control.id, ()),
            remediation=self.control.remediation,
            population=Population(
                expected=tuple(r.urn for r in wanted if r.urn not in exempt),
                evaluated=tuple(sorted(decided)),
                missing=tuple(self.missing),
                unexpected=tuple(unexpected),
            ),
            reasons=tuple(dict.fromkeys(self.reasons)),
        )


def kind_of(violation: Violation) -> Verdict:
    """What a complaint means: a breach, a value that could not be decided, or a broken control."""
    if violation.cannot_run or violation.message.startswith(UNDECIDED):
        return Verdict.NOT_EVALUATED
    return Verdict.ERROR if violation.message.startswith(BROKEN) else Verdict.FAILED


def first_line(text: str) -> str:
    """The text on one line, not endlessly long."""
    line = " ".join(text.split())
    return line if len(line) <= 500 else line[:497] + "..."
