"""Reads configured values by type and gathers every mistake, so that all are told at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

Rule = str | Callable[[str], bool]


class Reader:
    """Typed access to one namespace of the stack's configuration.

    A value that breaks its rule is noted as one line that names key, value and rule, and a
    harmless stand-in is returned, so that reading goes on to the next mistake.

    Attributes:
        mistakes: one line each, in the order in which they were found.
    """

    def __init__(self, namespace: str, values: Mapping[str, str]) -> None:
        self._namespace = namespace
        self._values = values
        self._known: list[str] = []
        self.mistakes: list[str] = []

    def refuse(self, key: str, rule: str, value: object = None) -> None:
        """Notes that a key's value breaks a rule; `value` where it is a part of what is written."""
        shown = self._values.get(key, "") if value is None else value
        self.mistakes.append(f"{self._namespace}:{key} is {json.dumps(shown)}: {rule}")

    def text(self, key: str, rule: str, holds: Rule = ".*") -> str:
        """A text that obeys a rule: a regular expression, or a function that says yes."""
        value = self._raw(key)
        if value is None:
            return ""
        if not _obeys(value, holds):
            self.refuse(key, rule)
        return value

    def integer(self, key: str, low: int, high: int, unit: str) -> int:
        """A whole number between two bounds, both included; a port where the unit is `port`."""
        value = self._raw(key)
        if value is None:
            return low
        if re.fullmatch(r"-?\d{1,9}", value) and low <= int(value) <= high:
            return int(value)
        what = "a port" if unit == "port" else f"a whole number of {unit}"
        self.refuse(key, f"write {what} from {low} to {high}")
        return low

    def choice(self, key: str, allowed: tuple[int, ...], unit: str) -> int:
        """A whole number out of a list."""
        value = self._raw(key)
        if value is None:
            return allowed[0]
        if value.isdecimal() and int(value) in allowed:
            return int(value)
        shown = ", ".join(str(each) for each in allowed)
        self.refuse(key, f"write one of these numbers of {unit}: {shown}")
        return allowed[0]

    def boolean(self, key: str) -> bool:
        """True or false."""
        value = self._raw(key)
        if value is None:
            return False
        if value not in {"true", "false"}:
            self.refuse(key, "write true or false")
        return value == "true"

    def capacity(self, key: str, low: float, high: float) -> float:
        """Aurora capacity units, in steps of a half."""
        value = self._raw(key)
        if value is None:
            return low
        if re.fullmatch(r"\d{1,3}(\.\d)?", value):
            number = float(value)
            if low <= number <= high and (number * 2).is_integer():
                return number
        self.refuse(key, f"write capacity units from {low:g} to {high:g} in steps of 0.5")
        return low

    def texts(self, key: str, rule: str, holds: Rule) -> tuple[str, ...]:
        """A list of different texts, each of which obeys a rule."""
        value = self._raw(key)
        if value is None:
            return ()
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = None
        if not isinstance(parsed, list) or not all(isinstance(each, str) for each in parsed):
            self.refuse(key, "write a list of texts")
            return ()
        for each in parsed:
            if not _obeys(each, holds):
                self.refuse(key, rule, each)
        for each in sorted({each for each in parsed if parsed.count(each) > 1}):
            self.refuse(key, "write it once", each)
        return tuple(parsed)

    def refuse_unknown(self) -> None:
        """Notes each key of the namespace that nothing has read, with the nearest that exists."""
        for key in sorted(set(self._values) - set(self._known)):
            near = get_close_matches(key, self._known, n=1, cutoff=0.0)
            self.mistakes.append(
                f"{self._namespace}:{key} is no setting of this program: "
                f"write {near[0] if near else 'another name'}, or remove it"
            )

    def _raw(self, key: str) -> str | None:
        self._known.append(key)
        value = self._values.get(key)
        if value is None:
            self.mistakes.append(
                f"{self._namespace}:{key} is missing: keep its default in Pulumi.yaml"
            )
        return value


def _obeys(value: str, rule: Rule) -> bool:
    if isinstance(rule, str):
        return re.fullmatch(rule, value) is not None
    return rule(value)
