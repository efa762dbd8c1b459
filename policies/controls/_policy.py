"""Policy documents of AWS: read strictly, and who their Allow statements let in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Any

from core import UNKNOWN, Finding, Malformed, Props, Undecided, plain

from ._json import parse
from ._reach import ARN

_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
}  # fmt: skip
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_IDENTITY = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):[^*?]+", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com", re.ASCII)
_IN_REGION = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)\.amazonaws\.com", re.ASCII)

#: Condition keys whose value says which account or which principal calls.
_CALLER = ("aws:principalaccount", "kms:calleraccount", "aws:sourceaccount", "aws:sourceowner")
_CALLER_ARN = ("aws:principalarn", "aws:sourcearn")
#: Operators that let through only the values written; "IfExists" and "ForAllValues:" also let
#: through a request without the key.
_ONLY = ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase")


@dataclass(frozen=True)
class Statement:
    """One statement; texts and lists of texts are both tuples, actions in small letters."""

    path: str
    allow: bool
    principals: tuple[tuple[str, str], ...]  # (AWS | Service | Federated | ..., value)
    not_principal: bool
    actions: tuple[str, ...]
    not_action: bool
    resources: tuple[str, ...]
    not_resource: bool
    condition: tuple[tuple[str, str, tuple[str, ...]], ...]  # (operator, key, values), lower case

    def only(self, *keys: str) -> tuple[str, ...]:
        """The values that one of these condition keys is held to; () when it is not."""
        found = [v for op, key, v in self.condition if key in keys and op in _ONLY]
        return found[0] if found else ()

    def only_ending(self, tail: str) -> tuple[str, ...]:
        """The same for condition keys that end so, as those of identity providers do."""
        found = [v for op, key, v in self.condition if key.endswith(tail) and op in _ONLY]
        return found[0] if found else ()

    def grants(self, *actions: str) -> tuple[str, ...]:
        """Which of these actions (small letters) an Allow of this statement covers."""
        hits = _covered(self.actions, actions)
        return tuple(a for a in actions if a not in hits) if self.not_action else hits

    @cached_property
    def through(self) -> tuple[tuple[str, str], ...] | None:
        """The services, with their regions, that the condition holds the use of a key to; None
        when one of them is no service of AWS.
        """
        named = [_IN_REGION.fullmatch(v) for v in self.only("kms:viaservice")]
        return tuple((m[1], m[2]) for m in named if m) if all(named) else None

    @cached_property
    def callers(self) -> tuple[str, ...] | None:
        """The accounts that the condition holds callers to; None when it holds them to none."""
        return _caller_accounts(self)

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that the statement lets in or reaches, whether it allows or denies."""
        return tuple(_accounts(self))


@lru_cache(maxsize=1024)
def _covered(patterns: tuple[str, ...], actions: tuple[str, ...]) -> tuple[str, ...]:
    """Which actions one of the patterns covers; most policies say the same few."""
    wild = [p for p in patterns if "*" in p or "?" in p]
    return tuple(a for a in actions if a in patterns or any(fnmatchcase(a, p) for p in wild))


def statements(props: Props, key: str) -> list[Statement]:
    """The statements of the policy in `key`, none when absent. Raises Undecided, Malformed."""
    path = props.path(key)
    if props.raw(key) is UNKNOWN:
        raise Undecided(path, "build its ARNs from names known early, not from outputs")
    text = props.text(key)
    if not text:
        return []
    return list(_read(plain(text), path))


@lru_cache(maxsize=8192)
def _read(text: str, path: str) -> tuple[Statement, ...]:
    """The statements of one text; several controls ask for the same."""
    try:
        document = parse(text)
    except ValueError:
        raise Malformed(path, "a JSON policy without repeated names") from None
    if not isinstance(document, dict) or not set(document) <= {"Version", "Id", "Statement"}:
        raise Malformed(path, "a policy of Version, Id and Statement")
    entries = document.get("Statement", [])
    entries = entries if isinstance(entries, list) else [entries]
    return tuple(_statement(e, f"{path} statement {i + 1}") for i, e in enumerate(entries))


