"""A fleet of states: shards, a killed process, a killed run, broken states, no double count."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gate import fleet, fleet_report
from gate.errors import GateError
from gate.paths import ROOT

STREAM = "aws:kinesis/stream:Stream"
PROVIDER = "urn:pulumi:{0}::p::pulumi:providers:aws::default"


def state(stack: str, retention: float | None = 24) -> bytes:
    """A stack of one stream, under an AWS provider; of nothing but these for None."""
    urn = f"urn:pulumi:{stack}::p::{STREAM}::s"
    props = {"name": f"s-{stack}", "retentionPeriod": retention, "region": "sa-east-1"}
    resources = [
        {"urn": f"urn:pulumi:{stack}::p::pulumi:pulumi:Stack::p-{stack}",
         "type": "pulumi:pulumi:Stack", "custom": False},
        {"urn": PROVIDER.format(stack), "type": "pulumi:providers:aws", "custom": True, "id": "i",
         "inputs": {"region": "sa-east-1"}, "outputs": {"region": "sa-east-1"}},
        {"urn": urn, "type": STREAM, "custom": True, "id": "s", "inputs": props, "outputs": props,
         "provider": PROVIDER.format(stack) + "::i"},
    ]  # fmt: skip
    if retention is None:
        resources.pop()
    return json.dumps({"version": 3, "deployment": {"resources": resources}}).encode()


@pytest.fixture
def states(tmp_path: Path) -> Path:
    return make(tmp_path)


def make(folder: Path) -> Path:
    """Twelve states: one without a resource, one that is no JSON, two that break a control."""
    folder = folder / "states"
    for number in range(12):
        place = folder / str(number % 2)
        place.mkdir(parents=True, exist_ok=True)
        content = state(f"s{number}", 12 if number in (3, 4) else 24)
        content = {
            6: b'{"version": 3, "depl',
            7: b'{"version":3,"deployment":{"resources":[]}}',
        }.get(number, content)
        (place / f"s{number:02d}.json").write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the twelve states come to in one run."""
    folder = tmp_path_factory.mktemp("whole")
    run(make(folder), folder / "out")
    return told(summary(folder / "out"))


def run(states: Path, out: Path, shard: str = "1/1", jobs: int = 1) -> int:
    return fleet.audit(fleet.plan(states, shard, 0, 0, ""), out, jobs)


