"""Scenarios of password-generated: what caches ask for, and passwords of the wrong store."""

from __future__ import annotations

from functools import partial

from core import UNKNOWN, Item, Scenario, SecretText, Value, accepts, refuses

from ._password_scenarios import OTHER, SECRET, VALUE, cluster, members, password, version
from ._stores import CACHE_USER, MEMORYDB_USER, RDS_CLUSTER, RDS_INSTANCE, REPLICATION_GROUP
from ._types import SECRET_VERSION

LITERAL = "literalliteralliteral"
HOLDERS = ((REPLICATION_GROUP, "authToken"), (REPLICATION_GROUP, "authTokenWo"))


def taking(type_: str, key: str, value: Value, *sources: str, **more: Value) -> Item:
    return Item(type_, "cache", {key: value, **more}, needs={key: sources})


def mode(*passwords: Value) -> Value:
    return {"type": "password", "passwords": list(passwords)}


USERS = (
    (CACHE_USER, "passwords", lambda *found: list(found)),
    (CACHE_USER, "passwordsWo", lambda *found: list(found)),
    (CACHE_USER, "authenticationMode", mode),
    (MEMORYDB_USER, "authenticationMode", mode),
)
RANDOM_STRING = Item("random:index/randomString:RandomString", "text")

TOKENS: tuple[Scenario, ...] = (
    accepts("a cache without a token", Item(REPLICATION_GROUP, "cache", {"port": 6379.0})),
    accepts(
        "a token left out, before deployment",
        Item(REPLICATION_GROUP, "cache", computed=("authToken",)),
    ),
    accepts(
        "a user who proves himself to IAM",
        Item(CACHE_USER, "cache", {"authenticationMode": {"type": "iam"}}),
    ),
    *(
        scenario
        for type_, key in HOLDERS
        for scenario in (
            accepts(f"{key}, generated", password(), taking(type_, key, UNKNOWN, "pw")),
            accepts(f"{key}, deployed", password(32.0, VALUE), taking(type_, key, VALUE, "pw")),
            refuses(f"{key}, a literal", taking(type_, key, LITERAL), says=f"{key} holds a"),
            refuses(
                f"{key}, a literal beside a deployed one",
                password(32.0, VALUE),
                taking(type_, key, OTHER, "pw"),
                says=f"{key} holds a password",
            ),
            refuses(f"{key}, from nowhere", taking(type_, key, UNKNOWN), says="not generated"),
            refuses(
                f"{key}, a random string",
                RANDOM_STRING,
                taking(type_, key, UNKNOWN, "text"),
                says="not generated",
            ),
            refuses(
                f"{key}, of something beside",
                *(password(), RANDOM_STRING),
                taking(type_, key, UNKNOWN, "pw", "text"),
                says="not generated",
            ),
        )
    ),
    *(
        scenario
        for type_, key, holding in USERS
        for name in (f"{type_.split(':')[1]} {key}",)
        for scenario in (
            accepts(f"{name}, generated", password(), taking(type_, key, holding(UNKNOWN), "pw")),
            accepts(
                f"{name}, two",
                *(password(32.0, VALUE), password(name="next")),
                taking(type_, key, holding(VALUE, UNKNOWN), "pw", "next"),
            ),
            refuses(
                f"{name}, a literal", taking(type_, key, holding(LITERAL)), says="not generated"
            ),
            refuses(
                f"{name}, a literal beside",
                password(),
                taking(type_, key, holding(UNKNOWN, LITERAL), "pw"),
                says="not generated",
            ),
            refuses(
                f"{name}, one of two from nowhere",
                password(),
                taking(type_, key, holding(UNKNOWN, UNKNOWN), "pw"),
                says="not generated",
            ),
        )
    ),
    refuses(
        "the cache's token as the database's password",
        *(password(), password(name="token")),
        cluster(UNKNOWN, "token"),
        SECRET,
        taking(REPLICATION_GROUP, "authToken", UNKNOWN, "token"),
        Item(SECRET_VERSION, "t", {"secretString": UNKNOWN}, needs={"secretString": ("token",)}),
        says="which cache takes too",
    ),
    refuses(
        "another password in the secret that names the database",
        *(password(), password(name="other")),
        cluster(UNKNOWN, "other"),
        SECRET,
        Item(SECRET_VERSION, "t", {"secretString": UNKNOWN}, needs={"secretString": ("other",)}),
        says="but v, which names this database, holds pw",
    ),
    refuses(
        "the same, deployed",
        *(password(32.0, VALUE), password(32.0, OTHER, "other")),
        Item(RDS_CLUSTER, "db", {"masterPassword": OTHER}, outputs={"endpoint": "db.local"}),
        version(members(host="db.local", password=VALUE)),
        Item(SECRET_VERSION, "t", {"secretString": OTHER}),
        says="which names this database",
    ),
    accepts(
        "a secret of two databases",
        *(password(), password(name="other")),
        cluster(),
        Item(RDS_CLUSTER, "db2", {"masterPassword": UNKNOWN}, needs={"masterPassword": ("other",)}),
        version(UNKNOWN, "pw", "db", "other", "db2"),
    ),
    accepts(
        "the database's and the cache's own",
        *(password(), password(name="token")),
        cluster(),
        SECRET,
        taking(REPLICATION_GROUP, "authToken", UNKNOWN, "token"),
    ),
    accepts(
        "a setting of the database in another secret",
        *(password(), cluster(), SECRET),
        Item(SECRET_VERSION, "t", {"secretString": UNKNOWN}, needs={"secretString": ("db", "pw")}),
    ),
    *(
        refuses(
            f"the secret that holds the {key} of the database holds another password",
            password(32.0, VALUE),
            password(32.0, OTHER, "other"),
            Item(SECRET_VERSION, "own", {"secretString": members(password=VALUE)}),
            version(members(host="db.local", port=5432.0, password=OTHER)),
            Item(type_, "db", {of: VALUE}, outputs={key: "db.local"}),
            says="which names this database, holds other",
        )
        for type_, of, key in (
            (RDS_CLUSTER, "masterPassword", "endpoint"),
            (RDS_CLUSTER, "masterPassword", "readerEndpoint"),
            (RDS_INSTANCE, "password", "address"),
        )
    ),
    refuses(
        "a literal token that no output shows, deployed",
        Item(REPLICATION_GROUP, "cache", {"authTokenWo": LITERAL}, outputs={"authTokenWo": None}),
        says="authTokenWo holds a password that was not generated",
    ),
    accepts(
        "a generated token that no output shows, deployed",
        password(32.0, VALUE),
        Item(REPLICATION_GROUP, "cache", {"authTokenWo": VALUE}, outputs={"authTokenWo": None}),
    ),
    refuses(
        "a token in clear in an output",
        password(32.0, SecretText(VALUE)),
        Item(REPLICATION_GROUP, "cache", {"authToken": VALUE}),
        Item("pulumi:pulumi:Stack", "stack", {"leak": VALUE}, custom=False),
        says="authToken is pw, whose text stands in clear in the output leak",
    ),
    *(
        verdict(
            f"a text of {len(text)} letters in clear, {what}",
            password(32.0, SecretText(text)),
            Item(REPLICATION_GROUP, "cache", {"authToken": text}),
            Item("pulumi:pulumi:Stack", "stack", {"leak": text}, custom=False),
        )
        for text, what, verdict in (
            ("qwertyuiopas", "no chance", partial(refuses, says="stands in clear in")),
            ("qwertyuiopa", "which may be chance", accepts),
        )
    ),
    refuses(
        "a token in clear beside itself",
        password(32.0, SecretText(VALUE)),
        Item(
            REPLICATION_GROUP,
            "cache",
            {"authToken": VALUE, "description": f"token {VALUE}"},
        ),
        says="stands in clear in cache.description",
    ),
    accepts(
        "a generated token whose input is not known",
        password(32.0, VALUE),
        Item(REPLICATION_GROUP, "cache", {"authToken": UNKNOWN}, outputs={"authToken": VALUE}),
    ),
)
