"""What a resource type gives to the provider: a handler (what it does) and a rule (what it is).

A service module in `aws/services/` exports

    HANDLERS: dict[str, Handler]     # type token -> handler: `"aws:kms/key:Key": Key()`
    RULES: dict[str, TypeRule]       # type token -> rule; a type without one gets TypeRule()

The names, shapes and required inputs of a type, which of them AWS computes, and which are secret
to the SDK come from the installed SDK (schema.py); a rule says only what the SDK does not.

All values are plain Python with camelCase keys: dict, list, str, bool, int (whole numbers, also
where protobuf has a float), float, None. Secrets arrive unwrapped, `__defaults` removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from sandbox.providers.clients import Clients
from sandbox.providers.errors import ProviderError, code_of, explain, is_missing, made

__all__ = [
    "AutoName",
    "Clients",
    "Created",
    "Handler",
    "Inputs",
    "Outputs",
    "ProviderError",
    "TypeRule",
    "Validator",
    "code_of",
    "explain",
    "is_missing",
    "made",
    "tag_list",
    "tag_map",
]

Inputs = dict[str, Any]
Outputs = dict[str, Any]


class Created(str):
    """An id together with outputs that only the creation can tell (a generated password)."""

    __slots__ = ("outputs",)
    outputs: Outputs

    def __new__(cls, id: str, outputs: Outputs) -> Self:
        made = super().__new__(cls, id)
        made.outputs = outputs
        return made


class Handler(Protocol):
    """The cloud's side of one resource type. Any exception of boto3 may escape: it is explained."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        """Create the resource with `inputs["tagsAll"]` as its tags and give its id.

        Whatever follows the moment the id exists goes inside `with made(id):`, so that a failure
        there keeps the resource in the state. Creating what exists already is an error, as on AWS.
        """
        ...

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        """All outputs as the cloud has them now, or None when the resource is gone.

        Works from the id alone (`inputs` is {} on import). Tags go out as `tagsAll` (all that the
        cloud has); `tags`, `id` and `region` are filled in by the provider. A property that the
        cloud cannot tell (passwords, skipFinalSnapshot) is left out: its last value stays.
        """
        ...

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        """Bring the resource to `news`. `changed` has the top-level properties that differ from
        `olds` (the last outputs), `tagsAll` instead of `tags`.
        """
        ...

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        """Remove the resource and wait until it is gone. Not there (is_missing) is success."""
        ...


Validator = Callable[[Inputs], str | None]
"""Gives the text of the mistake or None. Unknown values are UNKNOWN (values.py)."""


@dataclass(frozen=True, slots=True)
class AutoName:
    """How a name left out is made: `<prefix><resource name>-<7 hex digits>`."""

    property: str = "name"
    prefix: str = ""
    max_length: int = 255
    lower: bool = False


@dataclass(frozen=True, slots=True)
class TypeRule:
    """What the SDK does not say about a type. Property names are those of Pulumi (camelCase)."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Truthy defaults that Check adds to the inputs (False, 0 and "" are never added)."""
    zeros: Mapping[str, Any] = field(default_factory=dict)
    """Falsy defaults: absent from the inputs, present in planned and final outputs."""
    nested_defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Truthy defaults in a property's objects: {"parameters": {"applyMethod": "immediate"}}."""
    auto_name: AutoName | None = AutoName()
    """Used only if the type has that input; None: never auto-named."""
    replaces: frozenset[str] | set[str] = frozenset()
    """Immutable properties. `region` is always one."""
    replaces_if: Mapping[str, Callable[[Outputs, Inputs], bool]] = field(default_factory=dict)
    """Properties that replace only for some changes: (old outputs, new inputs) -> replace?"""
    delete_before_replace: bool = False
    computed: frozenset[str] | set[str] = frozenset()
    """Unknown at preview when unset, though the SDK types them Optional."""
    optional_only: frozenset[str] | set[str] = frozenset()
    """Null at preview when unset, though the SDK types them non-Optional."""
    sets: frozenset[str] | set[str] = frozenset()
    """Lists without order; `ingress.cidrBlocks` names one inside the objects of another."""
    secrets: frozenset[str] | set[str] = frozenset()
    """Outputs that are always secret, beside those that the SDK marks."""
    same: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    """Properties with an equality of their own, (old, new): policies, a key's id and ARN."""
    write_only: frozenset[str] | set[str] = frozenset()
    """Never stored: left out of the outputs (`masterPasswordWo`)."""
    plugin_framework: bool = False
    """A type of Terraform's newer framework: no `__defaults`, no tagsAll among the inputs."""
    validators: tuple[Validator, ...] = ()
    """What Check refuses."""
    plan_validators: tuple[Validator, ...] = ()
    """What the plan refuses (Terraform's CustomizeDiff): in Diff and Create, preview or not."""


def tag_list(
    tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value"
) -> list[dict[str, str]]:
    """Tags as most AWS calls take them: [{"Key": ..., "Value": ...}] (KMS: TagKey, TagValue)."""
    return [{key: name, value: text} for name, text in (tags or {}).items()]


def tag_map(
    tags: list[dict[str, str]] | None, key: str = "Key", value: str = "Value"
) -> dict[str, str]:
    """Tags as Pulumi has them, without AWS's own (`aws:...`)."""
    return {tag[key]: tag.get(value, "") for tag in tags or [] if not tag[key].startswith("aws:")}
