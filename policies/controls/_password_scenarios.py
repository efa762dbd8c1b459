"""Scenarios of password-generated, before and after deployment."""

from __future__ import annotations

import json

from core import UNKNOWN, Item, Scenario, SecretText, Value, accepts, refuses, undecided

from ._stores import RDS_CLUSTER, RDS_INSTANCE
from ._types import RANDOM_PASSWORD, SECRET_VERSION

VALUE = "q" * 32
OTHER = "w" * 32


def password(length: Value = 32.0, result: Value = UNKNOWN, name: str = "pw") -> Item:
    return Item(RANDOM_PASSWORD, name, {"length": length, "result": result})


def cluster(value: Value = UNKNOWN, *sources: str, **more: Value) -> Item:
    props = {"masterPassword": value, **more}
    return Item(RDS_CLUSTER, "db", props, needs={"masterPassword": sources or ("pw",)})


def literal(**props: Value) -> Item:
    return Item(RDS_CLUSTER, "db", props)


def version(value: Value = UNKNOWN, *sources: str) -> Item:
    return Item(SECRET_VERSION, "v", {"secretString": value}, needs={"secretString": sources})


def members(**values: Value) -> str:
    return json.dumps(values)


SECRET = version(UNKNOWN, "pw", "db")
BESIDE: tuple[tuple[str, Value], ...] = (
    (".senha", {"senha": "hunter2"}),
    ("[1].senha", ["other", {"senha": "hunter2"}]),
)
DEPLOYED = (password(32.0, VALUE), version(members(username="iot", password=VALUE)))
OUTPUTS = "pulumi:pulumi:Stack"
MANAGED: dict[str, Value] = {"manageMasterUserPassword": True}

