"""`python -m gate audit --states FOLDER`: thousands of exported states, decided without the engine.

Each core has a worker (`fleet_worker.py`). Each result is one line of a file that belongs to this
run alone, so that a killed run loses at most the state in hand: the next one reads every whole
line and does the rest. A shard (`--shard 2/8`) writes the same; `fleet-merge` joins them.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from evidence.store import write_atomically

from . import console, digests, fleet_report
from .errors import GateError
from .paths import ROOT

WORKER = (sys.executable, "-m", "gate.fleet_worker")
STEP = 5.0  # seconds between two lines of progress


@dataclass(frozen=True)
class Plan:
    """Which states are audited: all that were named, those of this shard or sample, and how."""

    names: tuple[str, ...]  # every state of the fleet, of all shards
    mine: tuple[str, ...]
    folder: Path  # what the names are relative to
    shard: str = "1/1"
    sample: int = 0
    seed: int = 0
    suffix: str = ""

    @property
    def listing(self) -> str:
        """A digest of what was to be audited; shards of one fleet agree on it."""
        told = "\n".join((*self.names, f"sample {self.sample} seed {self.seed} {self.suffix}"))
        return "sha256:" + hashlib.sha256(told.encode()).hexdigest()


def plan(source: Path, shard: str, sample: int, seed: int, suffix: str) -> Plan:
    """The states of a folder (every .json below it) or of a list file; raises GateError."""
    if source.is_dir():
        folder = source
        names = sorted(str(f.relative_to(source)) for f in source.rglob("*.json") if f.is_file())
    else:
        folder = source.parent
        try:
            lines = source.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise GateError(f"there is no folder and no list {source}; name one of them") from None
        names = sorted({line.strip() for line in lines if line.strip()})
    if not names:
        raise GateError(f"{source} holds no exported state (*.json); name another folder or list")
    if sample:
        names = sorted(random.Random(seed).sample(names, min(sample, len(names))))  # noqa: S311
    return Plan(tuple(names), mine(names, shard), folder, shard, sample, seed, suffix)


def mine(names: Sequence[str], shard: str) -> tuple[str, ...]:
    """The states of a shard, by their names alone: the same on every machine."""
    at, of = _shard(shard)
    return tuple(
        n for n in names if int(hashlib.sha256(n.encode()).hexdigest()[:12], 16) % of == at - 1
    )


def _shard(text: str) -> tuple[int, int]:
    at, _, of = text.partition("/")
    if not (at.isdecimal() and of.isdecimal() and 1 <= int(at) <= int(of)):
        raise GateError(f"{text!r} is no shard; write --shard 2/8 for the second of eight")
    return int(at), int(of)


def audit(wanted: Plan, out: Path, jobs: int) -> int:
    """Judge what is not judged yet, then report; the exit code is the worst of all states."""
    started = time.time()
    out.mkdir(parents=True, exist_ok=True)
    pack = digests.of_folder(ROOT / "policies")
    name = wanted.shard.replace("/", "-of-")
    header = {
        "listing": wanted.listing, "pack": pack, "shard": wanted.shard, "names": wanted.names,
        "sample": wanted.sample, "seed": wanted.seed,
    }  # fmt: skip
    write_atomically(out / f"shard-{name}.json", json.dumps(header).encode())
    done = _done(wanted, out, pack)
    left = [n for n in wanted.mine if n not in done]
    console.say(
        f"fleet: {len(wanted.mine)} states, {len(done)} judged before, {jobs} processes"
        + (f", shard {wanted.shard}" if wanted.shard != "1/1" else "")
    )
    with (out / f"results-{name}-{os.getpid()}-{int(started)}.jsonl").open("ab") as file:
        _work(wanted, left, jobs, pack, file)
    return fleet_report.report([out], out, started, only=wanted.shard)


def _done(wanted: Plan, out: Path, pack: str) -> set[str]:
    """The states with a whole result by this pack, whose file is as it was."""
    found: set[str] = set()
    mine = set(wanted.mine)
    for row in fleet_report.rows(out):
        name = row.get("file", "")
        if name in mine and row.get("pack") == pack and row.get("suffix") == wanted.suffix:
            same = digests.of_file(wanted.folder / name) == row.get("digest")
            (found.add if same else found.discard)(name)
    return found


def _work(wanted: Plan, left: Sequence[str], jobs: int, pack: str, file: IO[bytes]) -> None:
    """Hand the states out, one to each worker at a time, and write what comes back."""
    queue = list(reversed(left))
    workers = [_Worker() for _ in range(min(jobs, len(left)))]
    select = selectors.DefaultSelector()
    began = told = time.monotonic()
    count = 0
    try:
        for worker in workers:
            worker.check(pack)
            worker.give(queue, wanted)
            select.register(worker.out, selectors.EVENT_READ, worker)
        while any(w.busy for w in workers):
            for key, _ in select.select():
                worker = key.data
                line = worker.out.readline()
                if not line.endswith(b"\n"):  # it was killed: another does its state
                    select.unregister(worker.out)
                    queue.append(worker.busy)
                    console.say(f"fleet: a process died on {worker.busy}; it is done again")
                    worker.again()
                    worker.check(pack)
                    select.register(worker.out, selectors.EVENT_READ, worker)
                else:
                    file.write(line)
                    file.flush()
                    count += 1
                worker.give(queue, wanted)
            if time.monotonic() - told > STEP:
                told = time.monotonic()
                rate = count / (told - began)
                console.say(
                    f"fleet: {count} of {len(left)}, {rate:.0f} a second, "
                    f"{(len(left) - count) / max(rate, 0.01):.0f} s left"
                )
    finally:
        select.close()
        for worker in workers:
            worker.end()


class _Worker:
    """A process that judges one state at a time; `busy` is the name of that one."""

    DEATHS = 3

    def __init__(self) -> None:
        self.deaths = 0
        self.busy = ""
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            WORKER, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.out = self.process.stdout

    def check(self, pack: str) -> None:
        """Its first line: the pack it judges by. Raises GateError."""
        try:
            told: Mapping[str, Any] = json.loads(self.out.readline() or b"{}")
        except ValueError:
            told = {}
        if "error" in told:
            raise GateError(str(told["error"]))
        if told.get("pack") != pack:
            raise GateError("the pack changed while the fleet was judged; run it again")

    def give(self, queue: list[str], wanted: Plan) -> None:
        """The next state, or nothing more."""
        self.busy = queue.pop() if queue else ""
        if self.busy:
            file = wanted.folder / self.busy
            asked = {"name": self.busy, "file": str(file.resolve()), "suffix": wanted.suffix}
            assert self.process.stdin is not None
            with suppress(OSError):  # it died: its output ends, and the state is handed out again
                self.process.stdin.write(json.dumps(asked).encode() + b"\n")
                self.process.stdin.flush()

    def again(self) -> None:
        """A new process in its place. Raises GateError when one after another dies."""
        self.end()
        self.deaths += 1
        if self.deaths >= self.DEATHS:
            raise GateError(
                f"the processes that judge die again and again, last on {self.busy}; "
                "look at that state, or give the machine more memory, and run it again: "
                "what is judged is kept"
            )
        self._start()

    def end(self) -> None:
        """End it; what it has in hand is not lost but done again."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        if not self.busy:  # it ends by itself, and its pack with it
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
        self.process.kill()
        self.process.wait()


def shards(folders: Sequence[Path]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The header of each shard that was begun in these folders."""
    for folder in folders:
        for file in sorted(folder.glob("shard-*.json")):
            yield file, json.loads(file.read_bytes())
