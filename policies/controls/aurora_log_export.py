"""The database's log goes to a log group with a retention."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Level,
    Resource,
    Settings,
    Severity,
    Stack,
    Undecided,
    accepts,
    plain,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_INSTANCE

EXPORTS, LOG_GROUP, LOG = (
    "enabledCloudwatchLogsExports",
    "aws:cloudwatch/logGroup:LogGroup",
    "postgresql",
)


def check(database: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    props = database.props
    if LOG not in props.texts(EXPORTS):
        yield Finding(f"{EXPORTS} is {props.show(EXPORTS)}, but must hold {LOG}", property=EXPORTS)
        return
    kind, key = (
        ("instance", "identifier")
        if database.type == RDS_INSTANCE
        else ("cluster", "clusterIdentifier")
    )
    wanted = f"/aws/rds/{kind}/{plain(props.text(key) or '')}/{LOG}"
    by_name, unnamed = stack.once("log groups by name", lambda: _by_name(stack))
    if (group := by_name.get(wanted)) is not None:
        if not group.props.number("retentionInDays", absent=0.0):
            yield Finding(f"the log group {wanted} keeps its events for ever", property=EXPORTS)
        return
    if unnamed:
        raise Undecided("name", f"name the log group {wanted} in clear")
    # AWS makes the group itself when it is missing, without retention and without a key.
    yield Finding(f"no log group of this stack is named {wanted}", property=EXPORTS)


def _by_name(stack: Stack) -> tuple[dict[str, Resource], bool]:
    """The log groups by their known names, the first of two wins; and is one's name unknown?"""
    found: dict[str, Resource] = {}
    groups = stack.of(LOG_GROUP)
    for group in groups:
        if isinstance(name := group.props.raw("name"), str):
            found.setdefault(name, group)
    return found, any(not group.props.known("name") for group in groups)


NAME = "/aws/rds/cluster/aurora-cluster-test/postgresql"
DB = Item(RDS_CLUSTER, "db", {"clusterIdentifier": "aurora-cluster-test", EXPORTS: [LOG]})
GROUP = Item(LOG_GROUP, "group", {"name": NAME, "retentionInDays": 7.0})

CONTROL = Control(
    id="aurora-log-export",
    title="The PostgreSQL log is exported and kept",
    statement="Each database must export its postgresql log, into a log group of the stack that "
    "has a retention.",
    rationale="Who connected and what failed must be readable outside the database, and for a "
    "known time.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE),
    properties=(EXPORTS,),
    remediation='enabled_cloudwatch_logs_exports=["postgresql"], with an aws.cloudwatch.LogGroup '
    "named /aws/rds/cluster/NAME/postgresql",
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    stack_check=check,
    scenarios=lambda: (
        accepts("exported into a group of its own", DB, GROUP),
        refuses("no export", Item(RDS_CLUSTER, "db", {"clusterIdentifier": "x"}), says="absent"),
        refuses(
            "another log",
            Item(RDS_CLUSTER, "db", {"clusterIdentifier": "x", EXPORTS: ["upgrade"]}),
            says="upgrade",
        ),
        refuses("no group", DB, says="no log group"),
        refuses(
            "an instance without a group of its own",
            Item(RDS_INSTANCE, "i", {"identifier": "db-test", EXPORTS: [LOG]}),
            GROUP,
            says="/aws/rds/instance/db-test/postgresql",
        ),
        refuses("the wrong group", DB, Item(LOG_GROUP, "g", {"name": "/x"}), says="no log group"),
        refuses("a group without retention", DB, Item(LOG_GROUP, "g", {"name": NAME}), says="ever"),
        undecided("a group named by an output", DB, Item(LOG_GROUP, "g", {"name": UNKNOWN})),
        undecided("exports from an output", Item(RDS_CLUSTER, "db", {EXPORTS: UNKNOWN})),
    ),
)
