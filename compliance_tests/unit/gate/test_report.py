"""`python -m gate report`: which evidence it draws, in which format, and where it puts it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance_tests.unit.evidence import sample
from evidence import store
from evidence.formats import markdown
from evidence.model import Evidence, Run, Stage
from gate.__main__ import parser
from gate.errors import GateError
from gate.paths import Paths
from gate.report import report


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths("sandbox", tmp_path)


def run_id(number: int) -> str:
    return f"0b6a5d2e-0000-4000-8000-{number:012}"


def keep(paths: Paths, second: int, stage: Stage = Stage.PLANNED) -> store.Stored:
    command = {Stage.PLANNED: "preview", Stage.DEPLOYED: "up", Stage.LIVE: "verify"}[stage]
    at = f"2026-11-23T14:00:{second:02}.000Z"
    run: Run = sample.run(finished_at=at, stage=stage, command=command, id=run_id(second))
    made: Evidence = sample.evidence(run=run, records=(sample.record(stage=stage),))
    return store.store(made, paths.reports, markdown.render)


def call(paths: Paths, *arguments: str) -> int:
    return report(paths, parser().parse_args(["report", *arguments]))


def test_without_options_it_is_the_table_of_all_stages(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(paths, 1)
    assert call(paths) == 0
    assert "no proof yet" in capsys.readouterr().out
    assert (paths.reports / "SANDBOX-report.md").exists()


def test_json_is_the_stored_file_byte_for_byte(
    paths: Paths, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    stored = keep(paths, 1)
    assert call(paths, "--format", "json") == 0
    assert capsysbinary.readouterr().out == stored.file.read_bytes()


def test_a_format_of_one_run_shows_the_newest_or_the_stage_that_is_named(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(paths, 2, Stage.LIVE)
    keep(paths, 1)
    call(paths, "--format", "markdown")
    assert run_id(2) in capsys.readouterr().out
    call(paths, "--format", "markdown", "--stage", "planned")
    assert run_id(1) in capsys.readouterr().out


def test_a_file_is_drawn_as_it_is(
    paths: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = keep(paths, 1)
    keep(paths, 2)
    target = tmp_path / "report.md"
    call(paths, "--format", "markdown", "--evidence", str(first.file), "--out", str(target))
    assert run_id(1) in target.read_text()
    assert capsys.readouterr().out == ""


def test_a_changed_file_of_the_chain_is_warned_of(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    first = keep(paths, 1)
    keep(paths, 2)
    first.file.write_text(first.file.read_text() + " ")
    assert call(paths, "--format", "terminal") == 0
    assert "changed after it was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--format", "markdown", "--stage", "live"), "run: python -m gate verify"),
        (("--format", "json", "--lang", "pt-BR"), "leave --lang out"),
        (("--format", "json", "--evidence", "nowhere.json"), "nowhere.json"),
        (("--format", "json", "--out", "no/such/folder/x"), "there is no folder"),
        (("--format", "json", "--out", "."), "is a folder"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    paths: Paths, arguments: tuple[str, ...], says: str
) -> None:
    keep(paths, 1)
    with pytest.raises(GateError, match=says) as e:
        call(paths, *arguments)
    assert "\n" not in str(e.value)


def test_a_file_of_another_stage_is_refused(paths: Paths) -> None:
    stored = keep(paths, 1)
    with pytest.raises(GateError, match="not live"):
        call(paths, "--evidence", str(stored.file), "--stage", "live")


def test_without_options_the_auditors_report_is_written_too_and_its_name_says_emulated(
    paths: Paths,
) -> None:
    keep(paths, 1)
    assert call(paths) == 0
    pages = sorted(p.name for p in paths.reports.glob("*.html"))
    assert pages == ["SANDBOX-report.html", "SANDBOX-report.pt-BR.html"]
    assert '<html lang="pt-BR">' in (paths.reports / pages[1]).read_text("utf-8")
