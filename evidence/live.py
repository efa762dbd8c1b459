"""What tests of the deployed stack use to leave evidence.

    recorder = Recorder.from_environment()
    with recorder.check("aurora-backups", "REQ-RDS-2", subject=Subject(arn=arn)) as check:
        answer = check.ask(rds, "describe_db_clusters", DBClusterIdentifier=name)
        days = answer["DBClusters"][0]["BackupRetentionPeriod"]
        check.expect("BackupRetentionPeriod", ">= 30", days, days >= 30)

Leaving the block writes one record and raises AssertionError when an expectation did not hold. An
exception inside it is recorded as `error` and goes on. A block that expected nothing is an error
too: it examined nothing. Records are appended, one JSON object a line, to EVIDENCE_LIVE_FILE.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import canonical
from .model import ApiCall, Assurance, Record, Stage, Subject, Verdict
from .redact import REDACTED, Redactor

FILE = "EVIDENCE_LIVE_FILE"
NO_DIGEST = {
    "GetSecretValue",
    "BatchGetSecretValue",
    "Decrypt",
    "GenerateDataKey",
    "GetRandomPassword",
}


#: In the code of every answer with which a service refuses whoever asks.
DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "403")
MISSING = "missing permission:"
GRANT_IT = "grant it, the whole policy is printed by: python -m gate iam-policy"


class Check:
    """One control on one subject while it is being examined."""

    def __init__(self, redactor: Redactor, subject: Subject):
        self._redactor = redactor
        self.subject = subject
        self.calls: list[ApiCall] = []
        self.expected: dict[str, Any] = {}
        self.observed: dict[str, Any] = {}
        self.breaches: list[str] = []
        self.counts: dict[str, int] = {}
        self.excerpt: Any = None
        self.echo = False
        self.source = "live_test"
        self.not_applicable = ""

    def ask(self, client: Any, method: str, /, **params: Any) -> Any:
        """Call `client.method(**params)` and keep what was asked, when, the request id and the
        digest of the redacted answer. Returns the answer as it came.
        """
        with _asking(client, method):
            answer = getattr(client, method)(**params)
        self._keep(client, method, params, answer)
        return answer

    def ask_all(self, client: Any, method: str, /, **params: Any) -> dict[str, list[Any]]:
        """The same over all pages. Returns the paginator's result keys, joined over the pages."""
        joined: dict[str, list[Any]] = {}
        paginator = client.get_paginator(method)
        with _asking(client, method):
            for page in paginator.paginate(**params):
                self._keep(client, method, params, page)
                for key in paginator.result_keys:
                    joined.setdefault(key.expression, []).extend(key.search(page) or [])
        return joined

    def saw(
        self, service: str, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> None:
        """Keep an answer that the test fetched itself (`operation` as in the API: DescribeKey)."""
        self._append(service, operation, params, answer, ())

    def expect(
        self,
        what: str,
        expected: Any,
        observed: Any,
        holds: bool | None = None,
        *,
        secret: bool = False,
    ) -> bool:
        """Note an expectation.

        It holds when both are equal, or as `holds` says; then `expected` is a text such as ">= 30".
        A secret's values are compared and not kept.
        """
        ok = expected == observed if holds is None else holds
        shown = REDACTED if secret else self._redactor.value(canonical.plain(observed))
        wanted = REDACTED if secret else self._redactor.value(canonical.plain(expected))
        self.expected[what] = wanted
        self.observed[what] = shown
        if not ok:
            self.breaches.append(f"{what} is {shown!r}, expected {wanted!r}")
        return ok

    def compare(self, name: str, state: Any, live: Any, same: bool) -> bool:
        """Note one property as the state and as the cloud have it; a record of comparisons."""
        self.source = "comparison"
        if self.expect(name, state, live, same):
            return True
        told = f"{name}: the state says {self.expected[name]!r}, the cloud {self.observed[name]!r}"
        self.breaches[-1] = told
        self.excerpt = {"differs": [*(self.excerpt or {}).get("differs", ()), name]}
        return False

    def examined(self, **counts: int) -> None:
        """How many there were, by who counted: `check.examined(describe_subnets=4, tagging=4)`."""
        self.counts.update(counts)

    def keep(self, excerpt: Any) -> None:
        """Keep the part of an answer that decides (redacted)."""
        self.excerpt = self._redactor.value(excerpt)

    def echoes(self) -> None:
        """Mark that an emulator only gives back what was written here."""
        self.echo = True

    def does_not_apply(self, reason: str) -> None:
        """There is no subject, and none is needed."""
        self.not_applicable = reason

    def _keep(self, client: Any, method: str, params: Mapping[str, Any], answer: Any) -> None:
        operation = client.meta.method_to_api_mapping.get(method, method)
        model = client.meta.service_model
        shape = model.operation_model(operation).output_shape if operation != method else None
        paths = tuple(_sensitive_paths(shape)) if shape is not None else ()
        self._append(model.service_name, operation, params, answer, paths)

    def _append(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        answer: Mapping[str, Any],
        paths: tuple[tuple[str, ...], ...],
    ) -> None:
        metadata = answer.get("ResponseMetadata", {})
        body = {k: v for k, v in answer.items() if k != "ResponseMetadata"}
        digest = ""
        if operation not in NO_DIGEST:
            digest = canonical.digest(self._redactor.value(body, paths))
        self.calls.append(
            ApiCall(
                service=service,
                operation=operation,
                params=self._redactor.value(dict(params)),
                request_id=str(metadata.get("RequestId", "")),
                time=canonical.utc(),
                response_digest=digest,
            )
        )


class Recorder:
    """Appends records to a file; without a file (a test run by hand) it only judges.

    `secrets` are values that must never be stored, whatever name they stand under.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        assurance: Assurance = Assurance.EMULATED,
        secrets: Iterable[str] = (),
    ):
        self.file = file
        self.assurance = assurance
        self._secrets = set(secrets)

    @classmethod
    def from_environment(cls, secrets: Iterable[str] = ()) -> Recorder:
        """The recorder of this test run. An endpoint of its own is not AWS: emulated."""
        path = os.environ.get(FILE)
        endpoint = any(k.startswith("AWS_ENDPOINT_URL") and v for k, v in os.environ.items())
        assurance = Assurance.EMULATED if endpoint else Assurance.LIVE
        return cls(Path(path) if path else None, assurance=assurance, secrets=secrets)

    def forget(self, *secrets: str) -> None:
        """Never store these values (a password that a test just read)."""
        self._secrets.update(secrets)

    @contextmanager
    def check(
        self, control: str, *requirements: str, subject: Subject | None = None
    ) -> Iterator[Check]:
        """Examine one control on one subject. See the module's text."""
        check = Check(Redactor(self._secrets), subject or Subject())
        try:
            yield check
        except AssertionError as e:
            self._write(control, requirements, check, Verdict.FAILED, str(e) or "assertion failed")
            raise
        except Exception as e:
            text = missing_permission(e) or f"{type(e).__name__}: {e}"
            self._write(control, requirements, check, Verdict.ERROR, text)
            raise
        if check.breaches:
            message = "; ".join(check.breaches)
            self._write(control, requirements, check, Verdict.FAILED, message)
            raise AssertionError(Redactor(self._secrets).text(f"{control}: {message}"))
        if check.not_applicable:
            verdict = Verdict.NOT_APPLICABLE
            self._write(control, requirements, check, verdict, check.not_applicable)
            return
        if not check.expected:
            self._write(control, requirements, check, Verdict.ERROR, "nothing was examined")
            raise AssertionError(f"{control}: the test expected nothing, so it proves nothing")
        self._write(control, requirements, check, Verdict.PASSED, "")

    def _write(
        self,
        control: str,
        requirements: tuple[str, ...],
        check: Check,
        verdict: Verdict,
        message: str,
    ) -> None:
        if self.file is None:
            return
        redactor = Redactor(self._secrets)  # a secret may have become known inside the block
        record = Record(
            control=control,
            requirements=requirements,
            verdict=verdict,
            stage=Stage.LIVE,
            assurance=self.assurance,
            collected_at=canonical.utc(),
            subject=check.subject,
            source=check.source,
            test=os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0],
            decided_by="value",
            expected=redactor.value(check.expected),
            observed=redactor.value(check.observed),
            echo=check.echo,
            message=redactor.text(" ".join(message.split()))[:2000],
            api=tuple(check.calls),
            excerpt=redactor.value(check.excerpt),
            counts=dict(check.counts),
        )
        append(self.file, redactor.text(canonical.dumps(record)))


