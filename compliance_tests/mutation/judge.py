"""Judges a mutant in a fork of a process that has the code and its tests imported.

Only the scenarios and unit tests that reach the mutated function are run, the quickest first;
where an import executes the mutant, all of them that could notice it.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .code import Code
from .fork import in_fork
from .mutants import Mutant
from .place import forget, importers, swap, written
from .unit import UnitTests

LOOKING = 600  # seconds of the processor for everything when each call is recorded
Reach = dict[str, dict[int, list[int]]]  # file, first line of a function: numbers of who ran it


@dataclass
class Seen:
    """Which functions run while modules are imported, and in which scenario and which test."""

    imports: Reach = field(default_factory=dict)
    scenarios: Reach = field(default_factory=dict)
    tests: Reach = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)  # of each test

    def of(self, reach: Reach, file: str, line: int | None) -> list[int]:
        """Who reaches the function that begins there; anything in the file when no line is told."""
        lines = reach.get(file, {})
        return sorted({i for at, who in lines.items() if line in (None, at) for i in who})


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
        self.importers = importers(code.packages, scratch / code.folder)
        self.kills: Counter[int] = Counter()  # by test: what killed before is asked first
        self.published = self._published()
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
            ok, killer = in_fork(lambda: self._lives(mutant))
        else:
            with written(self.scratch / self.code.folder / mutant.file, mutant.source):
                ok, killer = in_fork(lambda: self._imported(mutant))
        if ok and killer.isdigit():
            self.kills[int(killer)] += 1
        if ok and killer == "null" and (tests := self.code.by_process.get(mutant.file)):
            with written(self.scratch / self.code.folder / mutant.file, mutant.source):
                ok, killer = in_fork(lambda: None if self.unit.run_anew([tests]) else "a process")
        return not ok or killer != "null"

    def _lives(self, mutant: Mutant) -> object:
        """None when nothing notices; the number of the test, or a word, when something does."""
        module = sys.modules[self._module(mutant.file)]
        remembers = swap(module, mutant.function, mutant.source, str(module.__file__))
        at = (mutant.file, None if remembers else mutant.first_line)
        if not all(self._as_expected(i) for i in self.seen.of(self.seen.scenarios, *at)):
            return "a scenario"
        asked = self._in_order(self.seen.of(self.seen.tests, *at), mutant)
        return next((i for i in asked if not self.unit.passes(i)), None)

    def _imported(self, mutant: Mutant) -> object:
        """The same where an import executes the mutant: whatever imports it is imported again."""
        stale = self.importers[self._module(mutant.file)]
        if self.code.has_scenarios:
            for name in stale:
                sys.modules.pop(name, None)
            from core import scenarios

            asked = [c.id for c, _ in self.scenarios if _module_of(c.id) in stale]
            for control in scenarios.load(list(dict.fromkeys(asked))) if asked else ():
                if not all(scenarios.run(control, s).as_expected for s in control.scenarios):
                    return "a scenario"
                # a constant stands in examples too, so what is published of them counts as well
                if _entry(control) != self.published[control.id]:
                    return "the catalogue"
        forget(*self.code.packages, "compliance_tests")
        reach = self.seen.tests.get(mutant.file, {}).values()
        tests = self._in_order({i for who in reach for i in who} | self._mention(mutant), mutant)
        names = [self.unit.items[i].nodeid for i in tests]
        return None if not names or self.unit.run_anew(names) else "a test"

    def _mention(self, mutant: Mutant) -> set[int]:
        """The tests in files that name the module: one may compare a constant and call nothing."""
        stem = Path(mutant.file).stem
        texts = {f: Path(f).read_text("utf-8") for f in {str(i.path) for i in self.unit.items}}
        numbers = range(len(self.unit.items))
        return {i for i in numbers if stem in texts[self.unit.file(i)]}

    def _module(self, file: str) -> str:
        return self.code.module(self.scratch / self.code.folder / file)

    def _in_order(self, tests: Iterable[int], mutant: Mutant) -> list[int]:
        """Those that judge the file, first what killed most so far, then the quickest."""
        asked = [i for i in tests if self.code.judges(self.unit.file(i), mutant.file)]
        return sorted(asked, key=lambda i: (-self.kills[i], self.seen.seconds[i]))

    def _published(self) -> dict[str, object]:
        return {control.id: _entry(control) for control, _ in self.scenarios}

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


def _entry(control: Any) -> str:
    from core import catalog

    return catalog.render([control])


def _module_of(control: str) -> str:
    return f"controls.{control.replace('-', '_')}"


def _numbered(found: dict[str, dict[str, list[int]]]) -> Reach:
    return {file: {int(line): v for line, v in lines.items()} for file, lines in found.items()}


def _answer(found: tuple[bool, str], wrong: str) -> Any:
    ok, text = found
    if not ok:
        raise RuntimeError(f"{wrong} before any mutation; mend it first (python -m pytest)")
    return json.loads(text)
