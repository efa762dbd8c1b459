"""The random package: its configuration is empty, its resources live in the state alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.providers.checking import Scope
from sandbox.providers.framework import Handler, Inputs, TypeRule
from sandbox.providers.plugin import Invoke
from sandbox.providers.random.resources import HANDLERS, RULES


class RandomPackage:
    """What makes the shared provider the random one."""

    name = "random"

    def rule(self, token: str) -> TypeRule:
        """The rule of a type."""
        return RULES.get(token, TypeRule(plugin_framework=True))

    def handler(self, token: str) -> Handler | None:
        """What generates a type's value."""
        return HANDLERS.get(token)

    def invoke(self, token: str) -> Invoke | None:
        """The package has no functions."""
        return None

    def check_config(self, news: Inputs) -> tuple[Inputs, list[str]]:
        """There is nothing to configure."""
        return dict(news), []

    def configure(self, args: Mapping[str, Any]) -> tuple[Scope, None]:
        """There is nothing to configure."""
        return Scope(), None
