"""State and cloud, property by property: what Pulumi last knew is what the cloud answers now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from evidence import gaps
from evidence.live import missing_permission

from .conftest import Prove
from .inventory import GoneError
from .properties import ASKED_ELSEWHERE, READERS
from .properties.shape import same
from .stack import Cloud, Deployed, Resource
from .test_names_and_tags import NOT_THERE, resources

GAPS = gaps.read(Path(__file__).with_name("not_visible.json"))

EMULATOR_GAPS = {k for k, gap in GAPS.properties.items() if gap.code == "emulator gap"}


def state_of(resource: Resource) -> dict[str, Any]:
    """What the state knows of a resource: what it was given, and what came back."""
    given = {k: v for k, v in resource.inputs.items() if not k.startswith("__")}
    return {**given, **resource.outputs}


def unread(resource: Resource, live: dict[str, Any]) -> list[str]:
    """Properties that the program sets and that are neither read here nor have a code."""
    known = set(live) | set(ASKED_ELSEWHERE)
    known |= {name for kind, name in GAPS.properties if kind == resource.type}
    return sorted(k for k in resource.inputs if not k.startswith("__") and k not in known)


@pytest.mark.requirement("REQ-TEST-2")
def test_every_property_is_what_the_state_says(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    found = resources(stack)
    assert found, "the state holds no resource"
    for resource in found:
        subject = {"type": resource.type, "arn": resource.live_id, "name": resource.name}
        with prove(**subject, urn=resource.urn) as check:
            read = READERS.get(resource.type)
            if read is None:
                check.expect("reader of its properties", "one", "none", False)
                continue
            try:
                live = dict(read(check, cloud, resource))
            except (GoneError, ClientError) as error:
                if not gone(error):
                    raise
                check.does_not_apply(NOT_THERE)
                continue
            state = state_of(resource)
            for name in sorted(live):
                # a default tag of the provider is not among the program's own
                if cloud.emulated and (resource.type, name) in EMULATOR_GAPS:
                    continue  # the sandbox does not show it; AWS does, and there it is compared
                if name in state and not (name == "tags" and "tagsAll" in state):
                    value = live[name]
                    check.compare(name, state[name], value, same(name, state[name], value))
            check.examined(properties=len(live), set_by_the_program=len(resource.inputs))
            left = unread(resource, live)
            if left:
                check.expect("set by the program and compared with nothing", [], left)


def gone(error: Exception) -> bool:
    """True when a service says that there is no such resource."""
    if isinstance(error, GoneError):
        return True
    code = str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
    return not missing_permission(error) and ("NotFound" in code or "NoSuch" in code)
