"""Every format a report can have, by name. A renderer is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from evidence.errors import EvidenceError

if TYPE_CHECKING:
    from evidence.model import Evidence

LANGUAGES = ("en", "pt-BR")


@dataclass(frozen=True)
class View:
    """What a report is drawn from, and how. Nothing else reaches a renderer: no clock, no disk.

    `runs` has at most one run of each stage, in the order of the stages. `history` is filled only
    for formats that ask for it, oldest first.
    """

    runs: tuple[Evidence, ...]
    history: tuple[Evidence, ...] = ()
    warnings: tuple[str, ...] = ()  # about the files themselves: missing, changed, unchained
    lang: str = "en"
    link: str = ""  # where the whole report is, for formats that must leave something out
    columns: int = 100
    colour: bool = False
    files: Mapping[str, str] = field(default_factory=dict)  # run id: digest of its file's bytes

    @property
    def run(self) -> Evidence:
        """The newest run, for formats that show one."""
        return max(self.runs, key=lambda e: e.run.finished_at)


@dataclass(frozen=True)
class Format:
    """A format: which module's `render(view)` draws it, and what the command must know of it."""

    name: str
    about: str
    module: str
    function: str = "render"
    many: bool = False  # shows all stages; otherwise the newest run alone
    history: bool = False  # wants the earlier runs too
    binary: bool = False
    languages: tuple[str, ...] = ("en",)


_ALL = (
    Format("terminal", "the table of a run, as it stands at its end", "views", "terminal"),
    Format("markdown", "the whole run as Markdown", "views", "markdown"),
    Format("pr-comment", "a pull request's comment, 65,536 at most", "comment", "comment"),
    Format("summary", "a step summary, 1 MiB at most", "comment", "summary"),
    Format("sarif", "SARIF 2.1.0 for GitHub code scanning: what is open", "sarif", "github"),
    Format("sarif-full", "SARIF 2.1.0 with every record", "sarif", "full"),
    Format("junit", "JUnit XML for test dashboards", "junit", many=True),
    Format("csv", "a row for each record", "tables", "records", many=True),
    Format("csv-controls", "a row for each control", "tables", "controls", many=True),
    Format("oscal-ar", "OSCAL 1.2.3 assessment results", "oscal.results", many=True),
    Format("oscal-ap", "OSCAL 1.2.3 assessment plan that they import", "oscal.plan", many=True),
    Format("oscal-cd", "OSCAL 1.2.3 component definition", "oscal.component"),
    Format(
        "html",
        "the report for auditors, one file",
        "html",
        many=True,
        history=True,
        languages=LANGUAGES,
    ),
    Format(
        "pdf",
        "the same, printed (needs Chromium)",
        "pdf",
        many=True,
        history=True,
        binary=True,
        languages=LANGUAGES,
    ),
    Format("json", "the evidence of a run, as stored", "views", "json"),
)
FORMATS = {f.name: f for f in _ALL}


def render(name: str, view: View) -> bytes:
    """The report as bytes, text as UTF-8.

    Raises:
        EvidenceError: the format is not built in, or does not exist in that language.
    """
    wanted = FORMATS[name]
    if view.lang not in wanted.languages:
        raise EvidenceError(f"the format {name} is in English only; leave --lang out")
    try:
        module = import_module(f"{__package__}.{wanted.module}")
    except ModuleNotFoundError as e:
        raise EvidenceError(
            f"the format {name} needs {e.name}, which is not installed; run: make setup"
        ) from None
    drawn: str | bytes = getattr(module, wanted.function)(view)
    return drawn.encode() if isinstance(drawn, str) else drawn
