"""A preview of a part of the stack proves nothing: it is refused before anything runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gate import whole
from gate.errors import GateError
from gate.paths import ROOT


@pytest.mark.parametrize(
    "argument",
    [
        "--target",
        "--target=urn:pulumi:sandbox::x::aws:kms/key:Key::k",
        "--target-dependents",
        "--target-replace=urn",
        "--exclude",
        "--exclude=urn",
        "--exclude-dependents",
        "-t",
        "-turn:pulumi:x",
        "-jt",
    ],
)
def test_a_part_is_refused(argument: str) -> None:
    with pytest.raises(GateError, match=r"leaves resources out.*run it without"):
        whole.check(["--refresh", argument, "urn"])


def test_harmless_arguments_pass() -> None:
    whole.check([])
    whole.check(["--refresh", "--show-reads", "--parallel", "4", "--message=a target", "-m", "-t"])
    whole.check(["--suppress-outputs", "--color=never", "--policy-pack-config", "x.json"])


@pytest.mark.parametrize(
    "argument",
    [
        "--show-secrets",
        "--show-secrets=true",
        "--config=iot-data-platform:vpcCidr=10.9.0.0/16",
        "-c",
        "--config-file=other.yaml",
        "--policy-pack=other",
        "--policy-pack",
        "--json",
        "-j",
        "--save-plan=x",
        "--event-log=x",
        "--stack",
        "-s",
        "--cwd=/",
        "-v=9",
        "--logtostderr",
        "--import-file=x",
        "--remote",
        "--attach-debugger",
        "--a-flag-of-tomorrow",
        "urn",
    ],
)
def test_what_is_not_known_to_be_harmless_is_refused(argument: str) -> None:
    with pytest.raises(GateError, match="run it without"):
        whole.check(["--refresh", argument, "x"])


def test_the_command_says_so_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gate", "preview", "--", "--target", "urn:pulumi:x"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: --target leaves resources out")
