"""Runs as JUnit XML: a suite for each stage, a test case for each control on each subject.

Written with the standard library: junitparser writes other bytes where lxml happens to be there.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter

from evidence.model import Assurance, ControlResult, Evidence, Outcome, Record, Verdict

from . import selection, words
from .escape import line
from .registry import View

PASSED, FAILURE, ERROR, SKIPPED = "passed", "failure", "error", "skipped"


def render(view: View) -> bytes:
    """All runs as one document, in UTF-8."""
    root = ET.Element("testsuites")
    totals: Counter[str] = Counter()
    for evidence in view.runs:
        suite, counts = _suite(evidence)
        root.append(suite)
        totals += counts
    root.attrib.update(_counts(totals, with_skipped=False))
    root.set("name", "compliance")
    ET.indent(root, " ")
    drawn: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return drawn + b"\n"


def _suite(evidence: Evidence) -> tuple[ET.Element, Counter[str]]:
    run = evidence.run
    emulated = " EMULATED" if run.assurance is Assurance.EMULATED else ""
    name = line(f"{run.stack} {words.column(run.stage, run.assurance)}{emulated}")
    suite = ET.Element("testsuite", {"name": name})
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(evidence):
        ET.SubElement(properties, "property", {"name": line(key), "value": line(value)})
    counts: Counter[str] = Counter()
    for case in _cases(evidence):
        suite.append(case)
        counts[case[0].tag if len(case) else PASSED] += 1
    suite.attrib.update(_counts(counts))
    suite.set("timestamp", run.started_at[:19])
    return suite, counts


def _counts(counts: Counter[str], with_skipped: bool = True) -> dict[str, str]:
    found = {
        "tests": str(counts.total()),
        "failures": str(counts[FAILURE]),
        "errors": str(counts[ERROR]),
    }
    return found | ({"skipped": str(counts[SKIPPED])} if with_skipped else {})


def _properties(evidence: Evidence) -> list[tuple[str, str]]:
    run = evidence.run
    found = [
        ("assurance", run.assurance.value.upper()),
        ("outcome", words.outcome(evidence)),
        ("run", run.id),
        ("profile", run.profile),
        ("account", run.account),
        ("region", run.region),
        ("commit", run.commit.id),
        *((f"digest of {k}", v) for k, v in sorted(run.digests.items())),
    ]
    if run.assurance is Assurance.EMULATED:
        found.insert(1, ("note", words.NO_EVIDENCE))
    return [(k, v) for k, v in found if v]


def _cases(evidence: Evidence) -> list[ET.Element]:
    run = evidence.run
    known = selection.sources(evidence)
    by_control: dict[str, list[Record]] = {}
    for record in evidence.records:
        by_control.setdefault(record.control, []).append(record)
    whole = {c.id for c in selection.open_controls(evidence)}
    cases = [_gate(evidence)]
    for control in evidence.controls:
        records = by_control.pop(control.id, [])
        records.sort(key=lambda r: (selection.subject(r), r.test))
        cases += [_of_record(evidence, control, record, known) for record in records]
        if not records or control.id in whole:
            cases.append(_of_control(evidence, control))
    for rest in by_control.values():  # of a control that the catalogue does not have
        cases += [_of_record(evidence, None, record, known) for record in rest]
    for case in cases:
        case.set("classname", line(f"{run.stack}.{run.stage.value}.{case.get('classname')}"))
    return cases


def _gate(evidence: Evidence) -> ET.Element:
    """The verdict of the run itself, so that a shut gate is never a green file."""
    case = ET.Element("testcase", {"classname": "gate", "name": "the gate opens"})
    outcome = evidence.run.outcome
    if outcome is not Outcome.PASSED:
        kind = FAILURE if outcome is Outcome.VIOLATIONS else ERROR
        text = "\n".join(line(p.text) for p in evidence.problems)
        _add(case, kind, outcome.value, words.outcome(evidence), text)
    return case


def _of_record(
    evidence: Evidence,
    control: ControlResult | None,
    record: Record,
    known: dict[str, tuple[str, int]],
) -> ET.Element:
    name = selection.subject(record) + (f" ({record.test})" if record.test else "")
    case = ET.Element("testcase", {"classname": record.control, "name": line(name)})
    level = selection.level(control, record)
    said = record.message or record.reason or (control.statement if control else "")
    body = [
        f"control: {record.control}",
        f"requirements: {', '.join(selection.requirements_of(record, control))}",
        f"resource: {selection.subject(record)}",
    ]
    if record.remediation:
        body.append(f"write instead: {record.remediation}")
    if record.subject.urn in known:
        path, number = known[record.subject.urn]
        body.append(f"where: {path}:{number}")
    said += f" (waiver {record.waiver})" if record.waiver else ""
    _judge(case, evidence, record.verdict, level, said, "\n".join(line(text) for text in body))
    return case


def _of_control(evidence: Evidence, control: ControlResult) -> ET.Element:
    """A control as a whole: one without subject, or one whose population was not all judged."""
    attributes = {"classname": control.id, "name": "the control as a whole"}
    case = ET.Element("testcase", attributes)
    said = "; ".join(control.reasons) or control.statement
    if control.gap:
        said = f"{control.gap}: {said}"
    missing = "\n".join(f"not judged: {line(urn)}" for urn in control.population.missing)
    _judge(case, evidence, control.verdict, control.level, said, missing)
    return case


def _judge(
    case: ET.Element, evidence: Evidence, verdict: Verdict, level: str, said: str, body: str
) -> None:
    """Red only where it keeps the gate shut; whatever else is no pass is skipped, with its name."""
    if verdict is Verdict.PASSED:
        return
    if selection.keeps_shut(evidence, verdict, level):
        kind = FAILURE if verdict is Verdict.FAILED else ERROR
        _add(case, kind, verdict.value, said, body)
        return
    advisory = f"{level}, " if level != "mandatory" and verdict not in selection.SETTLED else ""
    _add(case, SKIPPED, verdict.value, f"{advisory}{words.VERDICTS[verdict]}: {said}", body)


def _add(case: ET.Element, kind: str, type_: str, message: str, body: str) -> None:
    found = ET.SubElement(case, kind, {"type": line(type_), "message": line(message)})
    if body:
        found.text = body
