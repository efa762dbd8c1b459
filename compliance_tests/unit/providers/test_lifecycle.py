"""Each handler lives through create, read, update, replace, delete, import and drift."""

from __future__ import annotations

import pytest

from compliance_tests.unit.providers import lifecycle
from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.engine import engine_for
from compliance_tests.unit.providers.table import CASES
from compliance_tests.unit.providers.world import World


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_resource_lives_and_goes(case: Case, world: World) -> None:
    lifecycle.run(case, engine_for(case.token), world)
