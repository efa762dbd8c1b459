"""A run as SARIF 2.1.0, for GitHub code scanning or in full.

GitHub's file has what is open and nothing else: GitHub ignores `suppressions` and `kind`, so what
is waived would stand there as open, and what is undecided must be an error to be seen at all. The
full file has every record: passes, waived ones as suppressed, undecided ones as kind "open".
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any
from urllib.parse import quote

from evidence.model import Assurance, Evidence, Outcome, Verdict, Waiver

from . import sarif_rules, selection, words
from .escape import line
from .registry import View
from .sarif_rules import GATE, plain
from .selection import ENTRY

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MOST_RESULTS = 5_000  # GitHub keeps no more, and refuses a file of over 25,000
ROOT = "%SRCROOT%"
KINDS = {
    Verdict.PASSED: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.OFF: "notApplicable",
    Verdict.NOT_EVALUATED: "open",
    Verdict.FAILED: "fail",
    Verdict.WAIVED: "fail",
    Verdict.ERROR: "fail",
}
Json = dict[str, Any]


def github(view: View) -> str:
    """What GitHub code scanning takes: open results only, 5,000 at most, worst first."""
    evidence = view.run
    found = [r for r in _open(evidence) if r["properties"]["verdict"] != Verdict.WAIVED.value]
    for result in found:
        result["kind"] = "fail"
        result["level"] = result.pop("githubLevel")
    return _log(evidence, found[:MOST_RESULTS], len(found) - len(found[:MOST_RESULTS]))


def full(view: View) -> str:
    """Every record of the newest run."""
    evidence = view.run
    found = _open(evidence) + _settled(evidence)
    waivers = {w.id: w for w in evidence.waivers}
    for result in found:
        level = result.pop("githubLevel")
        result["level"] = level if result["kind"] == "fail" else "none"
        if result["properties"]["verdict"] == Verdict.WAIVED.value:
            result["suppressions"] = [_suppression(waivers.get(result["properties"]["waiver"]))]
    return _log(evidence, found, 0)


def _log(evidence: Evidence, results: list[Json], left_out: int) -> str:
    rules = sarif_rules.rules(evidence)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    for result in results:
        result["ruleIndex"] = index[result["ruleId"]]
        _fingerprint(result, seen)
    run = evidence.run
    emulated = run.assurance is Assurance.EMULATED
    invocation: Json = {
        "executionSuccessful": run.outcome is not Outcome.COULD_NOT_RUN,
        "exitCode": run.outcome.exit_code,
        "startTimeUtc": run.started_at,
        "endTimeUtc": run.finished_at,
    }
    notes = [words.NO_EVIDENCE] if emulated else []
    if left_out:
        notes.append(f"{left_out} more results are left out; the full report has them.")
    if notes:
        notifications = [{"level": "note", "message": {"text": note}} for note in notes]
        invocation["toolExecutionNotifications"] = notifications
    name, _, version = run.tools.get("pack", "").partition(" ")
    driver = {
        "name": line(name or "compliance gate") + (" EMULATED" if emulated else ""),
        "rules": rules,
    }
    if version:
        driver["version"] = line(version)
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {
                    "id": f"compliance/{quote(run.stack, safe='')}/{run.stage.value}/{run.id}",
                    "guid": run.id,
                },
                "invocations": [invocation],
                "originalUriBaseIds": {
                    ROOT: {"description": {"text": "The folder of Pulumi.yaml."}},
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {
                    "assurance": run.assurance.value.upper(),
                    "stage": run.stage.value,
                    "stack": line(run.stack),
                    "profile": line(run.profile),
                    "outcome": run.outcome.value,
                    "commit": line(run.commit.id),
                    "leftOut": left_out,
                },
            }
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _open(evidence: Evidence) -> list[Json]:
    known = selection.sources(evidence)
    found = []
    catalogue = {c.id: c for c in evidence.controls}
    for control in selection.open_controls(evidence):
        text = "; ".join(control.reasons) or control.statement
        found.append(_result(control.id, control.verdict, control.level, text))
    for of_record, record in selection.open_records(evidence):
        text = record.message or record.reason or (of_record.statement if of_record else "")
        level = selection.level(of_record, record)
        rule = record.control if record.control in catalogue else GATE
        result = _result(
            rule,
            record.verdict,
            level,
            f"{selection.short(record)}: {text}",
            selection.subject(record),
            selection.place(record, known),
        )
        result["properties"] |= {"waiver": line(record.waiver), "test": line(record.test)}
        found.append(result)
    shown = set(catalogue) & {r["ruleId"] for r in found}
    for problem in evidence.problems:
        if problem.text.partition(" ")[0] not in shown:
            verdict = Verdict.FAILED if problem.outcome is Outcome.VIOLATIONS else Verdict.ERROR
            found.append(_result(GATE, verdict, "mandatory", problem.text))
    return found


def _settled(evidence: Evidence) -> list[Json]:
    known = selection.sources(evidence)
    catalogue = {c.id: c for c in evidence.controls}
    found = []
    for record in evidence.records:
        if record.verdict in selection.SETTLED and record.control in catalogue:
            text = f"{selection.short(record)}: {words.VERDICTS[record.verdict]}"
            where = selection.subject(record), selection.place(record, known)
            found.append(_result(record.control, record.verdict, record.level, text, *where))
    return found


def _result(
    rule: str,
    verdict: Verdict,
    level: str,
    text: str,
    subject: str = "",
    place: tuple[str, int] = (ENTRY, 1),
) -> Json:
    if verdict is Verdict.NOT_EVALUATED:
        text = f"not evaluated, so the gate stays shut: {text}"
    path, number = place
    location: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path), "uriBaseId": ROOT},
            "region": {"startLine": number},
        }
    }
    if subject:
        name = line(subject)
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return {
        "ruleId": rule,
        "kind": KINDS[verdict],
        "githubLevel": {"mandatory": "error", "advisory": "warning"}.get(level, "note"),
        "message": {"text": plain(text)},
        "locations": [location],
        "properties": {"verdict": verdict.value, "level": level, "subject": line(subject)},
    }


def _fingerprint(result: Json, seen: Counter[str]) -> None:
    """The same for the same control on the same resource, wherever its line has moved to.

    GitHub knows an alert again by `primaryLocationLineHash`, and takes two results of one rule on
    one line for one alert unless it is given. What stands in it several times is numbered.
    """
    about = (result["ruleId"], result["properties"]["subject"], result["properties"].get("test"))
    text = "\x00".join(about[:2]) + (about[2] or "")
    if result["ruleId"] == GATE:
        text += result["message"]["text"]
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    seen[digest] += 1
    result["partialFingerprints"] = {"primaryLocationLineHash": f"{digest}:{seen[digest]}"}


def _suppression(waiver: Waiver | None) -> Json:
    if waiver is None:
        return {"kind": "external", "status": "underReview"}
    text = f"{waiver.id}, until {waiver.expires_on}, approved by {waiver.approved_by}"
    return {
        "kind": "external",
        "status": "accepted",
        "justification": line(f"{text}: {waiver.reason}"),
    }
