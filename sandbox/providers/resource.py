"""One resource type in one process: its schema and rule, and its life in the cloud by a handler."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf import struct_pb2

from sandbox.providers.checking import Scope, all_tags
from sandbox.providers.comparing import Difference, difference
from sandbox.providers.errors import ProviderError, explain
from sandbox.providers.framework import Clients, Created, Handler, Inputs, Outputs, TypeRule
from sandbox.providers.schema import TypeSchema
from sandbox.providers.states import deployed, implied_inputs, planned, refreshed_inputs
from sandbox.providers.values import to_struct, without_defaults


class PartialFailureError(Exception):
    """A step failed after its resource existed: the engine keeps the outputs sent along."""

    def __init__(self, id: str, outputs: Outputs, inputs: Inputs, reason: str) -> None:
        super().__init__(reason)
        self.id, self.outputs, self.inputs = id, outputs, inputs


@dataclass(frozen=True, slots=True)
class Resource:
    """What can be told about a resource without asking the cloud."""

    schema: TypeSchema
    rule: TypeRule
    scope: Scope

    def struct(self, values: Outputs) -> struct_pb2.Struct:
        """Values for the engine, the secret ones marked."""
        return to_struct(values, self.schema.secrets | self.rule.secrets)

    def accept(self, inputs: Inputs) -> None:
        """Raise ProviderError for what Terraform refuses when it plans."""
        plain = without_defaults(inputs)
        for validate in self.rule.plan_validators:
            if text := validate(plain):
                raise ProviderError(text)

    def plan(self, inputs: Inputs, olds: Outputs | None = None) -> Outputs:
        """The outputs that a preview promises."""
        return planned(self.schema, self.rule, self.scope, inputs, olds)

    def diff(self, olds: Outputs, news: Inputs, ignored: frozenset[str]) -> Difference:
        """What differs. Types of the newer framework show all tags in their outputs only."""
        if self.rule.plugin_framework and "tagsAll" in self.schema.outputs:
            news = {**news, "tagsAll": all_tags(self.scope, news)}
        return difference(self.schema, self.rule, olds, news, ignored)

    def implied(self, outputs: Outputs) -> Inputs:
        """The inputs of an import."""
        return implied_inputs(self.schema, self.rule, outputs)

    def refreshed(self, inputs: Inputs, outputs: Outputs) -> Inputs:
        """The inputs after a refresh."""
        return refreshed_inputs(self.schema, self.rule, inputs, outputs)

    def for_handler(self, inputs: Inputs) -> Inputs:
        """The inputs as handlers get them: no bookkeeping, all defaults, and tagsAll always."""
        if not inputs:
            return {}
        # Terraform sends the falsy defaults as well, though Check does not show them.
        plain = {**self.rule.zeros, **without_defaults(inputs)}
        if self.rule.plugin_framework and self.scope.default_tags is not None:
            plain["tagsAll"] = {**self.scope.default_tags, **(plain.get("tags") or {})}
        return plain


@dataclass(frozen=True, slots=True)
class LiveResource:
    """A resource and what reaches it."""

    resource: Resource
    handler: Handler
    aws: Clients

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """The id and outputs of a new resource."""
        try:
            id = self.handler.create(self.aws, self.resource.for_handler(inputs))
        except ProviderError as error:
            if error.id is None:
                raise
            outputs = self._after_failure(error.id, inputs, {})
            raise PartialFailureError(error.id, outputs, inputs, str(error)) from error
        return id, self._after(id, inputs, id.outputs if isinstance(id, Created) else {})

    def update(self, id: str, olds: Outputs, news: Inputs, ignored: frozenset[str]) -> Outputs:
        """The outputs after a change in place."""
        changed = self.resource.diff(olds, news, ignored).changed
        try:
            self.handler.update(self.aws, id, olds, self.resource.for_handler(news), changed)
        except Exception as error:
            outputs = self._after_failure(id, news, olds)
            raise PartialFailureError(id, outputs, news, explain(error)) from error
        return self._after(id, news, olds)

    def read(self, id: str, inputs: Inputs, olds: Outputs) -> tuple[str, Outputs] | None:
        """The id and outputs that the cloud tells; None when the resource is gone."""
        read = self.handler.read(self.aws, id, self.resource.for_handler(inputs))
        if read is None:
            return None
        found = str(read.pop("id", id))
        return found, self._outputs(found, read, inputs, olds)

    def delete(self, id: str, state: Outputs) -> None:
        """Remove it."""
        self.handler.delete(self.aws, id, state)

    def _after(self, id: str, inputs: Inputs, olds: Outputs) -> Outputs:
        """The outputs right after a write; a failure in reading them keeps the resource."""
        reason = f"{self.resource.schema.token} {id} was made but the sandbox's AWS has none"
        try:
            found = self.read(id, inputs, olds)
        except Exception as error:
            outputs = self._outputs(id, {}, inputs, olds)
            raise PartialFailureError(id, outputs, inputs, explain(error)) from error
        if found is None:
            raise PartialFailureError(id, self._outputs(id, {}, inputs, olds), inputs, reason)
        return {**found[1], "id": id}

    def _after_failure(self, id: str, inputs: Inputs, olds: Outputs) -> Outputs:
        """The outputs after a failure half-way, as well as they can be told."""
        try:
            found = self.read(id, inputs, olds)
        except Exception:  # noqa: BLE001 - the failure that led here is the one to tell
            found = None
        return found[1] if found else olds or self._outputs(id, {}, inputs, {})

    def _outputs(self, id: str, read: Outputs, inputs: Inputs, olds: Outputs) -> Outputs:
        known = self.resource
        return deployed(known.schema, known.rule, known.scope, id, read, inputs, olds)
