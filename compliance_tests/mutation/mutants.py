"""The mutants of the pack: every change to what the controls' checks and the core execute."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .operators import Change, applied, changes

#: The tests' own harness and commands: they judge, or write files that tests compare.
NOT_JUDGED = {"replay.py", "scenarios.py", "catalog.py", "awake.py"}
#: For each file of the core, the unit tests that speak about it, after all scenarios.
TESTS = {
    "values.py": ("test_values.py",),
    "resources.py": ("test_graph.py", "test_evaluate.py"),
    "control.py": ("test_evaluate.py", "test_servicer.py"),
    "evaluate.py": ("test_evaluate.py", "test_servicer.py"),
    "decode.py": ("test_decode.py", "test_servicer.py"),
    "settings.py": ("test_protocol.py", "test_servicer.py"),
    "servicer.py": ("test_servicer.py",),
    "protocol.py": ("test_protocol.py", "test_servicer.py"),
    "stock.py": ("test_servicer.py",),
    "trace.py": ("test_protocol.py", "test_servicer.py"),
    "pack.py": ("test_protocol.py", "test_servicer.py"),
}
#: Files of the controls that unit tests speak about too.
BESIDE = {
    "_network.py": ("test_ranges.py", "test_tables.py"),
    "_placement.py": ("test_tables.py",),
    "_rules.py": ("test_tables.py",),
    "_routes.py": ("test_tables.py",),
    "key_policy_bound.py": ("test_tables.py",),
    "ignored_changes.py": ("test_tables.py",),
    "network_acl_not_open.py": ("test_tables.py",),
    "redis_high_availability.py": ("test_tables.py",),
    "aurora_backups.py": ("test_config.py",),
    "redis_snapshots.py": ("test_config.py",),
}
Called = Mapping[str, Mapping[int, list[str]]]  # file, first line of a function: controls


@dataclass(frozen=True)
class Mutant:
    """One change. `controls` are those whose scenarios reach it, `tests` the unit tests to ask."""

    file: str  # below policies/
    function: str
    change: Change
    tree: ast.Module
    controls: tuple[str, ...]
    tests: tuple[str, ...]
    number: int = 1  # of those that read alike within one function

    @property
    def name(self) -> str:
        """Stable while the function's own text is, wherever it stands."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.file} {self.function}: {self.change.before} -> {self.change.after}{again}"

    @property
    def source(self) -> str:
        """The whole file with the change made."""
        return applied(self.tree, self.change)


def files(pack: Path) -> list[Path]:
    """The files of the core and of the controls that hold more than examples."""
    core = [f for f in sorted((pack / "core").glob("*.py")) if f.name not in NOT_JUDGED]
    controls = [
        f
        for f in sorted((pack / "controls").glob("*.py"))
        if not f.stem.endswith(("_scenarios", "_attacks")) and f.stem != "__init__"
    ]
    return [f for f in (*core, *controls) if f.stem != "__init__"]


def mutants(
    pack: Path, file: Path, checks: Called, imports: Called, names: set[tuple[str, str]]
) -> list[Mutant]:
    """The mutants of one file.

    `checks` and `imports` say which functions ran while checks decided and while controls were
    built; `names` are the constants that checks use: others only build examples.
    """
    tree = ast.parse(file.read_text("utf-8"))
    shown = file.relative_to(pack).as_posix()
    of_core = file.parent.name == "core"
    tests = (TESTS if of_core else BESIDE).get(file.name, ())
    seen: Counter[str] = Counter()
    found: list[Mutant] = []
    for name, part in parts(tree):
        ran = checks.get(shown, {}).get(first_line(part))
        if isinstance(part, ast.FunctionDef):
            helper = ran is None and first_line(part) in imports.get(shown, {})
            if not of_core and helper:
                continue
            controls = tuple(ran or ())
        elif of_core or (file.stem, name) in names:
            controls = ("*",)
        else:
            continue
        if of_core:
            controls = ("*",)
        for change in changes(part):
            key = f"{name}: {change.before} -> {change.after}"
            seen[key] += 1
            found.append(Mutant(shown, name, change, tree, controls, tests, seen[key]))
    return found


def parts(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """The functions, methods and constants of a module, with their names."""
    yield from _parts(tree.body, "")


def _parts(body: Iterable[ast.stmt], inside: str) -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield inside + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _parts(node.body, f"{inside}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            name = ast.unparse(target)
            if name != "CONTROL" and node.value is not None:
                yield inside + name, node


def first_line(node: ast.AST) -> int:
    """Where the interpreter says that a function begins: at its first decorator."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    begin: int = getattr(node, "lineno", 0)
    return min([d.lineno for d in decorators] + [begin])


def names_used(pack: Path, checks: Called) -> set[tuple[str, str]]:
    """Module and name of every constant that a function uses which ran while a check decided."""
    used: set[tuple[str, str]] = set()
    for file in files(pack):
        ran = checks.get(file.relative_to(pack).as_posix(), {})
        tree = ast.parse(file.read_text("utf-8"))
        local: set[str] = set()
        constants = []
        for name, part in parts(tree):
            if not isinstance(part, ast.FunctionDef):
                constants.append((name, part))
            elif first_line(part) in ran:
                local |= _names(part)
        for name, part in reversed(constants):
            if name in local:
                local |= _names(part)
        used |= {(file.stem, name) for name in local}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                module = (node.module or "").rpartition(".")[2]
                used |= {(module, a.name) for a in node.names if (a.asname or a.name) in local}
    return used


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