def missing_permission(error: BaseException) -> str:
    """One line that names the permission which the cloud says is missing; "" for another error."""
    answer = getattr(error, "response", None)
    told = answer.get("Error", {}) if isinstance(answer, Mapping) else {}
    if not any(word in str(told.get("Code", "")) for word in DENIED):
        return ""
    found = re.search(r"perform:? ([a-z0-9-]+:[A-Za-z]+)", str(told.get("Message", "")))
    operation = found[1] if found else getattr(error, "asked", "")
    operation = operation or str(getattr(error, "operation_name", "an operation"))
    return f"{MISSING} {operation}; {GRANT_IT}"


@contextmanager
def _asking(client: Any, method: str) -> Iterator[None]:
    """Notes on an error which permission the call needed: not every service says it."""
    try:
        yield
    except Exception as error:
        service = client.meta.service_model.service_name
        operation = client.meta.method_to_api_mapping.get(method, method)
        setattr(error, "asked", f"{service}:{operation}")  # noqa: B010  it has no such member
        raise


def append(file: Path, line: str) -> None:
    """Add one line in a single write, so that parallel test workers don't mix theirs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, (line + "\n").encode())
    finally:
        os.close(handle)


def _sensitive_paths(shape: Any, depth: int = 0) -> Iterator[tuple[str, ...]]:
    """Members that the service's own model marks sensitive."""
    if depth > sys.getrecursionlimit() // 100:
        return
    if getattr(shape, "metadata", {}).get("sensitive"):
        yield ()
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            for path in _sensitive_paths(member, depth + 1):
                yield (name, *path)
    elif shape.type_name == "list":
        for path in _sensitive_paths(shape.member, depth + 1):
            yield ("*", *path)
    elif shape.type_name == "map":
        for path in _sensitive_paths(shape.value, depth + 1):
            yield ("*", *path)
