"""The HTML report on paper: a browser prints it into a file that a mailbox takes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from compliance_tests.samples import replay, stories, world
from compliance_tests.samples.__main__ import drawn_from
from evidence.formats import html
from evidence.formats.registry import View

from .test_html import BROWSER
from .tools import CHROMIUM, need

MOST_BYTES = 10_000_000


def test_a_history_with_gaps_prints_small(tmp_path: Path) -> None:
    """Hatched cells once made 170 MB of it."""
    kept = replay.history(world.triple(1), tmp_path / "runs", stories.STORIES["history"])
    page, out = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(html.render(View(**drawn_from(kept))), encoding="utf-8")
    command = [need(*CHROMIUM, remedy=BROWSER), "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={out}", page.as_uri()]
    subprocess.run(command, capture_output=True, check=True)
    content = out.read_bytes()
    assert len(content) < MOST_BYTES
    assert len(re.findall(rb"/Type\s*/Page\b[^s]", content)) > 40
