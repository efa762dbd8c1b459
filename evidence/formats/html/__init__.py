"""The report for auditors: one HTML file without script or network, from evidence alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import markupsafe

from evidence.diff import Diff
from evidence.formats.escape import line
from evidence.formats.registry import View
from evidence.model import Assurance
from evidence.overview import Stack

from .controls import anchor
from .page import Page, page
from .texts import Texts

HERE = Path(__file__).parent


@dataclass(frozen=True)
class ChangesPage:
    """Two runs compared."""

    diff: Diff
    emulated: bool


@dataclass(frozen=True)
class OverviewPage:
    """Many stacks."""

    stacks: Sequence[Stack]
    emulated: bool  # all of them: a single one is marked in its row


def render(view: View) -> str:
    """The whole report. The same view gives the same bytes."""
    texts = Texts(view.lang)
    return _drawn("report.html.j2", page(view), texts)


def render_changes(diff: Diff, lang: str = "en") -> str:
    """What changed between two runs, as a page of its own."""
    emulated = diff.new.run.assurance is Assurance.EMULATED
    return _drawn("changes.html.j2", ChangesPage(diff, emulated), Texts(lang))


def render_overview(stacks: Sequence[Stack], lang: str = "en") -> str:
    """Many stacks, as a page of its own."""
    emulated = all(s.assurance is Assurance.EMULATED for s in stacks)
    return _drawn("overview.html.j2", OverviewPage(stacks, emulated), Texts(lang))


def _drawn(name: str, content: Page | ChangesPage | OverviewPage, texts: Texts) -> str:
    template = _environment().get_template(name)
    drawn = template.render(page=content, t=texts.text, texts=texts, style=_style())
    return "\n".join(s for row in drawn.split("\n") if (s := row.rstrip())) + "\n"


@cache
def _environment() -> jinja2.Environment:
    """Everything is escaped, and a name that the page does not have is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["anchor"] = lambda name, prefix: anchor(prefix, name)
    return made


def _visible(value: Any) -> Any:
    """Text on one line, with what is invisible or turns the direction written out."""
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, markupsafe.Markup):
        return line(value)
    return value


@cache
def _style() -> markupsafe.Markup:
    """Our own file: nothing of the evidence is in it."""
    return markupsafe.Markup((HERE / "style.css").read_text(encoding="utf-8"))  # noqa: S704
