"""The lifecycle table: one row for each resource type that the sandbox deploys."""

from __future__ import annotations

from compliance_tests.unit.providers import cases_ec2, cases_random
from compliance_tests.unit.providers.case import Case

CASES: tuple[Case, ...] = (*cases_ec2.CASES, *cases_random.CASES)