SCENARIOS: tuple[Scenario, ...] = (
    accepts("one password in both, before deployment", password(), cluster(), SECRET),
    accepts("one password in both, deployed", *DEPLOYED, literal(masterPassword=VALUE)),
    accepts("longer", password(64.0), cluster(), SECRET),
    accepts(
        "a second secret of its own",
        password(),
        cluster(),
        SECRET,
        password(name="token"),
        Item(SECRET_VERSION, "t", {"secretString": UNKNOWN}, needs={"secretString": ("token",)}),
    ),
    accepts(
        "the plain password as the secret",
        password(32.0, VALUE),
        version(VALUE),
        literal(masterPassword=VALUE),
    ),
    accepts(
        "a write-only password",
        password(),
        Item(RDS_CLUSTER, "db", {}, needs={"masterPasswordWo": ("pw",)}),
        SECRET,
    ),
    accepts(
        "an instance",
        password(),
        Item(RDS_INSTANCE, "db", {"password": UNKNOWN}, needs={"password": ("pw",)}),
        SECRET,
    ),
    accepts("a replica", Item(RDS_INSTANCE, "r", {"replicateSourceDb": "db-test"})),
    accepts("a secret of settings", version(members(host="db", port=5432.0))),
    refuses(
        "a literal",
        password(),
        SECRET,
        literal(masterPassword="hunter2hunter2"),
        says="comes from no RandomPassword",
    ),
    refuses("no password", password(), SECRET, literal(), says="masterPassword is absent"),
    refuses(
        "an empty password", password(), SECRET, literal(masterPassword=""), says="RandomPassword"
    ),
    refuses(
        "AWS's own password",
        password(),
        SECRET,
        literal(**MANAGED),
        says="manageMasterUserPassword is true",
    ),
    refuses(
        "AWS's own password, as a text",
        password(),
        SECRET,
        cluster(manageMasterUserPassword="true"),
        says="is true",
    ),
    refuses(
        "31 characters",
        password(31.0),
        cluster(),
        SECRET,
        says="masterPassword is pw, whose length is 31",
    ),
    refuses(
        "a length of a wrong kind", password("long"), cluster(), SECRET, says="must be a number"
    ),
    refuses("no length", password(None), cluster(), SECRET, says="length is absent"),
    refuses(
        "two passwords mixed",
        password(),
        password(name="b"),
        cluster(UNKNOWN, "pw", "b"),
        SECRET,
        says="comes from 2",
    ),
    refuses(
        "another password in the secret",
        password(),
        password(name="b"),
        cluster(),
        version(UNKNOWN, "b"),
        says="which no secret of this stack holds",
    ),
    refuses(
        "another password in the secret, deployed",
        password(32.0, VALUE),
        version(members(password=OTHER)),
        literal(masterPassword=VALUE),
        says="holds",
    ),
    refuses(
        "another password in the cluster, deployed",
        *DEPLOYED,
        cluster(OTHER),
        says="comes from no RandomPassword",
    ),
    refuses("no secret", password(), cluster(), says="which no secret of this stack holds"),
    refuses(
        "a random string, which is no secret",
        Item("random:index/randomString:RandomString", "s"),
        SECRET,
        cluster(UNKNOWN, "s"),
        says="comes from no RandomPassword",
    ),
    refuses("a literal secret", version("hunter2hunter2"), says="was not generated"),
    refuses(
        "a literal password in a secret",
        version(members(dbPassword="hunter2")),
        says="was not generated",
    ),
    refuses(
        "a binary secret",
        Item(SECRET_VERSION, "v", {"secretBinary": "aHVudGVyMg=="}),
        says="was not generated",
    ),
    refuses("a secret from nowhere", version(UNKNOWN), says="was not generated"),
    refuses(
        "an instance's literal",
        SECRET,
        Item(RDS_INSTANCE, "db", {"password": "hunter2hunter2"}),
        says="password comes from no",
    ),
    refuses(
        "a restored cluster without a new password",
        literal(snapshotIdentifier="theirs"),
        says="is absent",
    ),
    refuses(
        "a cluster that may be a copy", literal(globalClusterIdentifier=UNKNOWN), says="is absent"
    ),
    refuses(
        "a literal beside the graph",
        password(),
        SECRET,
        cluster("hunter2hunter2", "pw"),
        says="comes from no RandomPassword",
    ),
    *(
        refuses(
            f"a literal called {name}", version(members(**{name: "x"})), says="was not generated"
        )
        for name in ("DB_PWD", "clientSecret", "token", "apiKey", "passphrase")
    ),
    accepts(
        "an instance, write-only",
        password(),
        Item(RDS_INSTANCE, "db", {}, needs={"passwordWo": ("pw",)}),
        SECRET,
    ),
    accepts(
        "a write-only secret",
        password(),
        cluster(),
        Item(SECRET_VERSION, "v", {}, needs={"secretStringWo": ("pw",)}),
    ),
    refuses(
        "a literal, write-only",
        Item(SECRET_VERSION, "v", {"secretStringWo": "x"}),
        says="secretStringWo holds",
    ),
    refuses(
        "a literal, write-only, which no output has",
        Item(SECRET_VERSION, "v", {"secretStringWo": "x"}, outputs={"secretStringWo": None}),
        says="secretStringWo holds",
    ),
    *(
        refuses(f"a literal {what}", version(text), says="was not generated")
        for what, text in (
            ("deeper in the secret", '{"database": {"password": "hunter2"}}'),
            ("in what is no whole JSON", '{"password": "hunter2"'),
            ("in a list of the secret", '{"users": [{"name": "a", "pwd": "hunter2"}]}'),
            ("with a Portuguese name", members(senha="hunter2")),
        )
    ),
    *(
        refuses(
            f"a literal deeper, beside a generated one: {where}",
            password(32.0, VALUE),
            version(members(password=VALUE, reader=reader)),
            says=f"its member reader{where} was not generated",
        )
        for where, reader in BESIDE
    ),
    accepts(
        "a generated one deeper in the secret",
        password(32.0, VALUE),
        version(members(database={"password": VALUE, "ports": [5432], "more": []})),
    ),
    undecided("a length from an output", password(UNKNOWN), cluster(), SECRET),
    undecided(
        "managed by an output", password(), SECRET, cluster(manageMasterUserPassword=UNKNOWN)
    ),
    *(
        accepts(f"a copy: {key}", literal(**{key: "other-test"}))
        for key in ("replicationSourceIdentifier", "globalClusterIdentifier")
    ),
    *(
        refuses(
            f"the password in clear in {where}",
            password(32.0, SecretText(VALUE)),
            DEPLOYED[1],
            literal(masterPassword=VALUE),
            item,
            says=f"stands in clear in {where}",
        )
        for where, item in (
            ("the output leak", Item(OUTPUTS, "stack", {"leak": VALUE}, custom=False)),
            (
                "the output list",
                Item(OUTPUTS, "stack", {"list": [f"a{VALUE}b"]}, custom=False),
            ),
            ("vpc.tags", Item("aws:ec2/vpc:Vpc", "vpc", {"tags": {"Note": VALUE}})),
        )
    ),
    accepts(
        "the password in an output that stays secret",
        password(32.0, SecretText(VALUE)),
        DEPLOYED[1],
        literal(masterPassword=VALUE),
        Item(OUTPUTS, "stack", {"kept": SecretText(VALUE)}, custom=False),
    ),
    refuses(
        "a literal password beside a generated token",
        password(32.0, VALUE),
        version(members(username="iot", password="hunter2", token=VALUE)),
        says="its member password was not generated",
    ),
    accepts(
        "two generated ones",
        password(32.0, VALUE),
        password(32.0, OTHER, name="old"),
        version(members(password=VALUE, old_password=OTHER)),
    ),
    accepts(
        "a generated token beside a name, with a member that is no text",
        password(32.0, VALUE),
        version(members(token=VALUE, passwordless=True)),
    ),
    accepts("a version without a value", Item(SECRET_VERSION, "v")),
    refuses(
        "a short password in a secret alone",
        password(8.0),
        SECRET,
        says="secretString is pw, whose length is 8",
    ),
    accepts(
        "an endpoint not known yet, as at a first preview",
        password(),
        Item(
            RDS_CLUSTER,
            "db",
            {"masterPassword": UNKNOWN},
            needs={"masterPassword": ("pw",)},
            computed=("endpoint", "readerEndpoint"),
        ),
        SECRET,
    ),
    accepts(
        "a secret with a member that is a list",
        password(32.0, VALUE),
        version(members(password=VALUE, hosts=["db.local"])),
        literal(masterPassword=VALUE),
    ),
    *(
        refuses(
            f"a literal called {name} beside a generated one",
            *DEPLOYED[:1],
            version(members(password=VALUE, **{name: "x"})),
            says=f"its member {name} was not generated",
        )
        for name in ("db_passwd", "dbPwd")
    ),
)
