"""The commands as a person types them: one line for each mistake, exit codes that say something."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.model import Stage
from gate import catalog, explain
from gate.__main__ import STAGES, parser
from gate.paths import ROOT


def gate(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gate", *args],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("explain", "aurora-backup"), "did you mean aurora-backups"),
        (("explain", "zzzz"), "python -m gate explain"),
        (("report", "--stack", "nobody-made-this"), "python -m gate preview"),
        (("report", "--stack", "../../etc"), "is no name of a stack"),
        (("report", "--stack", ""), "is no name of a stack"),
        (("audit", "--state", "no-such-file.json"), "pulumi stack export"),
    ],
)
def test_a_mistake_is_one_line_with_the_remedy(args: tuple[str, ...], said: str) -> None:
    done = gate(*args)
    assert done.returncode == 3
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert said in line


@pytest.mark.parametrize("args", [(), ("bogus",), ("audit",), ("preview", "--bogus")])
def test_a_wrong_call_could_not_run(args: tuple[str, ...]) -> None:
    done = gate(*args)
    assert done.returncode == 3
    assert "usage: python -m gate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["preview", "up", "verify", "report", "destroy"])
def test_help_says_what_the_exit_codes_mean(command: str) -> None:
    done = gate(command, "--help")
    assert done.returncode == 0
    assert "0 passed, 1 violations, 2 not proven, 3 could not run" in " ".join(done.stdout.split())


@pytest.mark.parametrize("text", ["", "[]", "{", '{"deployment": {}}', '{"deployment": 1}'])
def test_a_damaged_state_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    done = gate("audit", "--state", str(path))
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_explain_says_what_to_write_and_who_asks() -> None:
    done = gate("explain", "aurora-backups", COLUMNS="60")
    assert done.returncode == 0
    assert "backup_retention_period=30" in done.stdout
    assert "REQ-RDS-2" in done.stdout
    assert "compliant: exactly 30 days\n" in done.stdout
    assert "      backupRetentionPeriod = 30\n" in done.stdout
    assert "violating: 29 days\n" in done.stdout
    assert "      backupRetentionPeriod = 29\n" in done.stdout
    facts = done.stdout.split("examples")[0]
    assert all(len(line) <= 60 for line in facts.splitlines()[1:])


@pytest.mark.parametrize("control", catalog.load(ROOT).controls, ids=lambda c: c.id)
def test_every_control_is_explained_in_full(control: catalog.Control) -> None:
    text = explain.text(control, ("REQ-X-1",), 100)
    told = " ".join(text.split())
    for said in (control.statement, control.rationale, control.remediation, "REQ-X-1"):
        assert " ".join(said.split()) in told
    for heading in ("\ncompliant: ", "\nviolating: "):
        example = text.split(heading)[1].split("\n\n")[0].splitlines()
        assert len(example) > 2, "an example names a resource and what is written there"


def test_explain_lists_all_controls() -> None:
    done = gate("explain")
    assert re.search(r"^aurora-backups +Aurora keeps", done.stdout, flags=re.MULTILINE)


#: What no command needs before it knows what it is asked.
HEAVY = {"pulumi", "boto3", "botocore", "grpc", "rich", "jsonschema_rs", "moto", "jinja2"}
#: What a preview needs only once the engine runs: until then the person waits for it.
LATER = HEAVY | {"evidence.model", "evidence.formats.markdown", "gate.judging", "gate.decide",
                 "gate.header", "gate.inputs", "gate.waivers", "tomllib", "securesystemslib",
                 "cryptography", "email", "http", "yaml", "importlib.metadata", "ssl", "tarfile",
                 "platform", "urllib.request"}  # fmt: skip


@pytest.mark.parametrize(
    ("imported", "forbidden"),
    [
        ("gate.__main__", HEAVY),
        (
            "gate.__main__, gate.commands, gate.preview, gate.account, sandbox.prepare,"
            "sandbox.lifecycle, sandbox.backend, sandbox.engine.build, sandbox.engine.download",
            LATER,
        ),
    ],
    ids=["any command", "a preview before its engine"],
)
def test_starting_up_imports_nothing_that_it_does_not_need(
    imported: str, forbidden: set[str]
) -> None:
    code = (
        f"import {imported}; gate.__main__.parser(); import sys;"
        f"print(sorted({forbidden!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["preview", "up", "verify", "report", "destroy"])
def test_a_command_that_is_named_is_parsed_without_the_others_and_as_with_them(
    command: str,
) -> None:
    alone, all_of_them = parser(command), parser()
    assert vars(alone.parse_args([command])) == vars(all_of_them.parse_args([command]))
    with pytest.raises(SystemExit):
        alone.parse_args(["overview" if command != "overview" else "diff"])
    for given in ("overview", "--help", ""):
        assert parser(given).format_help() == all_of_them.format_help()


def test_the_stages_of_the_command_line_are_those_of_the_model() -> None:
    assert tuple(Stage) == STAGES


def test_the_end_of_a_command_says_that_its_output_did_not_arrive() -> None:
    code = (
        "import sys; from gate.__main__ import leave; print('a verdict'); leave(int(sys.argv[1]))"
    )
    with Path("/dev/full").open("w") as full:
        codes = [
            subprocess.run(
                [sys.executable, "-c", code, given],
                cwd=ROOT,
                env={n: v for n, v in os.environ.items() if n != "PYTHONUNBUFFERED"},
                stdout=full,
                check=False,
            ).returncode
            for given in ("0", "1")
        ]
    assert codes == [3, 1]
