"""What the engine is given of the environment, and how long it may say nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gate import account, outcry, silence, variables
from gate.errors import GateError

CHANGES_THE_RUN = (
    "PULUMI_OPTION_TARGET",
    "PULUMI_OPTION_POLICY_PACK_CONFIG",
    "PULUMI_DEBUG_PROVIDERS",
    "PULUMI_DEBUG_LANGUAGES",
    "PULUMI_DEBUG_GRPC",
    "PULUMI_CONTINUE_ON_ERROR",
    "PULUMI_SKIP_CHECKPOINTS",
    "PULUMI_DISABLE_PROVIDER_PREVIEW",
    "PULUMI_ENABLE_LEGACY_DIFF",
    "PULUMI_EXPERIMENTAL",
    "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES",
    "PULUMI_RUN_PROGRAM",
    "PULUMI_DEV",
    "PULUMI_CLOUD_SECRET_OVERRIDE",
    "PULUMI_CONFIG",
    "PULUMI_A_VARIABLE_OF_TOMORROW",
)


@pytest.mark.parametrize("name", CHANGES_THE_RUN)
def test_what_would_change_the_run_unseen_is_left_out_and_told(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variables, "_told", set())
    given = {name: "x", "PATH": "p", "PULUMI_BACKEND_URL": "s3://b", "AWS_PROFILE": "a"}
    kept = variables.kept(given)
    assert kept == {"PATH": "p", "PULUMI_BACKEND_URL": "s3://b", "AWS_PROFILE": "a"}
    variables.kept(given)
    assert capsys.readouterr().err.count(name) == 1


def test_the_signing_key_is_the_gates_alone() -> None:
    assert variables.kept({"GATE_SIGNING_KEY": "k", "GATE_SIGNING_KEY_FILE": "f"}) == {}


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "soon", "99999999"])
def test_a_wrong_patience_is_one_line(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(silence.VARIABLE, given)
    with pytest.raises(GateError, match="write whole seconds"):
        silence.limit("preview")


def test_a_child_that_says_nothing_is_told_and_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with silence.watched(child, tmp_path / "log", 2) as watch:
        assert child.wait(30) != 0
    assert watch.stopped_after >= 2
    assert "has said nothing for" in capsys.readouterr().err


def test_a_child_that_speaks_is_left_alone(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "for n in range(8):\n"
        "    print(n, file=open(sys.argv[1], 'a'), flush=True); time.sleep(0.5)"
    )
    log = tmp_path / "log"
    child = subprocess.Popen([sys.executable, "-c", script, str(log)])
    with silence.watched(child, log, 2) as watch:
        assert child.wait(60) == 0
    assert watch.stopped_after == 0


def test_the_last_error_is_kept_and_all_is_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    script = "import sys; sys.stderr.write('error: one\\nwarning: two\\nerror: three\\nbye\\n')"
    with outcry.shown() as shown:
        subprocess.run([sys.executable, "-c", script], stderr=shown.pipe, check=True)
    assert shown.last == "three"
    assert capfd.readouterr().err == "error: one\nwarning: two\nerror: three\nbye\n"


def test_who_is_killed_in_between_breaks_no_pipe_and_leaves_no_file(tmp_path: Path) -> None:
    """The engine writes on when the gate is gone: it has a state to save."""
    script = (
        "import subprocess, sys, os, time\n"
        "from gate import outcry\n"
        "with outcry.shown() as shown:\n"
        '    own = \'import sys, time; time.sleep(1); sys.stderr.write("x"); sys.stderr.flush();'
        ' print("saved", flush=True)\'\n'
        "    subprocess.Popen([sys.executable, '-c', own], stderr=shown.pipe)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == -9
    assert done.stdout == "saved\n"
    assert not list(tmp_path.iterdir())
    assert time.monotonic() > began


def test_accounts_are_read_from_the_stacks_own_file(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text('config:\n  aws:allowedAccountIds: ["111122223333"]\n')
    assert account.accounts(tmp_path, "dev") == ["111122223333"]
    for text in ("config:\n", "config:\n  aws:allowedAccountIds: [SET-IT]\n", "x: [\n", "- a\n"):
        file.write_text(text)
        with pytest.raises(GateError, match=r"Pulumi\.dev\.yaml"):
            account.accounts(tmp_path, "dev")
