"""What a run proved, signed: an in-toto statement with the test-result predicate.

Subjects are the files that a change would show up in (evidence, report, plan, logs), the pack and
the commit; each has its sha256. `verify` needs the file, what lies beside it and a public key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence import canonical
from evidence.model import Evidence, Outcome, Verdict
from evidence.store import ATTESTATION, EVIDENCE, write_atomically

from . import digests, envelope, keys
from .envelope import Refused
from .errors import GateError

if TYPE_CHECKING:
    from evidence.store import Stored


KIND = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
# What the verdict was reached under; everything else of the header is a subject or in the evidence.
CONFIGURATION = (
    "program",
    "lock_file",
    "config",
    "waivers",
    "register",
    "populations",
    "expected",
    "gate",
    "tests",
)
RESULTS = {Outcome.PASSED: "PASSED"}
GOOD = (Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.OFF)


@dataclass(frozen=True)
class Attested:
    """What an attestation says once it is verified."""

    evidence: str  # the file's name
    digest: str  # of the evidence
    key: str  # the public key that signed
    self_attested: bool
    outcome: str
    stack: str
    subjects: Mapping[str, Mapping[str, str]]  # name to digests


def beside(evidence: Path) -> Path:
    """Where the attestation of an evidence file is; one of an attestation is itself."""
    if evidence.name.endswith(EVIDENCE):
        return evidence.with_name(evidence.name.removesuffix(EVIDENCE) + ATTESTATION)
    return evidence


def write(stored: Stored, signer: keys.Signer) -> Path:
    """Attest a stored run; raises GateError when it cannot be kept."""
    target = beside(stored.file)
    statement = make(stored.evidence, stored.file, stored.report, signer.own)
    try:
        write_atomically(target, envelope.seal(canonical.dumps(statement).encode(), KIND, signer))
    except OSError as e:
        raise GateError(
            f"the attestation cannot be written ({e.strerror}); free space and run it again"
        ) from None
    return target


def make(found: Evidence, file: Path, report: Path, own: bool) -> dict[str, Any]:
    """The statement about one run."""
    run = found.run
    told = {
        "run": run.id,
        "command": run.command,
        "stage": run.stage.value,
        "stack": run.stack,
        "project": run.project,
        "assurance": run.assurance.value,
        "outcome": run.outcome.value,
        "finished_at": run.finished_at,
        "self_attested": own,
    }
    subjects = [
        {**_file(file.name, digests.of_file(file)), "annotations": told},
        _file(report.name, digests.of_file(report)),
    ]
    stem = f".state/plans/{run.stack}" + (".up" if run.command == "up" else "")
    places = {
        "plan": f".state/plans/{run.stack}.plan.json",
        "events": f"{stem}.events.jsonl",
        "trace": f"{stem}.trace.jsonl",
        "pack": "policies/",
        "state": "state",
    }
    for what, name in places.items():
        digest = run.digests.get(what, "")
        if digest.startswith("sha256:"):
            subjects.append(_file(name, digest))
    if run.commit.id:
        commit = {"name": "commit", "digest": {"gitCommit": run.commit.id}}
        subjects.append({**commit, "annotations": {"dirty": run.commit.dirty}})
    return {
        "_type": STATEMENT,
        "subject": subjects,
        "predicateType": PREDICATE,
        "predicate": {
            "result": RESULTS.get(run.outcome, "FAILED"),
            "configuration": [
                _file(name, run.digests[name])
                for name in CONFIGURATION
                if run.digests.get(name, "").startswith("sha256:")
            ],
            **({"url": run.ci["url"]} if run.ci.get("url") else {}),
            "passedTests": _names(found, (Verdict.PASSED,)),
            "warnedTests": _names(found, (Verdict.WAIVED,)),
            "failedTests": sorted(
                c.id for c in found.controls if c.verdict not in (*GOOD, Verdict.WAIVED)
            ),
        },
    }


def _file(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}


def _names(found: Evidence, verdicts: tuple[Verdict, ...]) -> list[str]:
    return sorted(c.id for c in found.controls if c.verdict in verdicts)


def verify(path: Path, trusted: Iterable[str], files: Path | None = None) -> Attested:
    """Hold an attestation to its key and to the files that it names. Works offline.

    Args:
        path: the attestation, or the evidence that it lies beside.
        trusted: public keys, one line each.
        files: a folder in which plan, logs and pack are compared too, by the names they have there.

    Raises:
        Refused: something was changed; the text names it.
    """
    target = beside(path.resolve() if path.is_symlink() else path)
    payload, key = envelope.unseal(target, KIND, trusted)
    try:
        statement = json.loads(payload)
        if (statement["_type"], statement["predicateType"]) != (STATEMENT, PREDICATE):
            raise Refused(f"{target.name}: it states something else than a test result")
        first = statement["subject"][0]
        told = first["annotations"]
        subjects = {s["name"]: dict(s["digest"]) for s in statement["subject"]}
        found = Attested(
            evidence=first["name"],
            digest="sha256:" + first["digest"]["sha256"],
            key=key,
            self_attested=told["self_attested"] is not False,
            outcome=str(told["outcome"]),
            stack=str(told["stack"]),
            subjects=subjects,
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise Refused(f"{target.name}: its payload is no statement of a run") from None
    if beside(target.with_name(found.evidence)) != target:
        raise Refused(f"{target.name}: it is the attestation of {found.evidence}")
    for name, digest in subjects.items():
        _compare(name, digest, target.parent, files)
    return found


def _compare(name: str, digest: Mapping[str, str], folder: Path, files: Path | None) -> None:
    if "/" not in name and "sha256" in digest and name != "state":
        place = folder / name
    elif files is not None and "/" in name:
        place = files / name
    else:
        return
    now = digests.of_folder(place) if name.endswith("/") else digests.of_file(place)
    if now == digests.NOTHING:
        raise Refused(f"{name} is attested and missing")
    if now != "sha256:" + digest["sha256"]:
        raise Refused(f"{name} is not the one that was attested: it was changed")
