"""All faults, and how one is made and judged."""

from __future__ import annotations

import time
import traceback

from . import accounts, binding, bypasses, cloud, files, hostile, killed, pack, plugins
from .fault import Fault, Seen, judge
from .place import Place

MODULES = (pack, plugins, cloud, files, binding, accounts, hostile, killed, bypasses)
FAULTS: tuple[Fault, ...] = tuple(f for module in MODULES for f in module.fault.faults)


def seen(place: Place, fault: Fault) -> Seen:
    """Make one fault and judge what the gate did."""
    began = time.monotonic()
    try:
        place.stand()
        place.ticket.unlink(missing_ok=True)
        before = place.holds()
        ran = fault.act(place)
        place.stand()
        after = place.holds()
        stale = place.ticket.exists() and ran.code != 0 and fault.keeps and not _kept(fault)
    except Exception:  # noqa: BLE001  whatever it is, it is told in the table
        text = traceback.format_exc()
        line = text.strip().splitlines()[-1]
        return Seen(fault, -1, line, (line,), time.monotonic() - began, text)
    return judge(fault, ran, before, after, stale, time.monotonic() - began)


def _kept(fault: Fault) -> bool:
    """Faults of `up` against a verdict: that it stands is what they are about."""
    return fault.group == binding.fault.group or "APPROVE" in fault.name
