"""The HTML report printed to PDF by a headless Chromium. An extra: the browser is the user's own.

The only renderer that starts a program and writes to a temporary folder. The report's own policy
lets the browser load nothing. Dates in the PDF are those of the run, so that the same evidence and
the same browser give the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from evidence.errors import EvidenceError

from . import html
from .registry import View

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NEEDS = (
    "the format pdf needs Chromium or Chrome on PATH (apt-get install chromium);"
    " or open the format html in any browser and print it"
)
SECONDS = 600  # a stack of thousands of resources takes minutes
_BESIDE = re.compile(r'<a href="(?!#|https?:)[^"]*"')
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}\+00'00'\)")


def render(view: View) -> bytes:
    """The report as a tagged PDF.

    Raises:
        EvidenceError: there is no browser, or it printed nothing.
    """
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise EvidenceError(NEEDS)
    with tempfile.TemporaryDirectory(prefix="report-") as name:
        folder = Path(name)
        source, target = folder / "report.html", folder / "report.pdf"
        # links to files beside the report would be those of this folder, which is gone soon
        source.write_text(_BESIDE.sub("<a", html.render(view)), "utf-8")
        said = _print(browser, folder, source, target)
        drawn = target.read_bytes() if target.exists() else b""
    if not drawn.startswith(b"%PDF-"):
        last = " ".join(said.split())[-200:] or "it said nothing"
        raise EvidenceError(f"{Path(browser).name} printed no PDF ({last}); try the format html")
    moment = datetime.fromisoformat(view.run.run.finished_at).astimezone(UTC)
    stamp = moment.strftime("%Y%m%d%H%M%S").encode()
    return _DATES.sub(lambda m: b"/" + m[1] + b" (D:" + stamp + b"+00'00')", drawn)


def _print(browser: str, folder: Path, source: Path, target: Path) -> str:
    # Chromium refuses its sandbox to root, as in most containers; the page has no script and loads
    # nothing, so that there is nothing to keep in.
    unboxed = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    command = [
        browser,
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        "--no-pdf-header-footer",
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={target}",
        *unboxed,
        source.as_uri(),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SECONDS, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as e:
        return str(e)
    return done.stderr
