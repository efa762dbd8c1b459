"""The expressions of GitHub's workflows, as far as the shipped ones use them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|!|\(|\)|[\w.-]+)")


class Expression:
    """`a && b || c`, `==`, `!=`, `!`, texts, contexts, and the four status functions."""

    def __init__(self, text: str, context: Mapping[str, Any], fine: bool = True):
        self.context, self.fine = context, fine
        self.tokens: list[str] = []
        at = 0
        text = text.strip()
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, f"this expression is not understood: {text[at:]}"
            self.tokens.append(found[1])
            at = found.end()

    def value(self) -> Any:
        """What it comes to."""
        found = self._or()
        assert not self.tokens, f"this is left of the expression: {self.tokens}"
        return found

    def _or(self) -> Any:
        found = self._and()
        while self._next("||"):
            other = self._and()
            found = found or other
        return found

    def _and(self) -> Any:
        found = self._equal()
        while self._next("&&"):
            other = self._equal()
            found = found and other
        return found

    def _equal(self) -> Any:
        found = self._not()
        for sign in ("==", "!="):
            if self._next(sign):
                same = str(found).casefold() == str(self._not()).casefold()
                return same if sign == "==" else not same
        return found

    def _not(self) -> Any:
        if self._next("!"):
            return not self._not()
        return self._one()

    def _one(self) -> Any:
        if self._next("("):
            found = self._or()
            assert self._next(")")
            return found
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self._next("("):
            assert self._next(")"), f"{token} takes no arguments here"
            return {
                "always": True,
                "cancelled": False,
                "success": self.fine,
                "failure": not self.fine,
            }[token]
        named: Any = self.context
        for part in token.split("."):
            named = named.get(part, "") if isinstance(named, Mapping) else ""
        return named

    def _next(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False


def substituted(text: str, context: Mapping[str, Any]) -> str:
    """The text with each `${{ ... }}` replaced by its value."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(Expression(m[1], context).value() or ""), text)
