"""Each run shows that every control refuses a planted violation; one that sleeps shuts the gate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from evidence.load import load
from evidence.model import Outcome
from gate import awake, catalog, digests
from gate.paths import ROOT
from gate.preview import preview

from .fake_engine import make

CONTROLS = {c.id for c in catalog.load(ROOT).controls}
FINE: dict[str, Any] = {"planted": "p", "refused": True, "compliant": "c", "accepted": True}


@pytest.mark.requirement("REQ-GATE-1")
def test_every_control_of_this_pack_is_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_TRACE", "nowhere/at/all")
    account = awake.ask(ROOT)
    assert not account.fault
    assert account.digest == digests.of_folder(ROOT / "policies")
    assert set(account.controls) == CONTROLS
    assert all(c["refused"] and c["accepted"] for c in account.controls.values())


SAYS = """
from pathlib import Path
root = Path(__file__).parents[2]
with (root / "starts").open("a") as starts:
    starts.write("started\\n")
{then}
print((root / "says").read_text())
"""


def small_pack(root: Path, then: str = "") -> None:
    """A pack that gives the account which stands in `says`, and a line in `starts` at each start;
    the account is of the pack as it is now.
    """
    (root / "policies" / "core").mkdir(parents=True)
    (root / "policies" / "core" / "awake.py").write_text(SAYS.format(then=then))
    said = digests.of_folder(root / "policies").removeprefix("sha256:")
    (root / "says").write_text(json.dumps({"digest": said, "controls": {"one": FINE}}))


def test_an_answer_that_was_begun_early_is_taken_once(tmp_path: Path) -> None:
    small_pack(tmp_path)
    pack = digests.of_folder(tmp_path / "policies")
    awake.begin(tmp_path)
    for expected in (1, 2):  # the second time it is asked anew
        assert awake.ask(tmp_path) == awake.Account(pack, {"one": FINE})
        assert len((tmp_path / "starts").read_text().splitlines()) == expected


@pytest.mark.parametrize("early", [True, False])
def test_a_pack_that_changed_after_its_code_was_loaded_is_no_proof(
    tmp_path: Path, early: bool
) -> None:
    """What it says of itself then is the digest of the new pack, of which nothing was seen."""
    small_pack(tmp_path, "(root / 'policies' / 'new').write_text('x')")
    says = tmp_path / "says"
    (tmp_path / "policies" / "new").write_text("x")
    said = digests.of_folder(tmp_path / "policies").removeprefix("sha256:")
    says.write_text(json.dumps({"digest": said, "controls": {"one": FINE}}))
    (tmp_path / "policies" / "new").unlink()
    if early:
        awake.begin(tmp_path)
    account = awake.ask(tmp_path)
    assert account == awake.Account(fault="the pack changed while it was asked")
    _, (problem,) = awake.told((), account, digests.of_folder(tmp_path / "policies"))
    assert problem.outcome is Outcome.NOT_PROVEN


def test_an_answer_that_was_begun_before_the_pack_changed_is_no_proof(tmp_path: Path) -> None:
    small_pack(tmp_path)
    awake.begin(tmp_path)
    account = awake.ask(tmp_path)
    assert not account.fault
    (tmp_path / "policies" / "new").write_text("x")
    _, (problem,) = awake.told((), account, digests.of_folder(tmp_path / "policies"))
    assert problem.outcome is Outcome.NOT_PROVEN


def test_a_pack_that_cannot_be_started_early_is_asked_later(tmp_path: Path) -> None:
    awake.begin(tmp_path)  # there is no pack yet
    assert awake.ask(tmp_path).fault == "it could not be asked (FileNotFoundError)"


def test_a_pack_that_does_not_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pack(tmp_path, "import time; time.sleep(60)")
    monkeypatch.setattr(awake, "PATIENCE", 0.2)
    awake.begin(tmp_path)
    assert awake.ask(tmp_path).fault == "it could not be asked (TimeoutExpired)"


def test_a_control_that_stopped_checking_is_seen_asleep(tmp_path: Path) -> None:
    pack = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", pack, ignore=shutil.ignore_patterns("__pycache__"))
    file = pack / "controls" / "aurora_backups.py"
    file.write_text(file.read_text().replace("days < wanted", "False"))
    seen = awake.ask(tmp_path).controls
    assert seen["aurora-backups"]["refused"] is False
    assert seen["redis-snapshots"]["refused"] is True


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (FINE | {"refused": False}, "did not refuse its planted violation (p)"),
        (FINE | {"refused": "true"}, "did not refuse its planted violation (p)"),
        (FINE | {"accepted": False}, "refused a compliant example (c)"),
        (FINE | {"planted": ""}, "has no planted violation"),
        ({}, "has no planted violation"),
    ],
)
def test_a_control_that_sleeps_shuts_the_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: dict[str, Any], says: str
) -> None:
    checkout = make(tmp_path, monkeypatch)
    pack = digests.of_folder(tmp_path / "policies")
    names = [c.id for c in catalog.load(tmp_path).controls]
    account = awake.Account(pack, dict.fromkeys(names, FINE) | {names[1]: seen})
    monkeypatch.setattr(awake, "ask", lambda root: account)
    stored = preview(checkout.paths, checkout.env)
    assert stored.evidence.run.outcome is Outcome.NOT_PROVEN
    (problem,) = stored.evidence.problems
    assert problem.text.startswith(f"{names[1]} sleeps: it {says}")
    assert [c.awake for c in stored.evidence.controls].count(False) == 1
    assert load(stored.file) == stored.evidence


@pytest.mark.parametrize(
    "account", [awake.Account(fault="it gave no account (exit code 1)"), awake.Account("sha256:0")]
)
def test_without_an_account_of_this_pack_the_gate_is_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: awake.Account
) -> None:
    checkout = make(tmp_path, monkeypatch)
    monkeypatch.setattr(awake, "ask", lambda root: account)
    evidence = preview(checkout.paths, checkout.env).evidence
    assert evidence.run.outcome is Outcome.NOT_PROVEN
    assert "no control of the pack was seen to refuse anything" in evidence.problems[0].text
    assert {c.awake for c in evidence.controls} == {None}


def test_a_pack_that_cannot_be_asked_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    assert "gave no account" in awake.ask(tmp_path).fault
    assert "could not be asked" in awake.ask(tmp_path / "nothing").fault


def test_the_report_says_how_many_were_awake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    checkout = make(tmp_path, monkeypatch)
    stored = preview(checkout.paths, checkout.env)
    assert "planted violations refused in this run: 4 of 4" in capfd.readouterr().out
    assert "The checker was awake" in stored.report.read_text()
