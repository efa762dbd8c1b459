"""Scenarios of aurora-tls: parameter groups attached by name and by graph."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Value, accepts, refuses, undecided

from ._stores import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from ._types import CLUSTER_PARAMETERS, INSTANCE_PARAMETERS, PROXY

OWN = "dbClusterParameterGroupName"
OVER = "dbParameterGroupName"


def parameter(value: Value, name: str = "rds.force_ssl") -> Value:
    return {"name": name, "value": value, "applyMethod": "immediate"}


def group(*parameters: Value, type_: str = CLUSTER_PARAMETERS, known: Value = "pg-test") -> Item:
    return Item(type_, "pg", {"name": known, "id": UNKNOWN, "parameters": list(parameters)})


def cluster(value: Value = "pg-test", *sources: str, engine: Value = "aurora-postgresql") -> Item:
    return Item(RDS_CLUSTER, "db", {"engine": engine, OWN: value}, needs={OWN: sources})


def member(value: Value, *sources: str) -> Item:
    return Item(RDS_CLUSTER_INSTANCE, "i", {OVER: value}, needs={OVER: sources})


ON = parameter("1")
OFF = parameter("0")
INSTANCE = Item(RDS_INSTANCE, "i", {"engine": "postgres", "parameterGroupName": "pg-test"})
SLOW = parameter("500", "log_min_duration_statement")


def over(*parameters: Value) -> Item:
    return group(*parameters, type_=INSTANCE_PARAMETERS)


SCENARIOS: tuple[Scenario, ...] = (
    accepts("attached by name", group(ON, SLOW), cluster()),
    accepts("attached by graph", group(ON, known=UNKNOWN), cluster(UNKNOWN, "pg")),
    accepts("1 as a number", group(parameter(1.0)), cluster()),
    accepts(
        "MySQL", group(parameter("ON", "require_secure_transport")), cluster(engine="aurora-mysql")
    ),
    accepts("an instance of its own", over(ON), INSTANCE),
    accepts("a member left to AWS", member(UNKNOWN)),
    accepts("a member under AWS's group", member("default.aurora-postgresql15")),
    accepts("a member under a group about logs", over(SLOW), member("pg-test")),
    accepts("a member under a group that says so too", over(ON), member("pg-test")),
    refuses("left to AWS", cluster(UNKNOWN), says="not set by this stack"),
    refuses("null", cluster(None), says="not set by this stack"),
    refuses("AWS's group", cluster("default.aurora-postgresql15"), says="no parameter group"),
    refuses("a group of another stack", cluster("pg-other"), says="is pg-other"),
    refuses("our group, not attached", group(ON), cluster("pg-other"), says="is pg-other"),
    refuses("off", group(OFF), cluster(), says="rds.force_ssl is 0"),
    refuses("true is not 1", group(parameter("true")), cluster(), says="is true"),
    refuses("a truth", group(parameter(True)), cluster(), says="is true"),
    refuses(
        "an empty value", group(parameter("")), cluster(), says="rds.force_ssl is empty. Write"
    ),
    refuses("not set", group(SLOW), cluster(), says="does not set rds.force_ssl"),
    refuses("no parameter", group(), cluster(), says="does not set rds.force_ssl"),
    refuses("a look-alike", group(parameter("1", "force_ssl")), cluster(), says="does not set"),
    refuses("on and off", group(ON, OFF), cluster(), says="rds.force_ssl is 0"),
    refuses("off in capitals", group(ON, parameter("0", "RDS.FORCE_SSL")), cluster(), says="is 0"),
    refuses(
        "PostgreSQL with MySQL's parameter",
        group(parameter("1", "require_secure_transport")),
        cluster(),
        says="does not set",
    ),
    refuses("an instance's group on a cluster", over(ON), cluster(), says="no parameter group"),
    refuses(
        "an engine without a way",
        group(ON),
        cluster(engine="oracle-ee"),
        says="engine is oracle-ee: no way",
    ),
    refuses("no engine", group(ON), cluster(engine=None), says="no way is known"),
    refuses("an instance of its own, off", over(OFF), INSTANCE, says="rds.force_ssl is 0"),
    refuses("undone by a member's group", over(OFF), member("pg-test"), says="rds.force_ssl is 0"),
    refuses("undone by a member's group, by graph", over(OFF), member(UNKNOWN, "pg"), says="is 0"),
    refuses("a member under a group of another stack", member("pg-other"), says="no group of this"),
    refuses(
        "undone by the cluster's group for members",
        over(OFF),
        Item(CLUSTER_PARAMETERS, "on", {"name": "on-test", "parameters": [ON]}),
        Item(
            RDS_CLUSTER,
            "db",
            {
                "engine": "aurora-postgresql",
                OWN: "on-test",
                "dbInstanceParameterGroupName": "pg-test",
            },
        ),
        says="rds.force_ssl is 0",
    ),
    refuses(
        "parameters of a wrong kind",
        Item(CLUSTER_PARAMETERS, "pg", {"name": "pg-test", "parameters": "rds.force_ssl=1"}),
        cluster(),
        says="must be a list",
    ),
    undecided("a value from an output", group(parameter(UNKNOWN)), cluster()),
    undecided(
        "a parameter named by an output", group(ON, {"name": UNKNOWN, "value": "0"}), cluster()
    ),
    undecided(
        "parameters from an output",
        Item(CLUSTER_PARAMETERS, "pg", {"name": "pg-test", "parameters": UNKNOWN}),
        cluster(),
    ),
    undecided("an engine from an output", group(ON), cluster(engine=UNKNOWN)),
    undecided(
        "a member's group from something else",
        Item("random:index/randomId:RandomId", "x"),
        member(UNKNOWN, "x"),
    ),
    accepts("a proxy that requires TLS", Item(PROXY, "p", {"requireTls": True})),
    refuses("a proxy in clear", Item(PROXY, "p"), says="requireTls is absent"),
    refuses("a proxy off", Item(PROXY, "p", {"requireTls": "false"}), says="requireTls is false"),
    undecided("a proxy told by an output", Item(PROXY, "p", {"requireTls": UNKNOWN})),
    *(
        accepts(f"{engine}, {name} {value}", group(parameter(value, name)), cluster(engine=engine))
        for engine, name, value in (
            ("aurora-postgresql", "rds.force_ssl", "1"),
            ("aurora-mysql", "require_secure_transport", "ON"),
            ("aurora-mysql", "require_secure_transport", "1"),
        )
    ),
    *(
        accepts(
            f"{engine}, {value}",
            over(parameter(value, "require_secure_transport")),
            Item(RDS_INSTANCE, "i", {"engine": engine, "parameterGroupName": "pg-test"}),
        )
        for engine in ("mysql", "mariadb")
        for value in ("1", "ON")
    ),
    accepts("a member without a group, deployed", member("")),
)
