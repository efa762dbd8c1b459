"""Judges a mutant in a fork of a process that has the code and its tests imported.

Only the scenarios and unit tests that reach the mutated function are run, the quickest first;
where an import executes the mutant, all of them that could notice it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .code import Code
from .mutants import Mutant
from .place import forget, swap, written
from .unit import UnitTests

SECONDS = 60  # of the processor that the tests of a mutant may take: an endless loop is noticed
LOOKING = 600  # the same, of everything when each call is recorded
LONGEST = 900.0  # seconds by the clock, for one that sleeps
MEMORY = 4 << 30
Reach = dict[str, dict[int, list[int]]]  # file, first line of a function: numbers of who ran it


@dataclass
class Seen:
    """Which functions run while modules are imported, and in which scenario and which test."""

    imports: Reach = field(default_factory=dict)
    scenarios: Reach = field(default_factory=dict)
    tests: Reach = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)  # of each test

    def of(self, reach: Reach, file: str, line: int) -> list[int]:
        """Who reaches the function."""
        return reach.get(file, {}).get(line, [])


class Judge:
    """Everything imported, and what was seen when nothing was mutated yet."""

    def __init__(self, code: Code, scratch: Path):
        self.code = code
        self.scratch = scratch
        for module in code.warm:
            importlib.import_module(module)
        for file in code.files(scratch):
            importlib.import_module(code.module(file))
        self.scenarios = _scenarios() if code.has_scenarios else []
        self.unit = UnitTests([scratch / t for t in code.tests], scratch)
        self.seen = self._look()
        sys.dont_write_bytecode = True  # a mutant must never be found compiled
        gc.collect()
        gc.freeze()

    def _look(self) -> Seen:
        # a fork each, and the imports first: compiled files are written once, before any mutant
        imports = _answer(in_fork(self._imports), "the code cannot be imported")
        scenarios = _answer(in_fork(self._reached_by_scenarios, LOOKING), "a scenario is red")
        ran = in_fork(self._reached_by_tests, LOOKING)
        tests, seconds = _answer(ran, "a unit test cannot be run")
        if red := [self.unit.items[i].nodeid for i, s in enumerate(seconds) if s < 0]:
            raise RuntimeError(f"{red[0]}: red before any mutation; mend it first")
        return Seen(_numbered(imports), _numbered(scenarios), _numbered(tests), seconds)

    def killed(self, mutant: Mutant) -> bool:
        """Whether a scenario or a unit test turns red with the mutant."""
        if mutant.living:
            return not in_fork(lambda: self._lives(mutant))[0]
        with written(self.scratch / self.code.folder / mutant.file, mutant.source):
            return not in_fork(lambda: self._imported(mutant))[0]

    def _lives(self, mutant: Mutant) -> bool:
        module = sys.modules[self.code.module(self.scratch / self.code.folder / mutant.file)]
        swap(module, mutant.function, mutant.source, str(module.__file__))
        at = (mutant.file, mutant.first_line)
        if not all(self._as_expected(i) for i in self.seen.of(self.seen.scenarios, *at)):
            return False
        tests = [i for i in self.seen.of(self.seen.tests, *at) if self._judges(i, mutant)]
        return all(self.unit.passes(i) for i in sorted(tests, key=self.seen.seconds.__getitem__))

    def _imported(self, mutant: Mutant) -> bool:
        forget(*self.code.packages)
        if self.code.has_scenarios:
            from core import catalog, scenarios

            asked = scenarios.load()
            if not all(scenarios.run(c, s).as_expected for c in asked for s in c.scenarios):
                return False
            # a constant stands in examples too, so what the catalogue says counts as well
            if catalog.render(asked) != catalog.CATALOG.read_text("utf-8"):
                return False
        files: dict[str, float] = {}
        for tests in self.seen.tests.get(mutant.file, {}).values():
            for i in (i for i in tests if self._judges(i, mutant)):
                name = self.unit.file(i)
                files[name] = max(files.get(name, 0), self.seen.seconds[i])
        return not files or self.unit.run_anew(sorted(files, key=files.__getitem__))

    def _judges(self, number: int, mutant: Mutant) -> bool:
        return self.code.judges(self.unit.file(number), mutant.file)

    def _as_expected(self, number: int) -> bool:
        from core import scenarios

        control, scenario = self.scenarios[number]
        return scenarios.run(control, scenario).as_expected

    def _imports(self) -> Reach:
        forget(*self.code.packages)
        found = Recorder(self._folder)
        with found.by(0):
            for file in self.code.files(self.scratch):
                importlib.import_module(self.code.module(file))
            if self.code.has_scenarios:
                _scenarios()
        return found.reach

    def _reached_by_scenarios(self) -> Reach:
        from core import scenarios

        found = Recorder(self._folder)
        for i, (control, scenario) in enumerate(self.scenarios):
            with found.by(i):
                if not scenarios.run(control, scenario).as_expected:
                    raise RuntimeError(scenario.name)
        return found.reach

    def _reached_by_tests(self) -> tuple[Reach, list[float]]:
        found = Recorder(self._folder)
        seconds = []
        for i in range(len(self.unit.items)):
            with found.by(i):
                seconds.append(self.unit.timed(i))
        return found.reach, seconds

    @property
    def _folder(self) -> str:
        return f"{self.scratch / self.code.folder}/"


class Recorder:
    """Notes which functions below a folder are called, and in whose time."""

    def __init__(self, folder: str):
        self.folder = folder
        self.reach: Reach = {}

    def by(self, who: int) -> Recorder:
        """From here to the end of the `with` block it is `who`."""
        self._who = who
        return self

    def __enter__(self) -> None:
        sys.setprofile(self._called)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _called(self, frame: Any, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(self.folder):
            lines = self.reach.setdefault(code.co_filename.removeprefix(self.folder), {})
            who = lines.setdefault(code.co_firstlineno, [])
            if not who or who[-1] != self._who:
                who.append(self._who)


def _scenarios() -> list[tuple[Any, Any]]:
    from core import scenarios

    return [(c, s) for c in scenarios.load() for s in c.scenarios]


def _numbered(found: dict[str, dict[str, list[int]]]) -> Reach:
    return {file: {int(line): v for line, v in lines.items()} for file, lines in found.items()}


def _answer(found: tuple[bool, str], wrong: str) -> Any:
    ok, text = found
    if not ok:
        raise RuntimeError(f"{wrong} before any mutation; mend it first (python -m pytest)")
    return json.loads(text)


def in_fork(work: Callable[[], object], seconds: int = SECONDS) -> tuple[bool, str]:
    """Whether `work` ended well in a fork within the limits, and what it returned as JSON."""
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        _child(work, writing, seconds)
    os.close(writing)
    deadline = time.monotonic() + LONGEST
    text, done = b"", (0, 0)
    with os.fdopen(reading, "rb") as pipe:
        os.set_blocking(reading, False)
        while done[0] == 0:
            text += pipe.read() or b""
            done = os.waitpid(pid, os.WNOHANG)
            if done[0] == 0 and time.monotonic() > deadline:
                os.killpg(pid, signal.SIGKILL)
                done = os.waitpid(pid, 0)
            elif done[0] == 0:
                time.sleep(0.002)
        text += pipe.read() or b""
    return done[1] == 0, text.decode()


def _child(work: Callable[[], object], writing: int, seconds: int) -> None:
    status = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        gc.disable()
        found = work()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(found).encode())
        status = 0 if found is not False else 1
    finally:
        os._exit(status)
