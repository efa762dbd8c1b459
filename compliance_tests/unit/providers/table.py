"""The lifecycle table: one row for each resource type that the sandbox deploys."""

from __future__ import annotations

from compliance_tests.unit.providers import (
    cases_cache,
    cases_data,
    cases_ec2,
    cases_operations,
    cases_random,
    cases_rds,
)
from compliance_tests.unit.providers.case import Case

CASES: tuple[Case, ...] = (
    *cases_ec2.CASES,
    *cases_data.CASES,
    *cases_rds.CASES,
    *cases_cache.CASES,
    *cases_operations.CASES,
    *cases_random.CASES,
)
