"""Every security group and every rule says what it is for."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Level,
    Props,
    Resource,
    Settings,
    Severity,
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._network import DEFAULT_GROUP, EGRESS_RULE, GROUP, INGRESS_RULE, RULE, VPC, tcp
from ._rules import rules

UNSAID = ("", "Managed by Pulumi", "Managed by Terraform")


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if resource.type != DEFAULT_GROUP and not _says(resource.props):
        yield Finding(f"{resource.name} has no description", property="description")
    if resource.type in (GROUP, DEFAULT_GROUP):
        for direction in ("ingress", "egress"):
            for rule in rules(resource, direction):
                if not _says(rule.props):
                    path = rule.path("description")
                    yield Finding(f"{path} is absent ({rule.shown()})", property=path)


def _says(props: Props) -> bool:
    return (props.text("description") or "").strip() not in UNSAID


def group(description: Value, *ingress: Value) -> Item:
    return Item(GROUP, "group", {"description": description, "ingress": list(ingress)})


CONTROL = Control(
    id="rules-described",
    title="Groups and rules are described",
    statement="Each security group and each of its rules must have a description of its own.",
    rationale="A reviewer can only tell a rule that is still needed from one that is not when it "
    "says whom it serves.",
    severity=Severity.LOW,
    owner="network engineering",
    subjects=(GROUP, DEFAULT_GROUP, RULE, INGRESS_RULE, EGRESS_RULE),
    properties=("description",),
    remediation='description="PostgreSQL from the VPC"',
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    check=check,
    scenarios=lambda: (
        accepts("both described", group("database", tcp(5432.0, description="from the VPC"))),
        accepts("a group without rules", group("database")),
        accepts("a rule resource", Item(RULE, "rule", {"description": "from the VPC"})),
        accepts("an emptied default group", Item(DEFAULT_GROUP, "default", {"ingress": []})),
        refuses(
            "the provider's own words", group("Managed by Pulumi"), says="group has no description"
        ),
        refuses("a group without", group(None), says="group has no description"),
        refuses("blanks", group("  "), says="group has no description"),
        refuses(
            "a rule without",
            group("database", tcp(5432.0)),
            says="ingress[0].description is absent (tcp 5432)",
        ),
        refuses(
            "a rule resource without",
            Item(INGRESS_RULE, "rule", {}),
            says="rule has no description",
        ),
        refuses(
            "an egress rule in its group without",
            Item(GROUP, "g", {"description": "database", "egress": [tcp(5432.0)]}),
            says="egress[0].description is absent (tcp 5432)",
        ),
        refuses(
            "an egress rule without", Item(EGRESS_RULE, "rule", {}), says="rule has no description"
        ),
        undecided("words known at deploy time", group(UNKNOWN)),
        refuses("no text", group(5.0), says="must be a text"),
        ignores("a VPC", Item(VPC, "vpc", {})),
    ),
)
