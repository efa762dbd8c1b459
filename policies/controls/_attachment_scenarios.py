"""Scenarios of role-attachments."""

from __future__ import annotations

from core import (
    UNKNOWN,
    Item,
    Scenario,
    Value,
    accepts,
    refuses,
    undecided,
)

from ._types import POLICY, ROLE, ROLE_ATTACHMENT


def attachment(arn: Value, *policies: str) -> Item:
    return Item(ROLE_ATTACHMENT, "a", {"policyArn": arn}, needs={"policyArn": policies})


def role(arns: Value, *policies: str) -> Item:
    return Item(ROLE, "r", {"managedPolicyArns": arns}, needs={"managedPolicyArns": policies})


NEW = Item(POLICY, "p", {"arn": UNKNOWN})
OLD = Item(POLICY, "p", {"arn": "arn:aws:iam::111122223333:policy/p-test"})
MONITORING = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

SCENARIOS: tuple[Scenario, ...] = (
    accepts("a policy of the stack, new", NEW, attachment(UNKNOWN, "p")),
    accepts("a policy of the stack, deployed", OLD, attachment(OLD.props["arn"])),
    accepts("enhanced monitoring", attachment(MONITORING)),
    accepts("a role without any", role(None)),
    accepts("a role, new, without any", role(UNKNOWN)),
    accepts("in the role", NEW, role([UNKNOWN, MONITORING], "p")),
    refuses("administrator", attachment(ADMIN), says="AdministratorAccess"),
    refuses("administrator in the role", role([MONITORING, ADMIN]), says="AdministratorAccess"),
    refuses(
        "full access to Kinesis",
        attachment("arn:aws:iam::aws:policy/AmazonKinesisFullAccess"),
        says="no policy of this stack",
    ),
    refuses(
        "another stack's",
        OLD,
        attachment("arn:aws:iam::111122223333:policy/q"),
        says="no policy of",
    ),
    refuses(
        "a look-alike",
        attachment(MONITORING.replace("::aws:", "::999988887777:")),
        says="no policy of",
    ),
    refuses(
        "computed from something else",
        Item(ROLE, "r"),
        attachment(UNKNOWN, "r"),
        says="comes from no policy",
    ),
    refuses("empty", attachment(None), says="policyArn is absent"),
    refuses(
        "no boundary at all",
        Item(ROLE, "r", {"permissionsBoundary": ADMIN}),
        says="bounds nothing",
    ),
    refuses(
        "no boundary, at a first preview",
        Item(ROLE, "r", {"permissionsBoundary": ADMIN}, computed=("managedPolicyArns",)),
        says="bounds nothing",
    ),
    undecided(
        "one of two",
        NEW,
        Item(POLICY, "q", {"arn": UNKNOWN}),
        role([UNKNOWN, UNKNOWN, UNKNOWN], "p", "q"),
        says="may be one",
    ),
    *(
        accepts(f"AWS's {name}", attachment(f"arn:aws:iam::aws:policy/service-role/{name}"))
        for name in ("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole")
    ),
    refuses("from nowhere", attachment(UNKNOWN), says="comes from no policy"),
    refuses(
        "all of a role from elsewhere",
        Item(ROLE, "q"),
        role(UNKNOWN, "q"),
        says="comes from no policy",
    ),
)
