"""Approvals that are signed: a person's key over the digest of what the person let through.

`python -m gate approve` makes one; it holds for one stack, one verdict and an hour at most.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evidence import canonical
from evidence.model import Approval

from . import approval, envelope, keys, trust
from .envelope import Refused
from .errors import GateError

KIND = "application/vnd.iot-data-platform.approval+json"
LONGEST = 60  # minutes
MEMBERS = {"action", "stack", "digest", "losses", "by", "at", "expires_at"}


def make(
    request: approval.Request, losses: str, key: Path, minutes: int, now: datetime | None = None
) -> bytes:
    """The file of an approval; raises GateError when the key is nobody's."""
    if not 0 < minutes <= LONGEST:
        raise GateError(f"an approval holds for 1 to {LONGEST} minutes; choose fewer")
    signer = keys.Signer(keys.load(key))
    people = [t for t in trust.load(request.root).approvers if t.key == signer.public]
    if not people:
        raise GateError(f"the key {key.name} is no approver's; add its public key to {trust.NAME}")
    moment = now or datetime.now(UTC)
    told = {
        "action": request.action,
        "stack": request.stack,
        "digest": request.digest,
        "losses": losses,
        "by": people[0].name,
        "at": canonical.utc(moment),
        "expires_at": canonical.utc(moment + timedelta(minutes=minutes)),
    }
    return envelope.seal(canonical.dumps(told).encode(), KIND, signer)


def ask(request: approval.Request, now: datetime | None = None) -> approval.Answer:
    """The approval in the file that APPROVAL names, else in the stack's own."""
    file = approval.named() or request.file
    if not file.exists():
        return approval.Answer(missing=f"nobody approved; {_how(request)}")
    try:
        return approval.Answer(_read(file, request, now or datetime.now(UTC)))
    except Refused as e:
        return approval.Answer(missing=f"nobody approved: {e}; {_how(request)}")


def _how(request: approval.Request) -> str:
    losses = f" --losses {request.loss_digest}" if request.losses else ""
    what = f"python -m gate approve --stack {request.stack} --{_flag(request)} {request.digest}"
    return f"an approver of {trust.NAME} signs it with: {what}{losses} --key FILE"


def _flag(request: approval.Request) -> str:
    return "verdict" if request.action == "deploy" else "destroy"


def _read(file: Path, request: approval.Request, now: datetime) -> Approval:
    people = {t.key: t for t in trust.load(request.root).approvers}
    payload, key = envelope.unseal(file, KIND, people)
    told = json.loads(payload)
    if not isinstance(told, Mapping) or set(told) != MEMBERS:
        raise Refused(f"{file.name} is no approval")
    wanted = {
        "action": request.action,
        "stack": request.stack,
        "digest": request.digest,
        "by": people[key].name,
    }
    for member, value in wanted.items():
        if told[member] != value:
            text = f"{file.name} approves another {member} ({str(told[member])[:80]})"
            raise Refused(text)
    begins, ends = (_moment(told[m], file) for m in ("at", "expires_at"))
    if now > ends:
        raise Refused(f"{file.name} expired at {told['expires_at']}")
    if begins > now + timedelta(minutes=2) or ends - begins > timedelta(minutes=LONGEST):
        raise Refused(f"{file.name} is dated wrongly ({told['at']} to {told['expires_at']})")
    return Approval(
        by=people[key].name,
        how="signed",
        at=told["at"],
        verdict=request.digest,
        key=keys.key_id(key),
        losses=told["losses"],
    )


def _moment(text: object, file: Path) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refused(f"{file.name} has no time") from None
    if found.tzinfo is None:
        raise Refused(f"{file.name} has a time without zone")
    return found
