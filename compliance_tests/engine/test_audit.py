"""The audit of a stack that was made elsewhere: another project, names of its own, secrets hidden.

fixtures/telemetry.live.json was exported from a small program of a team that had never heard of
this pack: no suffix, no customer keys, a group open to the world, a secret under a secret key.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from .checkout import Checkout, Ran, run
from .conftest import Copies, Job, begun_early

STATE = Path(__file__).with_name("fixtures") / "telemetry.live.json"
SECRET = "verysecretvalue"


@dataclass(frozen=True)
class Audits:
    """What the audit said without and with the stack's passphrase."""

    hidden: Ran
    evidence: str
    shown: Ran
    traces: str


def audits(copy: Checkout) -> Audits:
    shutil.copy(STATE, copy.root / "state.json")
    hidden = copy.python("-m", "gate", "audit", "--state", "state.json")
    latest = copy.root / "reports" / "audit-live" / "latest-deployed.evidence.json"
    evidence = latest.read_text(encoding="utf-8")
    command = [sys.executable, "-m", "gate", "audit", "--state", "state.json", "--suffix", "api"]
    shown = run(command, copy.root, {**os.environ, "PULUMI_CONFIG_PASSPHRASE": "other"})
    places = [*(copy.root / ".state" / "plans").glob("audit-live.*"), *latest.parent.glob("*.json")]
    return Audits(hidden, evidence, shown, "".join(p.read_text("utf-8") for p in places))


@pytest.mark.requirement("REQ-GATE-1")
@begun_early(audits)
def test_another_teams_stack_is_judged_without_program_account_or_secrets(
    copies: Copies, case: Job[Audits]
) -> None:
    seen = copies.result(case)
    assert seen.hidden.code == 1, seen.hidden.text
    assert "suffix: live, the stack's name; give another one with --suffix" in seen.hidden.text
    assert "engine stopped before it began" not in seen.hidden.text
    found = json.loads(seen.evidence)
    assert (found["run"]["project"], found["run"]["stack"]) == ("telemetry", "live")
    verdicts = {c["id"]: c["verdict"] for c in found["controls"]}
    for control in ("ingress-not-public", "stream-customer-key", "name-suffix", "key-rotation"):
        assert verdicts[control] == "failed", control
    assert verdicts["secret-customer-key"] == "not_evaluated"
    assert "it rests on a secret that is hidden in the export" in seen.hidden.text


@begun_early(audits)
def test_with_the_stacks_passphrase_its_secrets_are_judged_and_never_shown(
    copies: Copies, case: Job[Audits]
) -> None:
    seen = copies.result(case)
    assert seen.shown.code == 1, seen.shown.text
    assert "kmsKeyId is (secret), an AWS-managed key, not a customer key" in seen.shown.text
    assert "must end with -api" in seen.shown.text
    for text in (seen.hidden.text, seen.shown.text, seen.traces):
        assert SECRET not in text
        assert "alias/aws/secretsmanager" not in text
