"""The formats that every run already leaves behind, as the registry calls them."""

from __future__ import annotations

from evidence import canonical

from . import markdown as _markdown
from . import terminal as _terminal
from .registry import View


def terminal(view: View) -> str:
    """The table of the newest run."""
    return _terminal.render(view.run, view.columns, view.colour)


def markdown(view: View) -> str:
    """The newest run as Markdown."""
    return _markdown.render(view.run)


def json(view: View) -> str:
    """The newest run's evidence, byte for byte as it was stored."""
    return canonical.stored(view.run)
