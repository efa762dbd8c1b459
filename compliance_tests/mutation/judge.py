"""Runs the tests on one mutant, in a process of its own forked from one that is warm.

The fork imports the pack anew from a scratch copy in which one file holds the mutant.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .mutants import Mutant
from .operators import Change

SLOW = 30.0  # seconds that the scenarios of a mutant may take; an endless loop is noticed
SLOWEST = 120.0  # the same, of unit tests


def warm(tests: bool) -> None:
    """Import what a fork need not import again: the core, and for unit tests what they use."""
    importlib.import_module("core.scenarios")
    importlib.import_module("core.catalog")
    if tests:
        for name in ("pulumi_policy", "pytest", "hypothesis", "google.protobuf.json_format"):
            importlib.import_module(name)
        importlib.import_module("pulumi.runtime.proto.analyzer_pb2_grpc")
    gc.collect()
    gc.freeze()


def in_fork(work: Callable[[], object], seconds: float) -> tuple[bool, str]:
    """Whether `work` ended well in a fork within the time, and what it returned as text."""
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        _child(work, writing)
    os.close(writing)
    deadline = time.monotonic() + seconds
    with os.fdopen(reading, "rb") as pipe:
        os.set_blocking(reading, False)
        text, done = b"", (0, 0)
        while done[0] == 0 and time.monotonic() < deadline:
            text += pipe.read() or b""
            done = os.waitpid(pid, os.WNOHANG)
            if done[0] == 0:
                time.sleep(0.002)
        if done[0] == 0:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return False, "it took too long"
        text += pipe.read() or b""
    return done[1] == 0, text.decode()


def _child(work: Callable[[], object], writing: int) -> None:
    status = 1
    try:
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        found = work()
        os.write(writing, json.dumps(found).encode())
        status = 0 if found is not False else 1
    finally:
        os._exit(status)


def sound(scratch: Path, tests: Iterable[str]) -> str:
    """What is red before any mutation: then every mutant would seem to be killed. "" if nothing."""
    nothing = ast.parse("")
    node = ast.Pass()
    change = Change(0, "", "", node, node)
    for file in ("core/values.py", "controls/region.py"):
        same = Mutant(file, "", change, nothing, ("*",), ())
        if not in_fork(lambda given=same: _scenarios(given), SLOW)[0]:  # type: ignore[misc]
            return "the scenarios or catalog.json"
    for test in sorted(set(tests)):
        if not in_fork(lambda name=test: _unit_tests(scratch, name), SLOWEST)[0]:  # type: ignore[misc]
            return test
    return ""


def killed(mutant: Mutant, scratch: Path) -> bool:
    """Whether a scenario or a unit test turns red with the mutant in the scratch copy."""
    file = scratch / "policies" / mutant.file
    original = file.read_bytes()
    try:
        file.write_text(mutant.source, "utf-8")
        if mutant.controls and not in_fork(lambda: _scenarios(mutant), SLOW)[0]:
            return True
        for test in mutant.tests:
            if not in_fork(lambda name=test: _unit_tests(scratch, name), SLOWEST)[0]:  # type: ignore[misc]
                return True
        return False
    finally:
        file.write_bytes(original)


def _scenarios(mutant: Mutant) -> bool:
    """The scenarios that reach the mutant; False when one is not as expected.

    A constant stands in examples too, so what the catalogue says of the controls counts as well.
    """
    gc.disable()
    every = "*" in mutant.controls
    if mutant.file.startswith("core/"):
        for name in [n for n in sys.modules if n.partition(".")[0] == "core"]:
            del sys.modules[name]
    from core import catalog, scenarios

    if every:
        asked = scenarios.load()
    else:
        package = types.ModuleType("controls")  # only those that are asked, not all it lists
        package.__path__ = [str(catalog.CATALOG.parent / "controls")]
        sys.modules["controls"] = package
        asked = scenarios.load(mutant.controls)
    if not all(scenarios.run(c, s).as_expected for c in asked for s in c.scenarios):
        return False
    return not every or catalog.render(asked) == catalog.CATALOG.read_text("utf-8")


def _unit_tests(scratch: Path, name: str) -> bool:
    import pytest

    for module in [n for n in sys.modules if n.partition(".")[0] in ("core", "controls")]:
        del sys.modules[module]
    where = scratch / "compliance_tests" / "unit" / "pack" / name
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return pytest.main([*options, str(where)]) == 0


def calls(scratch: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Which functions of the controls run while checks decide, and while controls are built."""
    ok, text = in_fork(lambda: _calls(scratch / "policies"), 10 * SLOW)
    if not ok:
        raise RuntimeError("the pack's scenarios cannot be run; run python -m core.scenarios")
    checks, imports = json.loads(text)
    return _numbered(checks), _numbered(imports)


def _numbered(found: dict[str, dict[str, Any]]) -> dict[str, dict[int, Any]]:
    return {file: {int(line): v for line, v in lines.items()} for file, lines in found.items()}


def _calls(pack: Path) -> object:
    running = ""
    checks: dict[str, dict[int, list[str]]] = {}
    imports: dict[str, dict[int, list[str]]] = {}
    folder = str(pack) + "/"

    def seen(frame: Any, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(folder):
            lines = (checks if running else imports).setdefault(
                code.co_filename.removeprefix(folder), {}
            )
            who = lines.setdefault(code.co_firstlineno, [])
            if running and running not in who:
                who.append(running)

    sys.setprofile(seen)
    from core import scenarios

    for control in scenarios.load():
        for scenario in control.scenarios:
            running = ""
            settings = scenario.settings
            resources = scenarios.build(scenario.items, settings)
            running = control.id
            scenarios.run(control, scenario)
            del resources
    sys.setprofile(None)
    return checks, imports
