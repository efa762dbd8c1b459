"""The real engine, killed in the middle of a deployment: nothing is created twice or orphaned."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox import places, processes

KEYS = 24
PROGRAM = f"""
import os
import pulumi_aws as aws
for number in range({KEYS}):
    # a new multiRegion replaces a key: the new one is created first, then the old one deleted
    aws.kms.Key(f"key-{{number}}", multi_region=bool(os.environ.get("REPLACE")))
"""
PROJECT = f"name: {places.PROJECT}\nruntime: python\nmain: program\n"


class Checkout:
    """A checkout of its own, with a program of nothing but keys: AWS lets two be quite the same."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(places.ROOT / "sandbox", root / "sandbox")
        (root / ".venv").symlink_to(places.ROOT / ".venv")
        (root / "Pulumi.yaml").write_text(PROJECT)
        (root / "program").mkdir()
        (root / "program" / "__main__.py").write_text(PROGRAM)
        self.python = places.VENV_BIN / "python"

    def sandbox(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m sandbox COMMAND` there."""
        return subprocess.run(
            [self.python, "-m", "sandbox", command],
            cwd=self.root,
            env={key: value for key, value in os.environ.items() if key != "SANDBOX_PORT"},
            capture_output=True,
            text=True,
            check=False,
        )

    def pulumi(self, arguments: str, environment: str = "") -> subprocess.Popen[str]:
        """Run the bare engine there, as a person does after `make env`."""
        script = f'eval "$(.venv/bin/python -m sandbox env)"; {environment} exec pulumi {arguments}'
        return subprocess.Popen(
            ["sh", "-c", script],
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def state(self) -> dict[str, Any]:
        """The stack's state."""
        path = self.root / ".state/backend/.pulumi/stacks" / places.PROJECT / "sandbox.json"
        return dict(json.loads(path.read_text())["checkpoint"]["latest"] or {})

    def keys(self) -> list[str]:
        """The keys that the cloud has and will keep."""
        url = re.search(r"http://127.0.0.1:\d+", self.sandbox("status").stdout)
        assert url is not None
        kms = boto3.client(
            "kms",
            endpoint_url=url.group(),
            region_name="sa-east-1",
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",
        )
        found = [key["KeyId"] for key in kms.list_keys(Limit=1000)["Keys"]]
        return [key for key in found if kms.describe_key(KeyId=key)["KeyMetadata"]["Enabled"]]


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Checkout]:
    root = tmp_path / "a b'c"
    root.mkdir()
    found = Checkout(root)
    answer = found.sandbox("start")
    assert answer.returncode == 0, answer.stderr
    yield found
    found.sandbox("stop")


def kill_in_the_middle(there: Checkout, environment: str = "") -> None:
    """Kill the engine once it has resources and operations under way."""
    engine = there.pulumi("up --yes --skip-preview", environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.005)
        try:
            state = there.state()
        except (OSError, ValueError):  # read while it was being written
            continue
        if len(state.get("resources") or []) > 4 and state.get("pending_operations"):
            break
    assert engine.poll() is None, "the deployment was over before it could be killed"
    engine.send_signal(signal.SIGKILL)
    engine.wait()
    assert engine.stdout is not None
    engine.stdout.close()


def finish(engine: subprocess.Popen[str]) -> str:
    output, _ = engine.communicate(timeout=120)
    assert engine.returncode == 0, output
    return output


def test_nothing_is_created_twice_or_orphaned(there: Checkout) -> None:
    kill_in_the_middle(there)
    _wait_until_no_plugin_is_left(there)

    refused = there.sandbox("start")
    assert "cleared the lock of a run that was killed" in refused.stdout
    assert refused.returncode == 3
    assert re.fullmatch(r".* cut off .*run `make recover`.*\n", refused.stderr)
    assert "cut off:   creating" in there.sandbox("status").stdout

    recovered = there.sandbox("recover")
    assert recovered.returncode == 0, recovered.stderr
    in_state = {
        item["id"] for item in there.state()["resources"] if item["type"] == "aws:kms/key:Key"
    }
    assert in_state == set(there.keys())
    assert there.sandbox("recover").stdout == "sandbox: nothing was cut off\n"

    finish(there.pulumi("up --yes --skip-preview"))
    assert len(there.keys()) == KEYS
    assert f"{KEYS + 1} unchanged" in finish(there.pulumi("up --yes --skip-preview"))

    finish(there.pulumi("destroy --yes --skip-preview"))
    assert there.keys() == []


def test_a_replacement_that_was_cut_off_is_finished_by_the_next_run(there: Checkout) -> None:
    finish(there.pulumi("up --yes --skip-preview"))
    kill_in_the_middle(there, "REPLACE=1")
    _wait_until_no_plugin_is_left(there)
    there.sandbox("start")
    recovered = there.sandbox("recover")
    assert recovered.returncode == 0, recovered.stderr

    finish(there.pulumi("up --yes --skip-preview", "REPLACE=1"))
    assert len(there.keys()) == KEYS
    unchanged = finish(there.pulumi("up --yes --skip-preview", "REPLACE=1"))
    assert f"{KEYS + 1} unchanged" in unchanged


def _wait_until_no_plugin_is_left(there: Checkout) -> None:
    """Host and plugins see that their engine is dead, finish what is under way, and end."""
    deadline = time.monotonic() + 10
    while True:
        found = [
            process
            for pid in _pids()
            if (process := processes.look(pid))
            and str(there.root) in process.command
            and "sandbox.emulator" not in process.command
        ]
        if not found:
            return
        assert time.monotonic() < deadline, f"left behind: {found}"
        time.sleep(0.05)


def _pids() -> list[int]:
    answer = subprocess.run(["ps", "-eo", "pid="], capture_output=True, text=True, check=True)
    return [int(line) for line in answer.stdout.split()]
