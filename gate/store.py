"""`python -m gate store push|verify`: the evidence in a bucket that nobody can empty.

The bucket must be versioned and have object lock; better it is in another account than the stack's.
A run's files are put there once, each kept until its 13 months (or more) are over; of the history
every push makes another version, so that runs which vanish here are still told of there.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from evidence import chain, retention
from evidence.errors import EvidenceError
from evidence.history import moment
from evidence.model import Outcome
from evidence.store import ATTESTATION, EVIDENCE, REPORT, history_file, read_history

from . import console, header
from .errors import GateError, NotProven
from .paths import Paths

HOW = "make it with versioning and object lock: see docs/live-proof.md"
MODE = "COMPLIANCE"  # not even the account's root may shorten it


@dataclass(frozen=True)
class File:
    """One file to keep: for how long, and whether it may have newer versions."""

    name: str
    data: bytes
    until: datetime
    grows: bool = False

    @property
    def digest(self) -> str:
        """SHA-256, as the object's metadata has it."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Stored:
    """What the store holds under one key, newest version first."""

    versions: list[Mapping[str, Any]] = field(default_factory=list)
    markers: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def deleted(self) -> bool:
        """True when a marker hides the versions."""
        return any(m.get("IsLatest") for m in self.markers)


@dataclass(frozen=True)
class Store:
    """A bucket, and the folder of the stack in it."""

    s3: Any
    bucket: str
    folder: str

    def check(self) -> None:
        """Raises GateError when it has no versions or no object lock."""
        state = self.s3.get_bucket_versioning(Bucket=self.bucket).get("Status")
        if state != "Enabled":
            raise GateError(f"the bucket {self.bucket} is not versioned; {HOW}")
        if not self._locks():
            raise GateError(f"the bucket {self.bucket} has no object lock; {HOW}")

    def _locks(self) -> bool:
        try:
            told = self.s3.get_object_lock_configuration(Bucket=self.bucket)
        except self.s3.exceptions.ClientError as e:
            if "ObjectLockConfigurationNotFound" in str(e.response["Error"].get("Code")):
                return False
            raise
        return bool(told.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")

    def listed(self) -> dict[str, Stored]:
        """Everything under the folder, by file name."""
        found: dict[str, Stored] = {}
        pages = self.s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.folder):
            for version in page.get("Versions", ()):
                self._of(found, version).versions.append(version)
            for marker in page.get("DeleteMarkers", ()):
                self._of(found, marker).markers.append(marker)
        for one in found.values():
            one.versions.sort(key=lambda v: (not v.get("IsLatest"), -v["LastModified"].timestamp()))
        return found

    def _of(self, found: dict[str, Stored], entry: Mapping[str, Any]) -> Stored:
        return found.setdefault(str(entry["Key"]).removeprefix(self.folder), Stored())

    def put(self, file: File) -> None:
        """Put a file, locked until its time is over."""
        checksum = base64.b64encode(hashlib.sha256(file.data).digest()).decode()
        self.s3.put_object(
            Bucket=self.bucket,
            Key=self.folder + file.name,
            Body=file.data,
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=checksum,
            Metadata={"sha256": file.digest},
            ObjectLockMode=MODE,
            ObjectLockRetainUntilDate=file.until,
        )

    def read(self, name: str, version: Mapping[str, Any]) -> tuple[bytes, datetime | None]:
        """A version's bytes, and until when it is locked."""
        told = self.s3.get_object(
            Bucket=self.bucket, Key=self.folder + name, VersionId=version["VersionId"]
        )
        locked = told.get("ObjectLockMode") == MODE
        return told["Body"].read(), told.get("ObjectLockRetainUntilDate") if locked else None


def push(paths: Paths, store: Store, months: int, now: datetime) -> int:
    """Put what is not there yet; 2 when something there is another than here."""
    store.check()
    there = store.listed()
    put, wrong = 0, list[str]()
    for file in files(paths, months, now):
        one = there.get(file.name, Stored())
        data = store.read(file.name, one.versions[0])[0] if one.versions else None
        if data == file.data and not one.deleted:
            continue
        if data is not None and data != file.data and not file.grows:
            wrong.append(f"{file.name}: the store holds another file of that name; nothing was put")
            continue
        store.put(file)
        put += 1
    return _end([*wrong], f"{put} files put into s3://{store.bucket}/{store.folder}")


def verify(paths: Paths, store: Store, months: int, now: datetime) -> int:
    """Compare the store with the chain here; 2 when anything differs."""
    store.check()
    there = store.listed()
    own = list(files(paths, months, now))
    wrong = [line for file in own for line in _compared(store, file, there.get(file.name))]
    wrong += _gone_here(paths, store, there, now)
    versions = sum(len(s.versions) for s in there.values())
    text = (
        f"{len(own)} files compared with {versions} versions in s3://{store.bucket}/{store.folder}"
    )
    return _end(wrong, text)


