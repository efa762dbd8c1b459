"""`python -m gate report`: the latest evidence of each stage side by side, or in a format."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from evidence import canonical, chain
from evidence.chain import Chain
from evidence.errors import EvidenceError
from evidence.formats import matrix, registry
from evidence.formats.registry import FORMATS, View
from evidence.load import load
from evidence.model import Assurance, Evidence, Stage
from evidence.store import evidence_name, prefix, write_atomically

from . import console, header, timings
from .errors import GateError
from .paths import Paths

STANDARD_OUTPUT = "-"


@dataclass(frozen=True)
class Options:
    """What the command line asks for; an empty format is the table of all stages."""

    format: str = ""
    stage: str = ""
    evidence: str = ""
    lang: str = "en"
    link: str = ""
    out: str = STANDARD_OUTPUT


def options(args: argparse.Namespace) -> Options:
    """The options of the command line. Any of them alone means the terminal's table of one run."""
    given = args.stage or args.evidence or args.lang or args.link or args.out
    return Options(
        args.format or ("terminal" if given else ""),
        args.stage or "",
        args.evidence or "",
        args.lang or "en",
        args.link or "",
        args.out or STANDARD_OUTPUT,
    )


def report(paths: Paths, args: argparse.Namespace | None = None) -> int:
    """Draw the report; raises GateError when there is no evidence or no such format."""
    wanted = options(args) if args else Options()
    try:
        return _one(paths, wanted) if wanted.format else _matrix(paths)
    except EvidenceError as e:
        raise GateError(str(e)) from None


def _matrix(paths: Paths) -> int:
    """Print the matrix; write it as Markdown, and the auditors' report in both languages beside it.

    Their names say what is emulated, as those of the evidence do.
    """
    assurance = header.assurance_of(paths.stack)
    stages = [_latest(paths, assurance, stage) for stage in Stage]
    if not any(stages):
        raise _nothing(paths)
    with timings.part("reading all runs"):
        past = chain.read(paths.reports, assurance)
    warnings = past.warnings
    target = paths.reports / f"{prefix(assurance)}report.md"
    write_atomically(target, matrix.markdown(paths.stack, stages, assurance, warnings).encode())
    width, colour = console.columns(), console.colour()
    console.show(matrix.terminal(stages, assurance, width, colour))
    for warning in warnings:
        console.say(f"warning: {warning}")
    console.show(f"\nreport: {paths.shown(target)}\n")
    view = _view(paths, Options("html"), to_terminal=False, past=past)
    for lang in registry.LANGUAGES:
        ending = "" if lang == "en" else f".{lang}"
        page = paths.reports / f"{prefix(assurance)}report{ending}.html"
        with timings.part("rendering HTML"):
            drawn = registry.render("html", replace(view, lang=lang))
        write_atomically(page, drawn)
        console.show(f"report: {paths.shown(page)}\n")
    return 0


def _one(paths: Paths, wanted: Options) -> int:
    """Draw one format, to standard output or a file."""
    to_terminal = wanted.out == STANDARD_OUTPUT
    if FORMATS[wanted.format].binary and to_terminal and sys.stdout.isatty():
        raise GateError(f"{wanted.format} is nothing for a terminal; add --out FILE")
    view = _view(paths, wanted, to_terminal)
    for warning in view.warnings:
        console.say(f"warning: {warning}")
    if FORMATS[wanted.format].binary:
        console.say("printing; this takes some seconds")
    drawn = registry.render(wanted.format, view)
    if not to_terminal:
        _write(Path(wanted.out), drawn)
        console.say(f"report: {wanted.out}")
    elif FORMATS[wanted.format].binary:
        sys.stdout.buffer.write(drawn)
        sys.stdout.buffer.flush()
    else:
        console.show(drawn.decode())
    return 0


def _view(paths: Paths, wanted: Options, to_terminal: bool, past: Chain | None = None) -> View:
    assurance = header.assurance_of(paths.stack)
    if wanted.evidence:
        runs = [_given(Path(wanted.evidence), wanted.stage)]
        past = Chain()
    else:
        stages = [Stage(wanted.stage)] if wanted.stage else list(Stage)
        runs = [e for e in (_latest(paths, assurance, s) for s in stages) if e]
        if past is None:
            wants = FORMATS[wanted.format].history
            past = chain.read(paths.reports, assurance, runs=wants)
    if not runs:
        raise _nothing(paths, wanted.stage)
    return View(
        tuple(runs),
        tuple(past.runs),
        tuple(past.warnings),
        wanted.lang,
        wanted.link,
        console.columns() if to_terminal else View.columns,
        console.colour() and to_terminal,
        {**past.digests, **_digests(paths, runs, wanted.evidence)},
    )


def _digests(paths: Paths, runs: Iterable[Evidence], given: str) -> dict[str, str]:
    """Of the files as they lie there: what the report names is what an auditor can compute."""
    found = {}
    for evidence in runs:
        file = Path(given) if given else paths.reports / evidence_name(evidence.run)
        if file.exists():
            found[evidence.run.id] = canonical.digest_bytes(file.read_bytes())
    return found


def _given(path: Path, stage: str) -> Evidence:
    found = load(path)
    if stage and found.run.stage != stage:
        raise GateError(f"{path.name} is evidence {found.run.stage}, not {stage}")
    return found


def _latest(paths: Paths, assurance: Assurance, stage: Stage) -> Evidence | None:
    path = paths.reports / f"{prefix(assurance)}latest-{stage}.evidence.json"
    return load(path) if path.exists() else None


def _write(target: Path, drawn: bytes) -> None:
    if not target.parent.is_dir():
        raise GateError(f"there is no folder {target.parent}; make it first, or write elsewhere")
    if target.is_dir():
        raise GateError(f"{target} is a folder; name a file")
    write_atomically(target, drawn)


def _nothing(paths: Paths, stage: str = "") -> GateError:
    command = {"deployed": "up", "live": "verify"}.get(stage, "preview")
    what = f" {stage}" if stage else ""
    return GateError(
        f"there is no evidence{what} of the stack {paths.stack} yet; run: python -m gate {command}"
    )
