"""The recorder that live tests use: a record for each outcome, and never a secret."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from evidence import live
from evidence.live import missing_permission
from evidence.load import record as read_record
from evidence.model import Assurance, Record, Subject, Verdict

SECRET = "correct-horse-battery"


@pytest.fixture
def recorder(tmp_path: Path) -> live.Recorder:
    return live.Recorder(tmp_path / "live.jsonl")


def records(recorder: live.Recorder) -> list[Record]:
    assert recorder.file is not None
    return [read_record(line) for line in recorder.file.read_text().splitlines()]


def client(service: str, method: str, answer: dict[str, Any], params: dict[str, Any]) -> Any:
    made = boto3.client(
        service,  # type: ignore[call-overload]
        region_name="sa-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
    )
    stub = Stubber(made)
    stub.add_response(method, {**answer, "ResponseMetadata": {"RequestId": "r-1"}}, params)
    stub.activate()
    return made


def test_what_holds_is_passed_with_the_question_and_its_answer(recorder: live.Recorder) -> None:
    kms = client("kms", "get_key_rotation_status", {"KeyRotationEnabled": True}, {"KeyId": "1"})
    with recorder.check("key-rotation", "REQ-KMS-2", subject=Subject(arn="arn:1")) as check:
        answer = check.ask(kms, "get_key_rotation_status", KeyId="1")
        check.expect("KeyRotationEnabled", expected=True, observed=answer["KeyRotationEnabled"])
        check.examined(list_keys=5)
    (found,) = records(recorder)
    assert found.verdict is Verdict.PASSED
    assert found.requirements == ("REQ-KMS-2",)
    assert found.observed == {"KeyRotationEnabled": True}
    assert found.counts == {"list_keys": 5}
    (call,) = found.api
    assert (call.service, call.operation, call.request_id) == ("kms", "GetKeyRotationStatus", "r-1")
    assert call.params == {"KeyId": "1"}
    assert call.response_digest.startswith("sha256:")


def test_what_does_not_hold_is_failed_and_raises(recorder: live.Recorder) -> None:
    def examine() -> None:
        with recorder.check("aurora-backups") as check:
            check.expect("days", ">= 30", 7, holds=False)
            check.expect("engine", "aurora", "mysql")

    with pytest.raises(AssertionError, match="days is 7, expected '>= 30'"):
        examine()
    (found,) = records(recorder)
    assert found.verdict is Verdict.FAILED
    assert "engine is 'mysql'" in found.message


def test_an_assert_of_the_test_is_failed(recorder: live.Recorder) -> None:
    with pytest.raises(AssertionError), recorder.check("x"):
        raise AssertionError("two clusters")
    assert records(recorder)[0].verdict is Verdict.FAILED


def test_an_exception_is_an_error_and_goes_on(recorder: live.Recorder) -> None:
    def examine() -> None:
        with recorder.check("x") as check:
            check.expect("a", 1, 1)
            raise KeyError("DBClusters")

    with pytest.raises(KeyError):
        examine()
    assert records(recorder)[0].verdict is Verdict.ERROR


def test_a_check_that_expected_nothing_is_an_error(recorder: live.Recorder) -> None:
    with pytest.raises(AssertionError, match="proves nothing"), recorder.check("x"):
        pass
    assert records(recorder)[0].verdict is Verdict.ERROR


def test_not_applicable_is_said_and_not_passed(recorder: live.Recorder) -> None:
    with recorder.check("x") as check:
        check.does_not_apply("no topic")
    assert records(recorder)[0].verdict is Verdict.NOT_APPLICABLE


def test_a_secret_is_compared_and_not_kept(recorder: live.Recorder) -> None:
    answer = {"ARN": "arn:aws:secretsmanager:::x", "SecretString": SECRET}
    manager = client("secretsmanager", "get_secret_value", answer, {"SecretId": "x"})
    with recorder.check("secret") as check:
        given = check.ask(manager, "get_secret_value", SecretId="x")
        check.expect("SecretString", SECRET, given["SecretString"], secret=True)
        check.expect("url", "x", f"postgres://a:{SECRET}@b", holds=True)
        check.keep(given)
        recorder.forget(given["SecretString"])
    assert recorder.file is not None
    assert SECRET not in recorder.file.read_text()
    (found,) = records(recorder)
    assert found.api[0].response_digest == ""


def test_a_secret_in_a_failure_is_not_kept(recorder: live.Recorder) -> None:
    def examine() -> None:
        with recorder.check("secret") as check:
            recorder.forget(SECRET)
            check.expect("password", "x", SECRET, secret=True)

    with pytest.raises(AssertionError) as e:
        examine()
    assert SECRET not in str(e.value)
    assert recorder.file is not None
    assert SECRET not in recorder.file.read_text()


def test_all_pages_are_joined(recorder: live.Recorder) -> None:
    made = boto3.client(
        "kms", region_name="sa-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    stub = Stubber(made)
    first = {"Keys": [{"KeyId": "1"}], "NextMarker": "m", "Truncated": True}
    stub.add_response("list_keys", first, {})
    stub.add_response("list_keys", {"Keys": [{"KeyId": "2"}], "Truncated": False}, {"Marker": "m"})
    stub.activate()
    with recorder.check("x") as check:
        keys = check.ask_all(made, "list_keys")["Keys"]
        check.expect("keys", 2, len(keys))
    assert len(records(recorder)[0].api) == 2


def test_values_that_json_lacks_are_kept_as_text(recorder: live.Recorder) -> None:
    with recorder.check("x") as check:
        check.expect("when", "recent", datetime(2026, 1, 1, tzinfo=UTC), holds=True)
        check.expect("what", {"b", "a"}, {"a", "b"})
    assert records(recorder)[0].observed["what"] == ["a", "b"]


@pytest.mark.parametrize(
    ("variables", "assurance"),
    [
        ({}, Assurance.LIVE),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, Assurance.EMULATED),
        ({"AWS_ENDPOINT_URL_KMS": "http://127.0.0.1:1"}, Assurance.EMULATED),
    ],
)
def test_any_endpoint_of_our_own_is_no_evidence_about_aws(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], assurance: Assurance
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS", live.FILE):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = live.Recorder.from_environment()
    assert found.assurance is assurance
    assert found.file is None
    with found.check("x") as check:
        check.expect("a", 1, 1)


@pytest.mark.parametrize(
    ("code", "message", "named"),
    [
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: kms:ListGrants",
            "kms:ListGrants",
        ),
        ("UnauthorizedOperation", "You are not authorized", "ec2:DescribeVpcs"),
        ("403", "", "ec2:DescribeVpcs"),
    ],
)
def test_a_missing_permission_is_named(code: str, message: str, named: str) -> None:
    error = Exception(message)
    setattr(error, "response", {"Error": {"Code": code, "Message": message}})  # noqa: B010
    setattr(error, "asked", "ec2:DescribeVpcs")  # noqa: B010
    assert missing_permission(error).startswith(f"missing permission: {named}; grant it")


def test_another_error_is_no_missing_permission() -> None:
    error = Exception("slow down")
    setattr(error, "response", {"Error": {"Code": "Throttling", "Message": "slow"}})  # noqa: B010
    assert missing_permission(error) == ""
    assert missing_permission(ValueError("x")) == ""
