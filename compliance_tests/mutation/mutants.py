"""The mutants of a file: every change to what the checks, the core or the gate execute."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from .operators import Change, applied, changes

Lines = Mapping[int, Collection[int]]  # first line of a function: who ran it


@dataclass(frozen=True)
class Mutant:
    """One change to one function, constant or field of a class."""

    file: str  # below the folder of the code
    function: str
    first_line: int
    change: Change
    tree: ast.Module
    living: bool  # the function can be changed in place: no import calls it
    number: int = 1  # of those that read alike within one function

    @property
    def short(self) -> str:
        """The name without the file."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.function}: {self.change.before} -> {self.change.after}{again}"

    @property
    def name(self) -> str:
        """Stable while the function's own text is, wherever it stands."""
        return f"{self.file} {self.short}"

    @property
    def source(self) -> str:
        """The whole file with the change made."""
        return applied(self.tree, self.change)


@dataclass(frozen=True)
class Ran:
    """Of one file: which functions imports call, and which run while something is decided.

    `constants` are the names that those use; None when everything counts. A function of a control
    that imports alone call only builds examples.
    """

    imported: Lines
    decided: Lines
    constants: Collection[str] | None = None

    def counts(self, name: str, part: ast.AST) -> bool:
        """Whether a change to this part could change a decision."""
        if self.constants is None:
            return True
        if isinstance(part, ast.FunctionDef):
            line = first_line(part)
            return line in self.decided or line not in self.imported
        return name in self.constants


def mutants(shown: str, tree: ast.Module, ran: Ran) -> list[Mutant]:
    """The mutants of one file, which `shown` names."""
    seen: Counter[str] = Counter()
    found: list[Mutant] = []
    for name, part in parts(tree):
        if not ran.counts(name, part):
            continue
        line = first_line(part)
        defaults = _defaults(part)
        for change in changes(part):
            key = f"{name}: {change.before} -> {change.after}"
            seen[key] += 1
            living = isinstance(part, ast.FunctionDef) and line not in ran.imported
            living = living and not any(change.node is d for d in defaults)
            found.append(Mutant(shown, name, line, change, tree, living, seen[key]))
    return found


def _defaults(part: ast.AST) -> list[ast.AST]:
    """What is computed once, when the function is defined."""
    if not isinstance(part, ast.FunctionDef):
        return []
    written = [*part.args.defaults, *(d for d in part.args.kw_defaults if d)]
    return [node for default in written for node in ast.walk(default)]


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


def names_used(
    trees: Mapping[str, ast.Module], decided: Mapping[str, Lines]
) -> dict[str, set[str]]:
    """By module: every constant that a function uses which ran while something was decided."""
    used: dict[str, set[str]] = {}
    for file, tree in trees.items():
        ran = decided.get(file, {})
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
        used.setdefault(_stem(file), set()).update(local)
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                module = (node.module or "").rpartition(".")[2]
                names = {a.name for a in node.names if (a.asname or a.name) in local}
                used.setdefault(module, set()).update(names)
    return used


def _stem(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".py")


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
