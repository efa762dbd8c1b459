"""No secret is stored: by its name, by Pulumi's signature, by its value, by the service's model."""

from __future__ import annotations

import json
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from evidence.redact import PULUMI_SIGNATURE, REDACTED, Redactor

SECRET = 'p4ss"w\\ord!<>'


@pytest.mark.parametrize(
    "name",
    [
        "masterPassword",
        "MasterUserPassword",
        "master_password",
        "password",
        "SecretString",
        "SecretBinary",
        "authToken",
        "AuthToken",
        "secretString",
        "result",
        "Plaintext",
        "SessionToken",
        "PULUMI_CONFIG_PASSPHRASE",
        "masterPasswordWo",
        "masterUserPassword",
        "passwordWo",
        "passwords",
        "passwordsWo",
        "secretStringWo",
        "authTokenWo",
        "accessKey",
        "secretKey",
        "SecretAccessKey",
        "token",
        "PrivateKey",
        "bcryptHash",
        "passphrase",
        "CiphertextBlob",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ],
)
def test_names_that_always_hold_a_secret(name: str) -> None:
    assert Redactor().value({"deep": [{name: "x"}]}) == {"deep": [{name: REDACTED}]}


@pytest.mark.parametrize(
    "name",
    [
        "NextToken",
        "paginationToken",
        "ClientToken",
        "clientRequestToken",
        "passwordLength",
        "KeyId",
        "SecretId",
        "ARN",
    ],
)
def test_names_that_only_look_like_it(name: str) -> None:
    assert Redactor().value({name: "x"}) == {name: "x"}


def test_an_absent_secret_is_told_from_a_present_one() -> None:
    assert Redactor().value({"password": None, "authToken": ""}) == {
        "password": None,
        "authToken": "",
    }


def test_pulumi_secret_objects() -> None:
    secret = {PULUMI_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": "x"}
    assert Redactor().value({"a": secret, "b": [secret]}) == {"a": REDACTED, "b": [REDACTED]}


@pytest.mark.parametrize(
    "hidden",
    [
        SECRET,
        f"before {SECRET} after",
        json.dumps({"password": SECRET}),
        json.dumps({"inner": json.dumps({"p": SECRET})}),
    ],
)
def test_known_values_wherever_they_stand(hidden: str) -> None:
    redacted = json.dumps(Redactor([SECRET]).value({"x": [hidden], "y": {"z": hidden}}))
    assert SECRET not in redacted
    assert "w\\\\ord" not in json.loads(redacted)["x"][0].replace("\\", "")


def test_short_values_do_not_blank_a_report() -> None:
    assert Redactor(["a", "true"]).text("a true table") == "a true table"


def test_paths_that_the_service_marks_sensitive() -> None:
    value: dict[str, Any] = {"Items": [{"Key": "1", "Data": "x"}, {"Key": "2", "Data": "y"}]}
    redacted = Redactor().value(value, [("Items", "*", "Data")])
    assert redacted == {"Items": [{"Key": "1", "Data": REDACTED}, {"Key": "2", "Data": REDACTED}]}


def test_bytes_are_counted_and_not_kept() -> None:
    assert Redactor().value({"Data": b"abc"}) == {"Data": "[3 bytes]"}


SECRET_THING = {PULUMI_SIGNATURE: "x", "value": "hidden"}
MIXED: list[Any] = [
    {"a": ["t", {"password": "hidden", "n": [1, 2.5, None, True]}], "token": ""},
    {"a": {"b": SECRET_THING, "c": [SECRET_THING, "t"]}},
    ["t", ["u", {"authToken": {"deep": "hidden"}}], ("v", SECRET_THING)],
    {"plain": MappingProxyType({"password": "hidden", "x": "t"}), 1: "one"},
    {"set": frozenset({"t"}), "when": date(2026, 1, 2), "raw": b"hidden", "empty": [{}, [], ()]},
    "t",
]


@pytest.mark.parametrize("value", MIXED)
def test_with_known_secrets_and_without_the_same_is_left(value: Any) -> None:
    """Without any a text is taken over as it is, on a path of its own."""
    without = Redactor().value(value)
    assert without == Redactor(["none of these"]).value(value)
    assert without == Redactor().value(value, [("nowhere", "at", "all")])
    assert "hidden" not in repr(without)
    assert json.loads(json.dumps(without)) == without
