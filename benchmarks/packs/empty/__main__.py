"""What pulumi-policy itself costs: one policy that never speaks, in the usual way."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def nothing(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Say nothing."""


PolicyPack(
    name="empty",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="none", description="Nothing.", validate=nothing)],
)
