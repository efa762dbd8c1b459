"""Diff: what differs between a resource as it is and as it is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.providers.framework import Inputs, Outputs, TypeRule
from sandbox.providers.schema import TypeSchema
from sandbox.providers.values import DEFAULTS, has_unknown, is_zero, without_defaults

Kind = Literal["add", "delete", "update"]


@dataclass(slots=True)
class Difference:
    """`paths` as the engine shows them (`ingress[0].fromPort`), `changed` by top-level property."""

    paths: dict[str, Kind] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    replaces: set[str] = field(default_factory=set)
    delete_before_replace: bool = False


def difference(
    schema: TypeSchema,
    rule: TypeRule,
    olds: Outputs,
    news: Inputs,
    ignored: frozenset[str] = frozenset(),
) -> Difference:
    """Compare the last outputs with the new inputs, as Terraform's plan does."""
    found = Difference()
    plain = without_defaults(news)
    for name in schema.inputs.keys() | (plain.keys() & {"tagsAll"}):
        if name in ignored or (name not in plain and not _can_be_unset(schema, rule, name, olds)):
            continue
        old, new = olds.get(name), plain.get(name)
        paths = dict(_paths(old, new, rule, name, name))
        if not paths:
            continue
        found.paths.update(paths)
        found.changed.add("tagsAll" if name == "tags" and "tagsAll" in schema.outputs else name)
        if (
            name in rule.replaces
            or name == "region"
            or (name in rule.replaces_if and rule.replaces_if[name](olds, plain))
        ):
            found.replaces.add(name)
    named = rule.auto_name.property if rule.auto_name else ""
    fixed_name = named in plain and named not in (news.get(DEFAULTS) or [])
    found.delete_before_replace = bool(found.replaces) and (
        rule.delete_before_replace or fixed_name
    )
    return found


def equal(old: Any, new: Any, rule: TypeRule, path: str) -> bool:
    """Whether a value of the outputs and one of the inputs mean the same."""
    return not any(_paths(old, new, rule, path, path))


def _can_be_unset(schema: TypeSchema, rule: TypeRule, name: str, olds: Outputs) -> bool:
    """Whether leaving an input out means taking its value away: not where AWS computes one."""
    computed = (
        schema.is_computed(name) or name in rule.computed
    ) and name not in rule.optional_only
    write_only = name in rule.write_only or name.endswith("Wo")
    return not computed and not write_only and name in olds


def _paths(
    old: Any, new: Any, rule: TypeRule, plain: str, shown: str
) -> Iterator[tuple[str, Kind]]:
    """The differing leaves under one property: `plain` is its path without indices."""
    if has_unknown(new) and not isinstance(new, (dict, list)):
        yield shown, "update" if not is_zero(old) else "add"
        return
    if (is_zero(old) and is_zero(new)) or old == new:
        return
    same = rule.same.get(plain)
    if same and old is not None and new is not None and same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _object_paths(old, new, rule, plain, shown)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_paths(old, new, rule, plain, shown)
    elif is_zero(new) and new is None:
        yield shown, "delete"
    else:
        yield shown, "add" if old is None else "update"


def _object_paths(
    old: dict[str, Any], new: dict[str, Any], rule: TypeRule, plain: str, shown: str
) -> Iterator[tuple[str, Kind]]:
    for key in sorted(old.keys() | new.keys()):
        inner = f"{plain}.{key}"
        if key not in new and inner in rule.computed:
            continue
        where = (
            f"{shown}.{key}" if key.replace("_", "a").isalnum() else f"{shown}[{json.dumps(key)}]"
        )
        if plain in ("tags", "tagsAll") and (key in old) != (key in new):
            yield where, "add" if key in new else "delete"
            continue
        yield from _paths(old.get(key), new.get(key), rule, inner, where)


def _list_paths(
    old: list[Any], new: list[Any], rule: TypeRule, plain: str, shown: str
) -> Iterator[tuple[str, Kind]]:
    if plain in rule.sets:
        left, right = _unmatched(old, new, rule, plain)
    else:
        left, right = dict(enumerate(old)), dict(enumerate(new))
    for index in sorted(left.keys() | right.keys()):
        where = f"{shown}[{index}]"
        if index not in right:
            yield where, "delete"
        elif index not in left:
            yield where, "add"
        else:
            found = list(_paths(left[index], right[index], rule, plain, where))
            # Two elements of a set that are not equal differ, however alike their parts are.
            yield from found or ([(where, "update")] if plain in rule.sets else [])


def _unmatched(
    old: list[Any], new: list[Any], rule: TypeRule, plain: str
) -> tuple[dict[int, Any], dict[int, Any]]:
    """The elements of two sets that have no equal in the other, by their index."""
    rest = dict(enumerate(old))
    right: dict[int, Any] = {}
    for index, item in enumerate(new):
        twin = next(
            (
                key
                for key, value in rest.items()
                if not any(_paths(value, item, rule, plain, plain))
            ),
            None,
        )
        if twin is None:
            right[index] = item
        else:
            del rest[twin]
    return rest, right