def summary(out: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((out / "fleet.json").read_bytes())
    return found


def told(found: Mapping[str, Any]) -> dict[str, Any]:
    """What must not depend on how the fleet was cut into shards."""
    keys = ("outcome", "outcomes", "states", "resources", "failed", "controls", "requirements",
            "broken", "missing", "stacks")  # fmt: skip
    return {k: found[k] for k in keys}


def test_every_state_has_one_result_and_a_broken_one_is_not_fatal(
    states: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert run(states, out) == 1
    found = summary(out)
    assert found["states"] == 12
    assert sum(found["outcomes"].values()) == 12
    assert found["outcomes"]["could_not_run"] == 2
    assert sorted(found["broken"]) == ["0/s06.json", "1/s07.json"]
    assert found["failed"]["stream-retention"] == 2
    assert found["controls"]["stream-retention"] == {"failed": 2, "passed": 8}
    assert found["resources"] == 30
    lines = [r["file"] for r in fleet_report.rows(out)]
    assert len(lines) == len(set(lines)) == 12


def test_shards_of_a_fleet_merge_to_the_whole(
    states: Path, tmp_path: Path, whole: dict[str, Any]
) -> None:
    parts = [tmp_path / f"part{n}" for n in (1, 2)]
    for number, part in enumerate(parts, 1):
        run(states, part, f"{number}/2")
    merged = tmp_path / "merged"
    merged.mkdir()
    assert fleet_report.report([*parts, parts[0]], merged, time.time()) == 1  # one named twice
    assert told(summary(merged)) == whole


def test_a_shard_that_is_missing_is_no_pass(states: Path, tmp_path: Path) -> None:
    run(states, tmp_path / "one", "1/2")
    [file] = (tmp_path / "one").glob("results-*.jsonl")
    rows = [{**r, "outcome": "passed"} for r in fleet_report.rows(tmp_path / "one")]
    file.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    assert fleet_report.report([tmp_path / "one"], tmp_path, time.time(), only="1/2") == 0
    out = tmp_path / "merged"
    out.mkdir()
    assert fleet_report.report([tmp_path / "one"], out, time.time()) == 2
    assert summary(out)["missing_shards"] == ["2/2"]
    assert summary(out)["missing"]


def test_shards_of_other_lists_do_not_merge(states: Path, tmp_path: Path) -> None:
    run(states, tmp_path / "one", "1/2")
    (states / "0" / "new.json").write_bytes(state("new"))
    run(states, tmp_path / "two", "2/2")
    with pytest.raises(GateError, match="another list of states"):
        fleet_report.report([tmp_path / "one", tmp_path / "two"], tmp_path, time.time())


def test_a_run_that_was_killed_goes_on_and_loses_nothing(
    states: Path, tmp_path: Path, whole: dict[str, Any]
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "gate", "audit", "--states", str(states), "--out", str(out)]
    running = subprocess.Popen(
        [*command, "--jobs", "1"], cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        while not list(fleet_report.rows(out)) and running.poll() is None:
            time.sleep(0.01)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    before = [r["file"] for r in fleet_report.rows(out)]
    assert before
    [part] = out.glob("results-*.jsonl")
    with part.open("ab") as file:  # and one was half written
        file.write(b'{"file": "1/s11.json", "digest": "sha2')
    run(states, out)
    assert told(summary(out)) == whole
    again = [r["file"] for r in fleet_report.rows(out)]
    assert sorted(again) == sorted(set(again))
    assert set(before) < set(again)


def test_a_process_that_is_killed_is_replaced_and_its_state_done_again(
    states: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Any]
) -> None:
    give = fleet._Worker.give
    killed: list[str] = []

    def and_kill(self: Any, queue: list[str], wanted: fleet.Plan) -> None:
        give(self, queue, wanted)
        if self.busy and not killed:
            killed.append(self.busy)
            self.process.kill()

    monkeypatch.setattr(fleet._Worker, "give", and_kill)
    run(states, tmp_path / "out", jobs=2)
    assert killed
    assert told(summary(tmp_path / "out")) == whole


def test_a_changed_state_is_judged_again(states: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(states, out)
    (states / "0" / "s02.json").write_bytes(state("s2", 12))
    run(states, out)
    found = summary(out)
    assert found["failed"]["stream-retention"] == 3
    assert found["trend"]["failed"] == {"stream-retention": 1}
    assert sum(found["outcomes"].values()) == 12


def test_a_sample_is_the_same_for_the_same_seed_and_says_so(states: Path, tmp_path: Path) -> None:
    one, other = (fleet.plan(states, "1/1", 5, seed, "") for seed in (1, 2))
    assert one == fleet.plan(states, "1/1", 5, 1, "")
    assert len(one.mine) == 5
    assert one.names != other.names
    fleet.audit(one, tmp_path, 2)
    assert summary(tmp_path)["sample"] == {"size": 5, "seed": 1}
    assert "a sample: 5 states, seed 1" in (tmp_path / "fleet.md").read_text("utf-8")


def test_a_list_names_the_states(states: Path) -> None:
    listed = states / "list.txt"
    listed.write_text("0/s00.json\n\n1/s01.json\n", "utf-8")
    assert fleet.plan(listed, "1/1", 0, 0, "").mine == ("0/s00.json", "1/s01.json")


@pytest.mark.parametrize("shard", ["0/2", "3/2", "x", "1", "1/0", "-1/2"])
def test_what_is_no_shard_is_refused(states: Path, shard: str) -> None:
    with pytest.raises(GateError, match="is no shard"):
        fleet.plan(states, shard, 0, 0, "")


@pytest.mark.parametrize("source", ["none", "empty"])
def test_nothing_to_audit_is_an_error(tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(GateError):
        fleet.plan(tmp_path / source, "1/1", 0, 0, "")


def test_stacks_with_equal_verdicts_share_them(states: Path, tmp_path: Path) -> None:
    """What is kept of a state is small: ten thousand are reported on in one process."""
    run(states, tmp_path / "out")
    shared: dict[Any, Any] = {}
    kept = [fleet_report._short(r, shared) for r in fleet_report.rows(tmp_path / "out")
            if "fault" not in r]  # fmt: skip
    assert len(kept) == 10
    assert len({id(k["controls"]) for k in kept}) == len({k["controls"] for k in kept}) == 2
    assert len({id(k["requirements"]) for k in kept}) == 1
