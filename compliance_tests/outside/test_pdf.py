"""The PDF that Chromium prints: the same bytes twice, tagged, with the time of the run."""

from __future__ import annotations

import re

import pytest

from evidence.formats import pdf

from .kinds import shown
from .tools import need


@pytest.mark.parametrize("kind", ["failing", "hostile"])
def test_the_same_evidence_is_printed_to_the_same_bytes(kind: str) -> None:
    need(*pdf.BROWSERS, remedy="apt-get install chromium")
    view = shown(kind, 12)
    first = pdf.render(view)
    assert first.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in first
    stamp = re.sub(r"\D", "", view.run.run.finished_at)[:14].encode()
    assert first.count(b"(D:" + stamp) == 2
    assert first == pdf.render(view)
