"""actionlint and zizmor on the workflows: they mean what they say, and give nothing away."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from .tools import ROOT, need

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONLINT = "go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 (needs Go)"
ZIZMOR = "make .venv/ok-dev"


def judged(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


def test_actionlint_has_nothing_to_say() -> None:
    assert WORKFLOWS
    tool = need("actionlint", remedy=ACTIONLINT)
    assert judged(tool, *map(str, WORKFLOWS)) == "exit 0\n"


def test_zizmor_has_nothing_to_say() -> None:
    tool = need("zizmor", remedy=ZIZMOR)
    said = judged(tool, "--offline", "--no-progress", "--persona=pedantic", *map(str, WORKFLOWS))
    assert said.startswith("exit 0\n"), said
    assert "No findings to report" in said, said


@pytest.mark.parametrize(
    ("tool", "remedy", "text"),
    [
        ("actionlint", ACTIONLINT, "needs: nobody"),
        ("zizmor", ZIZMOR, "steps: [{run: 'echo ${{ github.event.pull_request.title }}'}]"),
    ],
)
def test_each_judge_is_awake(tmp_path: Path, tool: str, remedy: str, text: str) -> None:
    spoilt = tmp_path / ".github" / "workflows" / "spoilt.yml"
    spoilt.parent.mkdir(parents=True)
    steps = "" if "steps" in text else "steps: [{run: 'true'}]"
    spoilt.write_text(
        "name: spoilt\non: pull_request\npermissions: {}\njobs:\n  one:\n"
        f"    runs-on: ubuntu-24.04\n    {text}\n    {steps}\n"
    )
    offline = ["--offline"] if tool == "zizmor" else []
    assert not judged(need(tool, remedy=remedy), *offline, str(spoilt)).startswith("exit 0\n")


def test_every_action_is_pinned_by_digest_with_its_version() -> None:
    for file in WORKFLOWS:
        for line in file.read_text(encoding="utf-8").splitlines():
            if "uses:" in line:
                assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_no_workflow_gives_a_strangers_code_secrets_or_a_way_to_write() -> None:
    for file in WORKFLOWS:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        events = told[True]  # YAML reads the key `on` as a truth
        assert not {"pull_request_target", "workflow_run"} & set(events), file.name
        assert told["permissions"] == {}, f"{file.name} gives every job a permission"
        for name, job in told["jobs"].items():
            text = json.dumps(job)
            if "pull_request" in events and "make setup" in text:
                assert "secrets." not in text, f"{name} runs a stranger's code with a secret"
                assert set(job["permissions"].values()) == {"read"}, name


def test_nothing_of_an_event_is_put_into_a_shell_line() -> None:
    for file in WORKFLOWS:
        for job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values():
            assert not [s for s in job["steps"] if "${{" in s.get("run", "")], file.name
