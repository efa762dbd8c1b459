"""What a job's summary asks of whoever reviews the deployment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.model import Loss
from gate import binding, changes
from gate.errors import GateError
from gate.to_approve import to_approve

from .fake_engine import Checkout
from .test_runs import approved, dev

__all__ = ["dev"]
LOST = (
    Loss("urn:pulumi:dev::p::aws:kms/key:Key::a|<b>", "aws:kms/key:Key", "replace", "a key"),
    Loss("urn:pulumi:dev::p::aws:kms/key:Key::other", "aws:kms/key:Key", "delete", "a key"),
)


def test_both_digests_are_named_and_what_goes_for_good(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = approved(dev, monkeypatch)
    capsys.readouterr()
    assert to_approve(dev.paths, digest=True) == 0
    assert capsys.readouterr().out == f"{ticket.verdict}\n"
    assert to_approve(dev.paths) == 0
    said = capsys.readouterr().out
    assert f"    {ticket.verdict}\n" in said
    assert "Nothing that holds data or keys" in said
    monkeypatch.setattr(binding, "read", lambda _: replace(ticket, losses=LOST))
    assert to_approve(dev.paths) == 0
    said = capsys.readouterr().out
    assert f"    {ticket.verdict}\n" in said
    assert f"    {changes.digest(LOST)}\n" in said
    assert said.count("\n- ") == 2
    assert "<b>" not in said


def test_without_a_passed_preview_nothing_is_asked(dev: Checkout) -> None:
    with pytest.raises(GateError, match="no preview of this stack has passed"):
        to_approve(dev.paths, digest=True)
