"""One process of a fleet's audit, when the pack's decider answers otherwise than it should."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from gate import fleet_worker
from gate.fleet_worker import Judge

from .test_fleet import state

# answers the first question as told, then each by the account it was given
DECIDER = """
import hashlib, json, os, sys
account, first, mark = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
for line in sys.stdin:
    asked = json.loads(line)
    content = open(asked["file"], "rb").read()
    told = {**account, "digest": "sha256:" + hashlib.sha256(content).hexdigest()}
    if not os.path.exists(mark):
        open(mark, "w").close()
        exec(first)
    print(json.dumps(told), flush=True)
"""
ACCOUNT = {
    "header": {"pack": "p", "controls": []}, "resources": [], "analyze": {}, "stack": {},
    "idle": {}, "diagnostics": [],
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "s.json"
    file.write_bytes(state("s"))
    return file


def judged(
    file: Path, monkeypatch: pytest.MonkeyPatch, first: str, **account: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same state twice: where the decider does `first`, and after that."""
    arguments = (json.dumps(ACCOUNT | account), first, str(file.with_name("mark")))
    command = (sys.executable, "-c", DECIDER, *arguments)
    monkeypatch.setattr(fleet_worker, "DECIDER", command)
    judge = Judge()
    try:
        return judge.judge(file, ""), judge.judge(file, "")
    finally:
        judge.end()


def digest(file: Path) -> str:
    return "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "first",
    [
        'told["digest"] = "sha256:0"',
        'del told["digest"]',
        'print("a line of its own")',
        'print("{}")',
        'print("[1]")',
        'print(json.dumps({**account, "digest": ""}))',
    ],
)
def test_an_answer_that_is_not_of_this_state_is_no_result(
    first: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one after it is of its own state again, and the state itself is done another time."""
    told, after = judged(file, monkeypatch, first)
    assert (told["outcome"], told["digest"]) == ("could_not_run", "")
    assert "the pack read another file" in told["fault"]
    assert "fault" not in after
    assert after["digest"] == digest(file)


def test_a_state_that_changes_while_it_is_read_is_no_result(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def before_the_change(path: Path) -> bytes:
        content = read(path)
        if path == file:
            path.write_bytes(state("s", 12))
        return content

    monkeypatch.setattr(Path, "read_bytes", before_the_change)
    judge = Judge()
    try:
        told = judge.judge(file, "")
        monkeypatch.setattr(Path, "read_bytes", read)
        after = judge.judge(file, "")
    finally:
        judge.end()
    assert (told["outcome"], told["digest"]) == ("could_not_run", "")
    assert after["controls"]["stream-retention"] == ["failed", 1]


def test_a_decider_that_dies_twice_on_a_state_is_one_broken_state(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, after = judged(file, monkeypatch, "os.remove(mark) or os._exit(7)")
    assert told == after == {
        "digest": digest(file), "outcome": "could_not_run",
        "fault": "the pack's decider died on it twice (exit code 7)",
    }  # fmt: skip


def test_a_decider_that_was_killed_is_asked_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, after = judged(file, monkeypatch, "os.kill(os.getpid(), 9)")
    assert "fault" not in told
    assert told == after


@pytest.mark.parametrize(
    "account",
    [
        {"header": {}},
        {"header": None},
        {"analyze": {"x": [0]}},
        {"analyze": []},
        {"stack": {"x": [[0, "passed"]]}},
        {"diagnostics": None},
        {"diagnostics": [{}]},
        {
            "header": {"controls": [{"id": "x", "kind": "resource", "level": "off"}]},
            "analyze": {"x": [0]},
        },
        {
            "header": {"controls": [{"id": "x", "kind": "resource", "level": "off"}]},
            "resources": [["urn", "type"]],
            "analyze": {"x": [[0, "fine", "", "", [], {}]]},
        },
    ],
)
def test_an_account_that_is_none_is_one_broken_state(
    account: dict[str, Any], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, _ = judged(file, monkeypatch, "", **account)
    assert told["outcome"] == "could_not_run"
    assert told["fault"] == "the pack's account of it cannot be read"


def test_an_empty_account_proves_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = judged(file, monkeypatch, "")
    assert told["outcome"] == "not_proven"
    assert told["controls"]["stream-retention"] == ["not_evaluated", 1]
    assert any("is not in the pack" in text or "expected" in text for text in told["problems"])
