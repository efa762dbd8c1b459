"""Small wrong changes to Python code, one at a time, each with a name that says what it is.

Not cosmic-ray's or mutmut's operators: both start a test process for each mutant, which here would
take a day, and cosmic-ray changes annotations and leaves ``in`` alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

#: Texts inside these calls are for people, or name exceptions' paths; scenarios hold parts of them.
WORDS = {"Finding", "NotASubject", "Undecided", "Malformed", "TypeError", "ValueError", "_crash"}
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.LShift: ast.RShift,
}  # fmt: skip
SWAPPED = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Change:
    """One change: where it is, what stands there, what is written instead."""

    line: int
    before: str
    after: str
    node: ast.AST
    replacement: ast.AST


def changes(node: ast.AST) -> Iterator[Change]:
    """Every change to the code under `node`."""
    for place in _code(node):
        for new in _replacements(place):
            if hasattr(place, "lineno"):
                ast.copy_location(new, place)
            before, after = _short(ast.unparse(place)), _short(ast.unparse(new))
            yield Change(getattr(place, "lineno", 0), before, after, place, new)


def applied(tree: ast.Module, change: Change) -> str:
    """The source of the module with the change made. The tree itself stays as it is."""
    return ast.unparse(ast.fix_missing_locations(_with(tree, change)))


def _with(node: ast.AST, change: Change) -> ast.AST:
    """A copy of the tree with the one node in the other's place."""
    if node is change.node:
        return change.replacement
    fields: dict[str, Any] = {}
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            fields[name] = [_with(v, change) if isinstance(v, ast.AST) else v for v in value]
        else:
            fields[name] = _with(value, change) if isinstance(value, ast.AST) else value
    return ast.copy_location(type(node)(**fields), node) if fields else node


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes under `node` that do something: no annotations, docstrings, words for people."""
    yield node
    if isinstance(node, ast.JoinedStr):
        return
    skipped: list[object] = []
    if isinstance(node, ast.FunctionDef):
        skipped = [node.returns, *node.decorator_list]
        if ast.get_docstring(node) is not None:
            skipped.append(node.body[0])
    elif isinstance(node, ast.ClassDef) and ast.get_docstring(node) is not None:
        skipped = [node.body[0]]
    elif isinstance(node, ast.arg | ast.AnnAssign):
        skipped = [node.annotation]
    elif isinstance(node, ast.Call) and _called(node) in WORDS:
        skipped = [*node.args, *(k for k in node.keywords if k.arg != "undecided")]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        skipped = [node.value]
    for child in ast.iter_child_nodes(node):
        if not any(child is s for s in skipped):
            yield from _code(child)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        yield ast.BinOp(node.left, COMPUTED[type(node.op)](), node.right)
    elif isinstance(node, ast.Constant):
        yield from map(ast.Constant, _other(node.value))
    elif isinstance(node, ast.Name) and node.id in SWAPPED and isinstance(node.ctx, ast.Load):
        yield ast.Name(SWAPPED[node.id], ast.Load())
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield from _negated(node)
    elif isinstance(node, ast.comprehension):
        for i in range(len(node.ifs)):
            yield ast.comprehension(
                node.target, node.iter, [*node.ifs[:i], *node.ifs[i + 1 :]], node.is_async
            )
    else:
        yield from _statements(node)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.For):
        empty = ast.List([], ast.Load())
        yield ast.For(node.target, empty, node.body, node.orelse, node.type_comment)
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Return) and node.value is not None:
        # a falsy constant is the same answer as None wherever an answer is a yes or a no
        if not (isinstance(node.value, ast.Constant) and not node.value.value):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Raise) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield ast.Pass()
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom):
        yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))  # still a generator
    elif isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield ast.ExceptHandler(ast.Tuple([], ast.Load()), node.name, node.body)


def _negated(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    """The condition the other way round, where no other change does the same."""
    if isinstance(node.test, ast.Compare) or (
        isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
    ):
        return
    test = ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(test, node.body, node.orelse)
    else:
        yield type(node)(test, node.body, node.orelse)


def _other(value: object) -> Sequence[bool | int | float | str]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1]
    # no name in AWS's or Pulumi's language has a space: such texts are for people; and an empty
    # one is what stands for "nothing written"
    return [f"{value}~"] if isinstance(value, str) and value and " " not in value else []


def _short(text: str) -> str:
    line = text.strip().partition("\n")[0]  # of a block, what it begins with
    return line if len(line) <= 90 else line[:89] + "…"
