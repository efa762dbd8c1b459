"""The lifecycle table: one row for each resource type that the sandbox deploys."""

from __future__ import annotations

from compliance_tests.unit.providers import (
    cases_cloudwatch,
    cases_ec2,
    cases_elasticache,
    cases_iam,
    cases_kinesis,
    cases_kms,
    cases_random,
    cases_rds,
    cases_secretsmanager,
)
from compliance_tests.unit.providers.case import Case

CASES: tuple[Case, ...] = (
    *cases_ec2.CASES,
    *cases_kms.CASES,
    *cases_kinesis.CASES,
    *cases_secretsmanager.CASES,
    *cases_rds.CASES,
    *cases_elasticache.CASES,
    *cases_cloudwatch.CASES,
    *cases_iam.CASES,
    *cases_random.CASES,
)
