"""The risk that an open or waived control leaves."""

from __future__ import annotations

import re

from evidence.formats import selection
from evidence.formats.escape import markup as safe
from evidence.model import ControlResult, Evidence, Verdict, Waiver, WaiverState

from .parts import Json, filled, identity, props, token

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def ids(evidence: Evidence, control: ControlResult) -> list[str]:
    """The ids of the risks of a control; none when it passed or speaks about nothing."""
    return [identity("risk", evidence.run.id, control.id)] if _is_open(control) else []


def of(evidence: Evidence, control: ControlResult, observations: list[str]) -> list[Json]:
    """The risks of a control, which are one or none."""
    if not _is_open(control):
        return []
    waivers = [
        w for w in evidence.waivers if w.control == control.id and w.state is WaiverState.ACTIVE
    ]
    waived = control.verdict is Verdict.WAIVED and waivers
    reasons = "; ".join(control.reasons) or control.statement
    return [
        filled(
            uuid=identity("risk", evidence.run.id, control.id),
            title=safe(control.title) or token(control.id),
            description=safe(reasons),
            statement=safe(control.statement) or token(control.id),
            props=props(_props(control, waivers)),
            status="deviation-approved" if waived else "open",
            deadline=_deadline(waivers) if waived else None,
            mitigating_factors=[_factor(evidence, w) for w in waivers if w.compensating_control],
            remediations=_remediations(evidence, control),
            related_observations=[{"observation-uuid": o} for o in observations],
        )
    ]


def _is_open(control: ControlResult) -> bool:
    return control.verdict not in selection.SETTLED


def _props(control: ControlResult, waivers: list[Waiver]) -> list[tuple[str, str]]:
    found = [("severity", control.severity), ("verdict", control.verdict.value)]
    for waiver in waivers:
        found += [
            ("waiver", waiver.id),
            ("approved-by", waiver.approved_by),
            ("expires-on", waiver.expires_on),
            ("ticket", waiver.ticket),
        ]
    return found


def _deadline(waivers: list[Waiver]) -> str | None:
    """The end of the first last day, in UTC."""
    days = [w.expires_on for w in waivers if DAY.fullmatch(w.expires_on)]
    return f"{min(days)}T23:59:59Z" if days else None


def _factor(evidence: Evidence, waiver: Waiver) -> Json:
    return {
        "uuid": identity("factor", evidence.run.id, waiver.id),
        "description": safe(waiver.compensating_control),
    }


def _remediations(evidence: Evidence, control: ControlResult) -> list[Json]:
    if not control.remediation:
        return []
    return [
        {
            "uuid": identity("remediation", evidence.run.id, control.id),
            "lifecycle": "recommendation",
            "title": "Write instead",
            "description": safe(control.remediation),
        }
    ]
