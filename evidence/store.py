"""Evidence files on disk: written whole or not at all, validated first, chained run to run.

The sandbox's files carry SANDBOX- in their names and have a history of their own, so that what was
emulated is never taken for evidence about AWS.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import canonical
from .errors import EvidenceError
from .load import build
from .model import Assurance, Evidence, Link, Run
from .redact import Redactor
from .schema import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

EMULATED = "SANDBOX-"
#: How the files of a run end: all of them have one name before that.
EVIDENCE, REPORT, ATTESTATION = ".evidence.json", ".md", ".attestation.json"


@dataclass(frozen=True)
class Stored:
    """Where a run's evidence went, and its digest (over the file's bytes)."""

    evidence: Evidence
    file: Path
    report: Path
    digest: str


def prefix(assurance: Assurance) -> str:
    """What file names begin with."""
    return EMULATED if assurance is Assurance.EMULATED else ""


def evidence_name(run: Run) -> str:
    """The name of a run's evidence file."""
    stamp = run.finished_at.replace(":", "").replace("-", "").replace(".", "")
    return f"{prefix(run.assurance)}{stamp}-{run.command}{EVIDENCE}"


def history_file(folder: Path, assurance: Assurance) -> Path:
    """Where the chain of a stack's runs is kept, in its folder of reports."""
    return folder / f"{prefix(assurance)}history.jsonl"


def store(
    evidence: Evidence, folder: Path, render: Callable[[Evidence], str], secrets: Iterable[str] = ()
) -> Stored:
    """Validate and write a run's evidence and its Markdown, chain it to the run before.

    Args:
        evidence: the run; its `previous` is filled in here.
        folder: reports/<stack>.
        render: Evidence -> Markdown text.
        secrets: values that must stand nowhere in it.

    Raises:
        EvidenceError: it breaks its own schema, or the disk refuses.
    """
    run = evidence.run
    start = prefix(run.assurance)
    history = history_file(folder, run.assurance)
    evidence = replace(evidence, run=replace(run, previous=last_link(history)))
    document = Redactor(secrets).value(canonical.plain(evidence))
    if wrong := faults(document):
        raise EvidenceError(f"the evidence breaks its schema ({wrong[0]}); report this as a defect")
    evidence = build(Evidence, document)
    data = canonical.lines(document).encode()  # what redaction leaves is plain
    digest = canonical.digest_bytes(data)
    file = folder / evidence_name(run)
    report = folder / file.name.replace(EVIDENCE, REPORT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(file, data)
        write_atomically(report, render(evidence).encode())
        entry = {
            "run_id": run.id,
            "command": run.command,
            "stage": run.stage,
            "outcome": run.outcome,
            "finished_at": run.finished_at,
            "file": file.name,
            "digest": digest,
            "previous": evidence.run.previous.digest if evidence.run.previous else "",
        }
        append_line(history, canonical.dumps(entry))
        point(folder / f"{start}latest-{run.stage}.evidence.json", file)
        point(folder / f"{start}latest-{run.stage}.md", report)
    except OSError as e:
        where = f"{folder.parent.name}/{folder.name}"
        raise EvidenceError(
            f"the evidence cannot be written to {where} ({e.strerror}); "
            "free space or mend permissions"
        ) from None
    return Stored(evidence, file, report, digest)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader, or a killed writer, never leaves half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o644)  # mkstemp's own is for the owner alone; reports are to be read
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 (a str from mkstemp)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise


def append_line(path: Path, line: str) -> None:
    """Add a line in one write."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, (line + "\n").encode())
    finally:
        os.close(handle)


def point(link: Path, target: Path) -> None:
    """Make `link` lead to `target`, which lies beside it, in one step."""
    new = link.with_name(f".{link.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        new.unlink()
    new.symlink_to(target.name)
    new.replace(link)


def last_link(history: Path) -> Link | None:
    """The newest run of a history."""
    entries = read_history(history)
    return Link(str(entries[-1]["run_id"]), str(entries[-1]["digest"])) if entries else None


def read_history(history: Path) -> list[dict[str, Any]]:
    """The lines of a history; raises EvidenceError when one is damaged."""
    try:
        lines = history.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    try:
        return [json.loads(line) for line in lines if line]
    except ValueError:
        raise EvidenceError(
            f"{history.name} is damaged; set it aside: a new chain begins then"
        ) from None
