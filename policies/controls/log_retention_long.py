"""In production the database's and the network's logs are kept for a year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Level,
    NotASubject,
    Resource,
    Settings,
    Severity,
    Stack,
    Value,
    accepts,
    ignores,
    plain,
    refuses,
    undecided,
)

from ._numbers import amount
from ._types import FLOW_LOG, LOG_GROUP

MIN_DAYS = 365
_DATABASE = re.compile(r"/aws/rds/(cluster|instance)/[^/]+/[^/]+")


def stack_check(resource: Resource, stack: Stack, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if not (_DATABASE.fullmatch(props.text("name") or "") or _of_flows(resource, stack)):
        raise NotASubject("it holds neither a database's log nor flow logs")
    if amount(props, "retentionInDays", absent=0) < MIN_DAYS:
        yield Finding(
            f"retentionInDays is {props.show('retentionInDays')}, "
            f"but database and flow logs must be kept for {MIN_DAYS} days or more",
            property="retentionInDays",
        )


def _of_flows(group: Resource, stack: Stack) -> bool:
    """True when a flow log of the stack writes here, by graph or by the name in the ARN."""
    urns, names = stack.once("where flow logs write", lambda: _destinations(stack))
    return group.urn in urns or _name(group) in names


def _destinations(stack: Stack) -> tuple[set[str], set[object]]:
    """The log groups of the stack's flow logs: by graph their urns, by ARN their names."""
    urns: set[str] = set()
    names: set[object] = set()
    for flow in stack.of(FLOW_LOG):
        target = flow.props.raw("logDestination")
        arn = target.removesuffix(":*") if isinstance(target, str) else ""
        _, *tails = arn.split(":log-group:")
        names |= {":log-group:".join(tails[at:]) for at in range(len(tails))}
        urns |= {g.urn for g in stack.sources(flow, "logDestination", LOG_GROUP)}
    return urns, names


def _name(group: Resource) -> str:
    name = group.props.raw("name")
    return plain(name) if isinstance(name, str) else "?"


def group(days: Value, name: str = "/aws/rds/cluster/db-prod/postgresql") -> Item:
    return Item(LOG_GROUP, "l", {"retentionInDays": days, "name": name, "arn": UNKNOWN})


FLOWS = Item(FLOW_LOG, "f", {"logDestination": UNKNOWN}, needs={"logDestination": ("l",)})
ARN = "arn:aws:logs:sa-east-1:111122223333:log-group:flows-prod"

CONTROL = Control(
    id="log-retention-long",
    title="Database and flow logs are kept for a year",
    statement="In production log groups of databases and of flow logs must keep events for at "
    "least 365 days.",
    rationale="An intrusion is found after months; PCI DSS 10.5.1 asks for twelve.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(LOG_GROUP,),
    properties=("retentionInDays",),
    remediation="retention_in_days=365",
    levels={"baseline": Level.OFF, "production": Level.MANDATORY},
    stack_check=stack_check,
    scenarios=lambda: (
        accepts("a year", group(365.0)),
        accepts("flow logs for two years", group(731.0, "flows-prod"), FLOWS),
        refuses("a week", group(7.0), says="is 7"),
        refuses("364 days", group(364.0), says="is 364"),
        refuses("left out", group(None), says="is absent"),
        refuses("an instance's log", group(7.0, "/aws/rds/instance/db/upgrade"), says="is 7"),
        refuses("flow logs by graph", group(7.0, "flows-prod"), FLOWS, says="is 7"),
        refuses(
            "flow logs by ARN",
            group(7.0, "flows-prod"),
            Item(FLOW_LOG, "f", {"logDestination": f"{ARN}:*"}),
            says="is 7",
        ),
        refuses(
            "flow logs by ARN, the name like a part of it",
            group(7.0, "x:log-group:y"),
            Item(FLOW_LOG, "f", {"logDestination": f"{ARN}:log-group:x:log-group:y"}),
            says="is 7",
        ),
        ignores("a group without a name yet", Item(LOG_GROUP, "l")),
        ignores("a stream's log", group(7.0, "/aws/kinesis/s-prod")),
        ignores(
            "flow logs elsewhere", group(7.0, "x"), Item(FLOW_LOG, "f", {"logDestination": ARN})
        ),
        undecided("days from an output", group(UNKNOWN)),
    ),
)