def files(paths: Paths, months: int, now: datetime) -> Iterator[File]:
    """What is kept of a stack: its runs oldest first, then history and record of prunings.

    Raises NotProven when the chain is broken: what is put there stays for months.
    """
    assurance = header.assurance_of(paths.stack)
    folder = paths.reports
    history = history_file(folder, assurance)
    try:
        wrong = chain.read(folder, assurance, runs=False).warnings
        entries = retention.kept(folder, assurance, read_history(history))
    except EvidenceError as e:
        raise GateError(str(e)) from None
    if wrong:
        raise NotProven(f"the chain is broken here: {wrong[0]}; see: python -m gate history")
    if not entries.entries:
        raise GateError("there is no run here to be kept; run: make verify")
    for entry in entries.entries:
        until = retention.months_after(moment(str(entry["finished_at"])), months)
        stem = str(entry["file"]).removesuffix(EVIDENCE)
        for name in (f"{stem}{ending}" for ending in (EVIDENCE, REPORT, ATTESTATION)):
            if (folder / name).exists():
                yield File(name, (folder / name).read_bytes(), until)
    for path in (history, retention.file_of(folder, assurance)):
        if path.exists():
            until = retention.months_after(now.astimezone(UTC), months)
            yield File(path.name, path.read_bytes(), until, grows=True)


def _compared(store: Store, file: File, there: Stored | None) -> Iterator[str]:
    if there is None or not there.versions:
        yield f"{file.name}: missing in the store; run: python -m gate store push"
        return
    if there.deleted:
        yield f"{file.name}: deleted in the store; its versions are still there"
    if len(there.versions) > 1 and not file.grows:
        yield f"{file.name}: overwritten in the store, {len(there.versions)} versions"
    data, until = store.read(file.name, there.versions[0])
    if data != file.data:
        yield f"{file.name}: in the store sha256 {hashlib.sha256(data).hexdigest()[:16]}, " \
              f"here {file.digest[:16]}"  # fmt: skip
    if until is None:
        yield f"{file.name}: not locked in the store ({MODE})"
    elif not file.grows and until.timestamp() < file.until.timestamp() - 1:
        yield f"{file.name}: locked until {until:%Y-%m-%d}, expected {file.until:%Y-%m-%d}"


def _gone_here(
    paths: Paths, store: Store, there: Mapping[str, Stored], now: datetime
) -> Iterator[str]:
    """Runs that any version of the history in the store tells of, and the chain here does not."""
    history = history_file(paths.reports, header.assurance_of(paths.stack))
    limit = retention.months_before(now.astimezone(UTC), retention.MONTHS)
    here = {str(e["digest"]) for e in read_history(history)}
    told: dict[str, str] = {}
    for version in there.get(history.name, Stored()).versions:
        for entry in _entries(store.read(history.name, version)[0]):
            if moment(str(entry["finished_at"])) >= limit:
                told.setdefault(str(entry["digest"]), str(entry["file"]))
    yield from (f"{f}: gone from the chain here" for d, f in told.items() if d not in here)


def _entries(data: bytes) -> Iterable[Mapping[str, Any]]:
    try:
        found = [json.loads(line) for line in data.decode().splitlines() if line]
    except ValueError:
        return ()
    return [f for f in found if isinstance(f, dict) and {"digest", "file", "finished_at"} <= set(f)]


def _end(wrong: list[str], text: str) -> int:
    for line in wrong:
        console.show(f"{line}\n")
    console.show(f"{text}; {len(wrong)} faults\n")
    return Outcome.NOT_PROVEN.exit_code if wrong else 0


def opened(paths: Paths, bucket: str, folder: str, env: Mapping[str, str]) -> Store:
    """The store, with the credentials of the environment; raises GateError."""
    if not bucket:
        raise GateError("name the bucket: --bucket NAME, or GATE_STORE_BUCKET")
    from botocore.config import Config
    from botocore.session import Session

    given: dict[str, Any] = {}
    if endpoint := env.get("AWS_ENDPOINT_URL"):
        given = {
            "endpoint_url": endpoint,
            "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
        }
    region = env.get("AWS_REGION") or "sa-east-1"
    config = Config(retries={"mode": "standard", "total_max_attempts": 5},
                    s3={"addressing_style": "path"} if given else {})  # fmt: skip
    s3 = Session().create_client("s3", region_name=region, config=config, **given)
    if given:  # the emulator sends no "100 Continue", for which botocore would wait a second
        s3.meta.events.register("before-send.s3", _at_once)
    return Store(s3, bucket, f"{folder.strip('/')}/{paths.stack}/".lstrip("/"))


def _at_once(request: Any, **_: Any) -> None:
    if "Expect" in request.headers:
        del request.headers["Expect"]


def run(paths: Paths, action: str, store: Store, months: int) -> int:
    """Push or verify; what S3 refuses is one line."""
    from botocore.exceptions import BotoCoreError, ClientError

    done = {"push": push, "verify": verify}[action]
    try:
        return done(paths, store, months, datetime.now(UTC))
    except (BotoCoreError, ClientError) as e:
        text = " ".join(str(e).split())
        raise GateError(f"the store {store.bucket}: {text}; mend its permissions or name") from None