def _statement(entry: Any, path: str) -> Statement:
    if not isinstance(entry, dict) or not set(entry) <= _ELEMENTS:
        raise Malformed(path, f"an object of {', '.join(sorted(_ELEMENTS))}")
    if entry.get("Effect") not in ("Allow", "Deny"):
        raise Malformed(f"{path} Effect", "Allow or Deny")
    for name in ("Principal", "Action", "Resource"):
        if name in entry and f"Not{name}" in entry:
            raise Malformed(path, f"{name} or Not{name}, not both")
    actions = _texts(entry, "Action", path)
    return Statement(
        path=path,
        allow=entry["Effect"] == "Allow",
        principals=tuple(_principals(entry.get("Principal", entry.get("NotPrincipal")), path)),
        not_principal="NotPrincipal" in entry,
        actions=tuple(a.lower() for a in actions),
        not_action="NotAction" in entry,
        resources=_texts(entry, "Resource", path),
        not_resource="NotResource" in entry,
        condition=tuple(_condition(entry.get("Condition"), f"{path} Condition")),
    )


def _texts(entry: Mapping[str, Any], name: str, path: str) -> tuple[str, ...]:
    value = entry.get(name, entry.get(f"Not{name}"))
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(v, str) for v in values):
        raise Malformed(f"{path} {name}", "a text or a list of texts")
    return tuple(values)


def _principals(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, str):
        value = {"AWS": value}  # "*" alone; AWS takes nothing else
    if not isinstance(value, dict):
        raise Malformed(f"{path} Principal", "an object")
    for kind in value:
        for text in _texts(value, kind, f"{path} Principal"):
            yield kind, text


def _condition(value: Any, path: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if value is None:
        return
    if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
        raise Malformed(path, "an object of objects")
    for operator, block in value.items():
        for key, values in block.items():
            listed = values if isinstance(values, list) else [values]
            texts = tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in listed)
            yield operator.lower(), key.lower(), texts


def _caller_accounts(statement: Statement) -> tuple[str, ...] | None:
    for operator, key, values in statement.condition:
        if operator not in _ONLY or not values:
            continue
        if key in _CALLER and all(_ACCOUNT.fullmatch(v) for v in values):
            return values
        matches = [ARN.fullmatch(v) for v in values] if key in _CALLER_ARN else []
        if matches and all(matches):
            return tuple(m[1] for m in matches if m)
    return None


def public_findings(props: Props, key: str, found: Sequence[Statement]) -> Iterator[Finding]:
    """A finding for each Allow that lets in everybody, or somebody who cannot be told."""
    for statement in found:
        if not statement.allow:
            continue
        if statement.not_principal:
            yield Finding(f"{statement.path} allows everybody but a few (NotPrincipal)", key)
        elif not statement.principals:
            yield Finding(f"{statement.path} allows nobody named (no Principal)", key)
        bound = statement.callers
        for kind, name in statement.principals:
            if kind == "AWS" and name == "*" and bound is None:
                yield Finding(
                    f"{statement.path} allows everybody ({kind}: *) under no condition that binds "
                    "the caller's account",
                    key,
                )
            elif name != "*" and not names_one(kind, name):
                yield Finding(
                    f"{statement.path} allows {kind}: {name}, which is nobody of AWS", key
                )
            elif kind != "AWS" and name == "*":
                yield Finding(f"{statement.path} allows every {kind}", key)


def names_one(kind: str, name: str) -> bool:
    """True for an account, an identity with its account, or a service of AWS."""
    if kind == "AWS":
        return bool(_ACCOUNT.fullmatch(name) or _IDENTITY.fullmatch(name))
    if kind == "Federated":
        return bool(_IDENTITY.fullmatch(name))
    return kind == "Service" and bool(_SERVICE.fullmatch(name))


def accounts(found: Sequence[Statement]) -> dict[str, str]:
    """Each account that an Allow lets in or, for an identity's policy, reaches: to its path."""
    named: dict[str, str] = {}
    for statement in found:
        for account in statement.accounts if statement.allow else ():
            named.setdefault(account, statement.path)
    return named


def _accounts(statement: Statement) -> Iterator[str]:
    for kind, name in statement.principals:
        if match := _ACCOUNT.fullmatch(name):
            yield match[0]
        elif match := _IDENTITY.fullmatch(name):
            yield match[1]
        elif name == "*" or kind == "Service":  # a service acts for whom the condition names
            yield from statement.callers or ()
    for resource in statement.resources:
        if match := ARN.fullmatch(resource):
            yield match[1]
