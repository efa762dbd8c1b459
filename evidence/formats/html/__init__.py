"""The report for auditors: one HTML file without script or network, from evidence alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import markupsafe

from evidence.formats.escape import line
from evidence.formats.registry import View

from .page import page
from .texts import Texts

HERE = Path(__file__).parent


def render(view: View) -> str:
    """The whole report. The same view gives the same bytes."""
    texts = Texts(view.lang)
    template = _environment().get_template("report.html.j2")
    drawn = template.render(page=page(view, texts), t=texts.text, texts=texts, style=_style())
    return "\n".join(s for row in drawn.split("\n") if (s := row.rstrip())) + "\n"


@cache
def _environment() -> jinja2.Environment:
    """Everything is escaped, and a name that the page does not have is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


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
