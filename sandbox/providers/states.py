"""Outputs: what a plan promises, what the cloud answered, and the inputs an import implies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox.providers.checking import Scope, all_tags
from sandbox.providers.comparing import equal
from sandbox.providers.framework import Inputs, Outputs, TypeRule
from sandbox.providers.schema import TypeSchema
from sandbox.providers.values import DEFAULTS, UNKNOWN, is_zero, without_defaults


def computed(schema: TypeSchema, rule: TypeRule, name: str) -> bool:
    """Whether AWS fills in an output that the inputs leave out."""
    return (schema.is_computed(name) or name in rule.computed) and name not in rule.optional_only


def planned(
    schema: TypeSchema, rule: TypeRule, scope: Scope, inputs: Inputs, olds: Outputs | None = None
) -> Outputs:
    """The outputs of a preview: computed ones are unknown on create and stay on update."""
    plain = without_defaults(inputs)
    outputs: Outputs = {"id": UNKNOWN if olds is None else olds.get("id", UNKNOWN)}
    for name in schema.outputs:
        if _write_only(rule, name):
            outputs[name] = None
        elif plain.get(name) is not None:
            outputs[name] = plain[name]
        elif name in rule.zeros:
            outputs[name] = rule.zeros[name]
        elif name == "tagsAll":
            outputs[name] = all_tags(scope, plain)
        elif name == "region" and scope.region:
            outputs[name] = scope.region
        elif computed(schema, rule, name):
            outputs[name] = UNKNOWN if olds is None else olds.get(name)
        else:
            outputs[name] = None
    return outputs


def deployed(
    schema: TypeSchema,
    rule: TypeRule,
    scope: Scope,
    id: str,
    read: Outputs,
    inputs: Inputs,
    olds: Outputs,
) -> Outputs:
    """The outputs of what exists: the cloud's answer first, then inputs, then the old state."""
    plain = without_defaults(inputs)
    outputs: Outputs = {"id": id}
    for name in schema.outputs:
        if _write_only(rule, name):
            outputs[name] = None
        elif name in read:
            outputs[name] = _as_written(rule, name, read[name], plain.get(name, olds.get(name)))
        elif plain.get(name) is not None:
            outputs[name] = plain[name]
        elif name in rule.zeros:
            outputs[name] = rule.zeros[name]
        elif computed(schema, rule, name) or not inputs:
            outputs[name] = olds.get(name)
        else:
            outputs[name] = None
    if "tagsAll" in read and "tags" not in read:
        outputs["tags"] = _own_tags(scope, read["tagsAll"] or {}, plain, olds)
    if "region" in schema.outputs and "region" not in read:
        outputs["region"] = plain.get("region") or olds.get("region") or scope.region
    return outputs


def implied_inputs(schema: TypeSchema, rule: TypeRule, outputs: Outputs) -> Inputs:
    """The inputs of an imported resource: what its outputs say about its input properties."""
    inputs: Inputs = {}
    for name in schema.inputs:
        value = outputs.get(name)
        if is_zero(value) or (rule.defaults.get(name) == value and name in rule.defaults):
            continue
        inputs[name] = value
    for name, value in rule.defaults.items():
        if name in schema.inputs and name not in inputs and outputs.get(name) in (None, value):
            inputs[name] = value
    if not rule.plugin_framework:
        if "tagsAll" in schema.outputs:
            inputs["tagsAll"] = outputs.get("tagsAll") or {}
        inputs[DEFAULTS] = []
    return inputs


def refreshed_inputs(
    schema: TypeSchema, rule: TypeRule, inputs: Inputs, outputs: Outputs
) -> Inputs:
    """The old inputs with what has drifted replaced by what the cloud has now."""
    fresh: Inputs = {}
    for name, value in inputs.items():
        now = outputs.get(name)
        if (
            name.startswith("__")
            or name not in schema.outputs
            or _write_only(rule, name)
            or equal(now, without_defaults(value), rule, name)
        ):
            fresh[name] = value
        elif now is not None:
            fresh[name] = now
    return fresh


def _as_written(rule: TypeRule, name: str, value: Any, written: Any) -> Any:
    """The value as the user spelled it where that means the same; sets sorted otherwise."""
    same = rule.same.get(name)
    if same and written is not None and value is not None and same(value, written):
        return written
    return _sorted_sets(rule, name, value)


def _sorted_sets(rule: TypeRule, path: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted_sets(rule, f"{path}.{key}", item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_sorted_sets(rule, path, item) for item in value]
        if path in rule.sets:
            items.sort(key=lambda item: json.dumps(item, sort_keys=True))
        return items
    return value


def _own_tags(
    scope: Scope, tags: Mapping[str, str], inputs: Inputs, olds: Outputs
) -> dict[str, str] | None:
    """The tags that do not come from the provider's defaults; None when there are none."""
    written = {**(olds.get("tags") or {}), **(inputs.get("tags") or {})}
    defaults = scope.default_tags or {}
    own = {
        key: value for key, value in tags.items() if key in written or defaults.get(key) != value
    }
    return own or None


def _write_only(rule: TypeRule, name: str) -> bool:
    return name in rule.write_only or name.endswith("Wo")
