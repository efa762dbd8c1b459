"""The HTML report before html-validate, and before axe-core in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence.formats import registry

from .kinds import KINDS, shown
from .tools import CHROMIUM, HERE, need, package

BROWSER = "apt-get install chromium"
NODE = "install Node.js 20 or newer"


def write(folder: Path, kind: str, lang: str) -> Path:
    path = folder / "report.html"
    path.write_bytes(registry.render("html", replace(shown(kind, 12), lang=lang)))
    return path


def validated(path: Path) -> str:
    tool = package("html-validate/bin/html-validate.mjs")
    config = HERE / "htmlvalidate.json"
    done = subprocess.run(
        [need("node", remedy=NODE), tool, "--config", config, "--formatter", "text", path],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


def looked_at(path: Path) -> dict[str, Any]:
    for part in ("playwright-core/package.json", "axe-core/axe.min.js"):
        package(part)
    browser = need(*CHROMIUM, remedy=BROWSER)
    done = subprocess.run(
        [need("node", remedy=NODE), HERE / "look.mjs", browser, path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", registry.LANGUAGES)
def test_the_document_is_valid(tmp_path: Path, kind: str, lang: str) -> None:
    assert validated(write(tmp_path, kind, lang)) == "exit 0\n"


@pytest.mark.parametrize(
    ("kind", "lang"), [("failing", "en"), ("waived", "pt-BR"), ("hostile", "en")]
)
def test_everybody_can_read_it_and_it_asks_nothing_of_the_network(
    tmp_path: Path, kind: str, lang: str
) -> None:
    told = looked_at(write(tmp_path, kind, lang))
    assert told == {"found": [], "asked": []}


def test_the_judges_are_awake(tmp_path: Path) -> None:
    path = write(tmp_path, "passing", "en")
    text = path.read_text("utf-8")
    pale = '<li>of no list</li><p style="color:#eee;background:#fff">pale</p>'
    image = f'{pale}<img src="http://127.0.0.1:9/x.png">'
    bare = re.sub(r"<meta http-equiv=[^>]*>", "", text)  # the page's own policy lets nothing out
    path.write_text(bare.replace("</main>", f"{image}</main>", 1), "utf-8")
    assert path.read_text("utf-8") != text
    assert "exit 0" not in validated(path)
    told = looked_at(path)
    assert {"image-alt", "color-contrast"} <= {f["id"] for f in told["found"]}
    assert told["asked"]
