"""The tests of the deployed stack are awake: changes made by hand turn exactly the right ones red.

So few changes that each control turns red once; `python -m compliance_tests.drift` makes them all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from compliance_tests.drift.change import COMPARISON
from compliance_tests.drift.run import CHANGES, covering

from .checkout import ROOT

PATIENCE = 900  # seconds; a change takes two of an idle processor

#: Controls of which no change by hand can be made on the sandbox, and why.
UNTOUCHED = {
    "aurora-final-snapshot": "Pulumi's own state",
    "ignored-changes": "an option of the program",
    "secret-recovery": "a parameter of a deletion",
    "governed-types": "the types of Pulumi's state",
    "default-group-managed": "whether Pulumi's state holds the group",
    "aurora-master-user": "AWS changes no master user",
    "database-customer-key": "AWS changes no cluster's key",
    "cache-customer-key": "AWS changes no cache's key",
    "key-material": "AWS changes no key's material",
    "secret-policy-restrictive": "asked of production only",
    "store-subnets-two-zones": "AWS takes no subnet group of one zone",
}


@pytest.mark.requirement("REQ-TEST-2")
def test_changes_by_hand_are_noticed(tell: Callable[[str], None]) -> None:
    command = [sys.executable, "-m", "compliance_tests.drift", "--some"]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = ran.stdout.splitlines()[-1]
    assert told.startswith(f"{len(covering(CHANGES))} changes: ")
    tell(f"made by hand: {told}")


def test_every_control_is_attacked_or_says_why_not() -> None:
    known = {c["id"] for c in json.loads((ROOT / "policies" / "catalog.json").read_text("utf-8"))}
    attacked = {i for c in CHANGES for i in c.noticed if not i.startswith("REQ-")} - {COMPARISON}
    assert attacked | set(UNTOUCHED) == known
    assert not attacked & set(UNTOUCHED)
    assert {i for c in covering(CHANGES) for i in c.noticed} >= attacked


def test_every_change_says_who_must_notice() -> None:
    assert len({c.name for c in CHANGES}) == len(CHANGES) >= 120
    assert all(c.noticed for c in CHANGES)
