"""One change behind the engine's back: what it does, which resource it hits, who must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compliance_tests.deployed.stack import Cloud, Deployed

#: An account that is none of ours.
FOREIGN = "arn:aws:iam::999999999999:root"
#: Who notices what no test of its own examines: the comparison of state and cloud.
COMPARISON = "drift"


@dataclass(frozen=True)
class Here:
    """The deployed stack and its cloud, as whoever changes something by hand has them."""

    stack: Deployed
    cloud: Cloud

    def __getitem__(self, service: str) -> Any:
        """The client of a service."""
        return self.cloud[service]

    @property
    def suffix(self) -> str:
        return self.stack.suffix

    def out(self, name: str) -> str:
        """An output that is a text."""
        return str(self.stack.output(name))

    def key(self, service: str = "kinesis") -> str:
        """The id of the key of one service."""
        return self.out(f"{service}_kms_key_id")

    def one(self, type_: str) -> str:
        """The id of the stack's only resource of a type."""
        (found,) = self.stack.ids(type_)
        return found


Act = Callable[[Here], str]


@dataclass(frozen=True)
class Change:
    """A change; `act` makes it and gives the name of what it changed.

    `noticed` are the controls, or the requirements of tests without one, that turn red, and no
    others; the first is the one whose line in the verification's output must name the resource.
    """

    name: str
    noticed: tuple[str, ...]
    act: Act


class Changes(list[Change]):
    """The changes of one module, in the order in which they stand there."""

    def __call__(self, *noticed: str) -> Callable[[Act], Act]:
        """Registers what a function does as a change of the function's name."""

        def register(act: Act) -> Act:
            self.append(Change(act.__name__.replace("_", " "), noticed, act))
            return act

        return register
