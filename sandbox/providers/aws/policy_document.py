"""aws.iam.getPolicyDocument: statements to JSON, spelled as the vendor's provider spells it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sandbox.providers.framework import Inputs, ProviderError


def policy_document(inputs: Inputs) -> tuple[str, str]:
    """The document indented by two spaces, and minified."""
    statements: list[dict[str, Any]] = []
    for source in [inputs.get("sourceJson"), *(inputs.get("sourcePolicyDocuments") or [])]:
        statements = _merged(statements, _statements_of(source))
    statements = _merged(statements, [_statement(item) for item in inputs.get("statements") or []])
    for override in [inputs.get("overrideJson"), *(inputs.get("overridePolicyDocuments") or [])]:
        statements = _merged(statements, _statements_of(override))
    document: dict[str, Any] = {"Version": inputs.get("version") or "2012-10-17"}
    if inputs.get("policyId"):
        document["Id"] = inputs["policyId"]
    document["Statement"] = statements
    return json.dumps(document, indent=2, ensure_ascii=False), json.dumps(
        document, separators=(",", ":"), ensure_ascii=False
    )


def _statement(item: Inputs) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if item.get("sid"):
        made["Sid"] = item["sid"]
    made["Effect"] = item.get("effect") or "Allow"
    for name, key in (
        ("actions", "Action"),
        ("notActions", "NotAction"),
        ("resources", "Resource"),
        ("notResources", "NotResource"),
    ):
        if item.get(name):
            made[key] = _one_or_many(item[name])
    for name, key in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if item.get(name):
            made[key] = _principals(item[name])
    conditions: dict[str, dict[str, Any]] = {}
    for condition in item.get("conditions") or []:
        tests = conditions.setdefault(condition["test"], {})
        # The order of a condition's values is kept, that of the other lists is not.
        values = [str(value) for value in condition["values"]]
        tests[condition["variable"]] = values[0] if len(values) == 1 else values
    if conditions:
        made["Condition"] = {
            test: dict(sorted(conditions[test].items())) for test in sorted(conditions)
        }
    return made


def _principals(items: Sequence[Inputs]) -> Any:
    merged: dict[str, list[str]] = {}
    for item in items:
        merged.setdefault(item["type"], []).extend(item["identifiers"])
    if merged == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_many(merged[kind]) for kind in sorted(merged)}


def _one_or_many(values: Sequence[str]) -> str | list[str]:
    unique = sorted(set(values), reverse=True)
    return unique[0] if len(unique) == 1 else unique


def _statements_of(text: str | None) -> list[dict[str, Any]]:
    if not text:
        return []
    try:
        found = json.loads(text).get("Statement") or []
    except (ValueError, AttributeError) as error:
        raise ProviderError(f"a source or override policy document is not JSON: {error}") from error
    return found if isinstance(found, list) else [found]


def _merged(into: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Statements with the same Sid replace each other, the others are added."""
    merged = list(into)
    for statement in more:
        sid = statement.get("Sid")
        index = next((i for i, item in enumerate(merged) if sid and item.get("Sid") == sid), None)
        if index is None:
            merged.append(statement)
        else:
            merged[index] = statement
    return merged
