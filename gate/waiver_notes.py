"""What a run says of its waivers in a line each: until when, since when, how often renewed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from evidence.model import Waiver
from evidence.urns import short_name


def notes(waivers: Iterable[Waiver], today: date) -> tuple[str, ...]:
    """One line for each; its age counts from the first approval, renewals included."""
    return tuple(_note(w, today) for w in waivers)


def _note(waiver: Waiver, today: date) -> str:
    age = (today - date.fromisoformat(waiver.first_approved_on)).days
    renewed = f", renewed {waiver.renewals} times" if waiver.renewals else ""
    count = len(waiver.resources)
    where = f"{count} resources" if count > 1 else short_name(waiver.resources[0])
    why = f" ({waiver.why})" if waiver.why else ""
    return (
        f"waiver {waiver.id} is {waiver.state.value}{why}: {waiver.control} on {where}, until "
        f"{waiver.expires_on}, {age} days old{renewed}, approved by {waiver.approved_by}"
    )
