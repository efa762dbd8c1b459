"""Old runs go from the old end alone; the chain of digests can be verified all the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance_tests.unit.evidence import sample
from evidence import chain, retention, store
from evidence.model import Assurance, Stage
from gate import prune
from gate.__main__ import main
from gate.errors import GateError, NotProven
from gate.paths import Paths

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLANNED, LIVE = (Stage.PLANNED, "preview"), (Stage.LIVE, "verify")
UP = (Stage.DEPLOYED, "up")
EMULATED = Assurance.EMULATED


def stack(tmp_path: Path, *runs: tuple[str, tuple[Stage, str]]) -> Paths:
    """A stack with these runs: the day, and what ran."""
    paths = Paths("sandbox", tmp_path)
    for number, (day, (stage, command)) in enumerate(runs):
        run = sample.run(
            id=f"00000000-0000-0000-0000-{number:012}",
            stage=stage,
            command=command,
            finished_at=f"{day}T10:00:00.000Z",
        )
        made = sample.evidence(run=run, records=())
        store.store(made, paths.reports, lambda _: "text")
    return paths


def shipped(tmp_path: Path) -> Paths:
    return stack(
        tmp_path,
        ("2025-09-01", LIVE),
        ("2025-10-01", PLANNED),
        ("2025-10-24", LIVE),
        ("2025-10-26", LIVE),  # 13 months less a day
        ("2026-11-01", PLANNED),
        ("2026-11-02", UP),
        ("2026-11-03", LIVE),
    )


def days(paths: Paths) -> list[str]:
    found = store.read_history(paths.reports / "SANDBOX-history.jsonl")
    return [e["finished_at"][:10] for e in found]


def warnings(paths: Paths) -> list[str]:
    return chain.read(paths.reports, EMULATED).warnings


def test_only_the_old_end_goes_and_the_chain_stays_verifiable(tmp_path: Path) -> None:
    paths = shipped(tmp_path)
    assert prune.prune(paths, "13", NOW) == 0
    assert days(paths) == ["2025-10-26", "2026-11-01", "2026-11-02", "2026-11-03"]
    assert warnings(paths) == []
    assert not list(paths.reports.glob("SANDBOX-202509*"))
    assert len(list(paths.reports.glob("SANDBOX-2025*.evidence.json"))) == 1
    (record,) = retention.prunings(paths.reports, EMULATED)
    assert (record["runs"], record["last"]["finished_at"][:10]) == (3, "2025-10-24")


def test_a_longer_time_keeps_more(tmp_path: Path) -> None:
    paths = shipped(tmp_path)
    prune.prune(paths, "14", NOW)
    assert days(paths)[0] == "2025-10-01"


@pytest.mark.parametrize("months", ["12", "0", "-1", "", "13.5", "x"])
def test_less_than_13_months_is_refused_in_one_line(
    months: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prune", f"--months={months}"]) == 3
    told = capsys.readouterr()
    assert (told.out + told.err).count("\n") == 1
    assert "13 months at least" in told.out + told.err


def test_what_is_needed_stays_however_old(tmp_path: Path) -> None:
    paths = stack(tmp_path, ("2024-01-01", LIVE), ("2024-02-01", PLANNED), ("2024-02-02", UP),
                  ("2024-03-01", LIVE), ("2026-11-03", LIVE))  # fmt: skip
    prune.prune(paths, "13", NOW)
    assert days(paths)[0] == "2024-02-01", "the preview that is deployed"


def test_a_broken_chain_is_not_pruned(tmp_path: Path) -> None:
    paths = shipped(tmp_path)
    next(paths.reports.glob("SANDBOX-20250901*.evidence.json")).unlink()
    with pytest.raises(NotProven, match="the chain is broken"):
        prune.prune(paths, "13", NOW)
    assert len(days(paths)) == 7


def test_an_interrupted_pruning_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = shipped(tmp_path)
    with monkeypatch.context() as patch:

        def broken(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(prune, "_delete", broken)
        with pytest.raises(KeyboardInterrupt):
            prune.prune(paths, "13", NOW)
    assert warnings(paths) == [], "it counts as done"
    prune.prune(paths, "13", NOW)
    assert days(paths)[0] == "2025-10-26"
    assert not list(paths.reports.glob("SANDBOX-202509*"))
    assert len(retention.prunings(paths.reports, EMULATED)) == 1


def test_pruned_again_later(tmp_path: Path) -> None:
    paths = shipped(tmp_path)
    prune.prune(paths, "13", NOW)
    prune.prune(paths, "13", NOW.replace(year=2027, month=1))
    assert days(paths)[0] == "2026-11-01"
    assert len(retention.prunings(paths.reports, EMULATED)) == 2
    assert warnings(paths) == []


def test_runs_taken_away_by_hand_are_told(tmp_path: Path) -> None:
    paths = shipped(tmp_path)
    prune.prune(paths, "13", NOW)
    history = paths.reports / "SANDBOX-history.jsonl"
    history.write_text("".join(history.read_text().splitlines(keepends=True)[1:]))
    assert any("missing from the history" in w for w in warnings(paths))


def test_a_record_of_a_pruning_that_came_too_early_is_told(tmp_path: Path) -> None:
    paths = shipped(tmp_path)
    prune.prune(paths, "13", NOW)
    file = retention.file_of(paths.reports, EMULATED)
    told = json.loads(file.read_text())
    told[0]["at"] = "2026-11-01T00:00:00Z"
    file.write_text(json.dumps(told))
    assert any("before their 13 months" in w for w in warnings(paths))
    file.write_text("{}")
    with pytest.raises(GateError, match="is damaged"):
        prune.prune(paths, "13", NOW)


def test_months_end_where_a_month_ends() -> None:
    at = datetime(2026, 3, 31, tzinfo=UTC)
    assert retention.months_before(at, 13) == datetime(2025, 2, 28, tzinfo=UTC)
