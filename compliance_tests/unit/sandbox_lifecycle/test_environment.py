"""Nothing of the user's accounts is within reach in the sandbox; nothing is touched elsewhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from sandbox import SandboxError, places
from sandbox.environment import MARK, environment, shell_lines

REAL = {
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "real-token",
    "AWS_ACCESS_KEY_ID": "real-key",
    "AWS_SECRET_ACCESS_KEY": "real-secret",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/real/token",
    "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/real",
    "AWS_ENDPOINT_URL_KMS": "https://kms.sa-east-1.amazonaws.com",
    "AWS_CONFIG_FILE": "/real/config",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/real",
    "PULUMI_ACCESS_TOKEN": "real-pulumi-token",
    "PULUMI_BACKEND_URL": "https://real.example",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/real/passphrase",
}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AWS_", "PULUMI_")) or name == MARK:
            monkeypatch.delenv(name)
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)


def test_real_credentials_never_reach_the_sandbox(checkout: Path, account: None) -> None:
    found = environment("sandbox")

    text = "\n".join(f"{name}={value}" for name, value in found.items())
    for value in REAL.values():
        assert value not in text
    assert {name: value for name, value in found.items() if name.startswith("AWS_")} == {
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": "sa-east-1",
        "AWS_DEFAULT_REGION": "sa-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": found["AWS_ENDPOINT_URL"],
    }
    assert found["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_a_real_stack_keeps_the_users_own_settings(checkout: Path, account: None) -> None:
    found = environment("dev")

    assert {name: found.get(name) for name in REAL} == REAL
    assert "PULUMI_HOME" not in found
    assert "AWS_ENDPOINT_URL" not in found
    assert found["PULUMI_STACK"] == "dev"
    assert found["PATH"].split(os.pathsep)[0] == str(places.BIN)


def test_a_shell_that_points_at_the_sandbox_is_refused_for_a_real_stack(
    checkout: Path, account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARK, "/somewhere")
    with pytest.raises(SandboxError, match="open a new shell"):
        environment("dev")
    assert environment("sandbox")[MARK] == str(places.ROOT)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_RDS"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_an_emulator_is_no_real_stack(
    checkout: Path, account: None, monkeypatch: pytest.MonkeyPatch, name: str, host: str
) -> None:
    monkeypatch.setenv(name, f"http://{host}:4566")
    with pytest.raises(SandboxError, match=f"unset {name}"):
        environment("dev")


def test_shell_lines_give_just_that_environment(
    checkout: Path, account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"/usr/bin:/bin:{checkout}/bin $(touch broken)")
    script = "\n".join([*shell_lines("sandbox"), "env -0"])
    answer = subprocess.run(["sh", "-c", script], capture_output=True, check=True, cwd=checkout)

    after = dict(item.split("=", 1) for item in answer.stdout.decode().split("\0") if "=" in item)
    wanted = environment("sandbox")
    for name in ("_", "PWD", "OLDPWD", "SHLVL", "LINES", "COLUMNS"):  # the shell's own
        after.pop(name, None)
        wanted.pop(name, None)
    assert after == wanted
    assert list(checkout.iterdir()) == [checkout / ".state"]


@pytest.mark.parametrize("character", "?#%")
def test_a_path_that_the_engine_cannot_use_is_refused_in_one_line(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, character: str
) -> None:
    monkeypatch.setattr(places, "BACKEND", checkout / f"a{character}b")
    with pytest.raises(SandboxError, match="move the checkout"):
        environment("sandbox")


def test_loopback_is_never_asked_through_a_proxy(
    checkout: Path, account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "intranet.example")
    found = environment("sandbox")
    assert found["no_proxy"].split(",") == ["127.0.0.1", "localhost", "::1", "intranet.example"]
