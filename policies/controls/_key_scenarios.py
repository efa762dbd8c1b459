"""Scenarios of key-per-service, with keys unknown as at a first preview, or known."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Settings, Value, accepts, ignores, refuses, undecided

from ._stores import (
    MEMORYDB_CLUSTER,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
)
from ._types import ALIAS, EXTERNAL_KEY, KEY, LOG_GROUP, QUEUE, REPLICA_KEY, SECRET, STREAM, TOPIC

BASE = "arn:aws:kms:sa-east-1:111122223333:"
OUTSIDE = f"{BASE}key/99999999-1111-2222-3333-444444444444"
PI = "performanceInsightsKmsKeyId"


def arn(name: str) -> str:
    return f"{BASE}key/{name}"


def new_key(name: str, type_: str = KEY) -> Item:
    return Item(type_, name, {"arn": UNKNOWN, "id": UNKNOWN, "keyId": UNKNOWN})


def old_key(name: str) -> Item:
    return Item(KEY, name, {"arn": arn(name), "id": name, "keyId": name})


def alias(name: str, *targets: str, known: Value = UNKNOWN) -> Item:
    props: dict[str, Value] = {
        "name": f"alias/{name}",
        "id": f"alias/{name}",
        "arn": UNKNOWN,
        "targetKeyId": known,
    }
    return Item(ALIAS, name, props, needs={"targetKeyId": targets})


def new(type_: str, *keys: str, key: str = "kmsKeyId", name: str = "store") -> Item:
    return Item(type_, name, {key: UNKNOWN}, needs={key: keys})


def old(type_: str, value: Value, key: str = "kmsKeyId", name: str = "store") -> Item:
    return Item(type_, name, {key: value})


def told(profile: str = "baseline", *external: str, proven: tuple[str, ...] = ()) -> Settings:
    return Settings(
        "test",
        profile=profile,
        suffix="test",
        external_keys=external,
        rotation_proven=proven,
    )


FIVE = (
    (STREAM, "k"),
    (RDS_CLUSTER, "r"),
    (REPLICATION_GROUP, "c"),
    (SECRET, "s"),
    (LOG_GROUP, "l"),
)
INSTANCE = Item(RDS_CLUSTER_INSTANCE, "i", {PI: UNKNOWN}, needs={PI: ("r",)})

SCENARIOS: tuple[Scenario, ...] = (
    accepts(
        "a key each, before there are keys",
        *(new_key(k) for _, k in FIVE),
        *(new(t, k, name=f"store-{k}") for t, k in FIVE),
    ),
    accepts(
        "a key each, deployed",
        *(old_key(k) for _, k in FIVE),
        *(old(t, arn(k), name=f"store-{k}") for t, k in FIVE),
    ),
    accepts(
        "two secrets under one key", new_key("s"), new(SECRET, "s"), new(SECRET, "s", name="b")
    ),
    accepts(
        "topic and queue under one key",
        new_key("m"),
        new(TOPIC, "m", key="kmsMasterKeyId"),
        new(QUEUE, "m", key="kmsMasterKeyId", name="queue"),
    ),
    accepts("by key id", old_key("k"), old(STREAM, "k")),
    accepts("by alias name", new_key("k"), alias("k-test", "k"), old(STREAM, "alias/k-test")),
    accepts(
        "insights left to AWS, which filled in its own key",
        old_key("r"),
        Item(RDS_CLUSTER, "a", {"kmsKeyId": arn("r")}, outputs={PI: OUTSIDE}),
    ),
    accepts(
        "by an alias's ARN, written before there is one",
        new_key("k"),
        alias("k-test", "k"),
        old(STREAM, f"{BASE}alias/k-test"),
    ),
    refuses(
        "by the ARN of another alias",
        new_key("k"),
        alias("k-test", "k"),
        old(STREAM, f"{BASE}alias/k"),
        says="no key of this stack",
    ),
    refuses(
        "sharing through an alias's ARN",
        new_key("k"),
        alias("k-test", "k"),
        old(STREAM, f"{BASE}alias/k-test", name="s"),
        new(SECRET, "k"),
        says="uses too",
    ),
    refuses(
        "an ARN of a function called like the alias",
        new_key("k"),
        alias("k-test", "k"),
        old(STREAM, "arn:aws:kmsx:sa-east-1:111122223333:alias/k-test"),
        says="no key of this stack",
    ),
    accepts("by an alias's output", new_key("k"), alias("k-test", "k"), new(STREAM, "k-test")),
    accepts("key and its alias alike", new_key("k"), alias("a", "k"), new(STREAM, "k", "a")),
    accepts("a listed key", old(STREAM, OUTSIDE), settings=told("baseline", OUTSIDE)),
    accepts(
        "a listed and proven key in production",
        old(STREAM, OUTSIDE),
        settings=told("production", OUTSIDE, proven=(OUTSIDE,)),
    ),
    ignores("a replica's key is its source's", Item(RDS_INSTANCE, "r", {"replicateSourceDb": "d"})),
    accepts("insights under the cluster's key", new_key("r"), new(RDS_CLUSTER, "r"), INSTANCE),
    accepts(
        "every cache under one key",
        new_key("c"),
        new(REPLICATION_GROUP, "c", name="a"),
        new(SERVERLESS_CACHE, "c", name="b"),
        new(MEMORYDB_CLUSTER, "c", key="kmsKeyArn", name="d"),
    ),
    accepts(
        "every database and its insights under one key",
        old_key("r"),
        Item(RDS_CLUSTER, "a", {"kmsKeyId": arn("r"), PI: arn("r")}),
        Item(RDS_INSTANCE, "b", {"kmsKeyId": arn("r"), PI: arn("r")}),
        old(RDS_CLUSTER_INSTANCE, arn("r"), PI, "i"),
    ),
    *(
        refuses(
            f"insights outside: {t}",
            old_key("r"),
            Item(t, "a", {"kmsKeyId": arn("r"), PI: OUTSIDE}),
            says=PI,
        )
        for t in (RDS_CLUSTER, RDS_INSTANCE)
    ),
    refuses("an instance outside", old(RDS_INSTANCE, OUTSIDE), says="no key of this stack"),
    refuses("an instance without a key", Item(RDS_INSTANCE, "i", {}), says="there is no key"),
    *(
        accepts(
            f"an alias of a key by its {k}",
            old_key("k"),
            alias("a", known=v),
            old(SECRET, "alias/a"),
        )
        for k, v in (("id", "k"), ("ARN", arn("k")))
    ),
    undecided(
        "a key, or an alias of nobody knows which",
        new_key("k"),
        alias("a"),
        new(STREAM, "k", "a"),
        says="which",
    ),
    refuses(
        "stream and cluster share",
        new_key("k"),
        new(STREAM, "k"),
        new(RDS_CLUSTER, "k", name="db"),
        says="RDS (db.kmsKeyId) uses too",
    ),
    refuses(
        "secret and logs share, deployed",
        old_key("k"),
        old(SECRET, arn("k")),
        old(LOG_GROUP, arn("k"), name="l"),
        says="is the key k",
    ),
    refuses(
        "sharing by id and by ARN",
        old_key("k"),
        old(SECRET, "k"),
        old(LOG_GROUP, arn("k"), name="l"),
        says="uses too",
    ),
    refuses(
        "sharing through an alias",
        new_key("k"),
        alias("a", "k"),
        old(SECRET, "alias/a"),
        new(STREAM, "k", name="s"),
        says="uses too",
    ),
    refuses(
        "sharing through two aliases",
        new_key("k"),
        alias("a", "k"),
        alias("b", "k"),
        old(SECRET, "alias/a"),
        old(STREAM, "alias/b", name="s"),
        says="uses too",
    ),
    refuses(
        "sharing with the insights of a database",
        new_key("r"),
        new(STREAM, "r"),
        INSTANCE,
        says="uses too",
    ),
    refuses(
        "cache and MemoryDB against the stream",
        new_key("k"),
        new(MEMORYDB_CLUSTER, "k", key="kmsKeyArn"),
        new(STREAM, "k", name="s"),
        says="uses too",
    ),
    refuses(
        "a listed key shared",
        old(STREAM, OUTSIDE),
        old(SECRET, OUTSIDE, name="s"),
        settings=told("baseline", OUTSIDE),
        says="uses too",
    ),
    refuses("a key of another stack", old(STREAM, OUTSIDE), says="no key of this stack"),
    refuses(
        "a key of another stack, while ours is known",
        old_key("k"),
        old(STREAM, OUTSIDE),
        says="no key of this stack",
    ),
    refuses(
        "a listed key in another spelling",
        old(STREAM, OUTSIDE.rsplit("/", 1)[1]),
        settings=told("baseline", OUTSIDE),
        says="not listed",
    ),
    refuses(
        "the AWS-managed key, deployed",
        old(SERVERLESS_CACHE, "alias/aws/elasticache"),
        says="no key of this stack",
    ),
    refuses("an alias outside", old(SECRET, "alias/theirs"), says="no key of this stack"),
    refuses(
        "an alias of a key outside",
        alias("a", known=OUTSIDE),
        old(SECRET, "alias/a"),
        says="no key of this stack",
    ),
    refuses("no key at all", old(STREAM, None), says="there is no key"),
    refuses("an empty key, deployed", old(SECRET, ""), says="no key of this stack"),
    refuses(
        "insights under the AWS-managed key",
        old_key("r"),
        old(RDS_CLUSTER, arn("r"), name="r2"),
        old(RDS_CLUSTER_INSTANCE, OUTSIDE, PI),
        says="no key of this stack",
    ),
    undecided(
        "a key or something else",
        new_key("k"),
        Item(SECRET, "x", {"kmsKeyId": OUTSIDE}),
        Item(STREAM, "store", {"kmsKeyId": UNKNOWN}, needs={"kmsKeyId": ("k", "f")}),
        Item("aws:cloudwatch/logStream:LogStream", "f"),
        settings=told("baseline", OUTSIDE),
        says="f or k: which",
    ),
    refuses(
        "an alias of a key outside, before deployment",
        alias("a", known=OUTSIDE),
        new(SECRET, "a"),
        says=f"kmsKeyId is the alias a of {OUTSIDE}",
    ),
    undecided(
        "a key of two", new_key("k"), new_key("r"), new(STREAM, "k", "r"), says="k or r: which"
    ),
    refuses(
        "left out, so AWS will decide", new_key("k"), new(RDS_CLUSTER), says="no key of this stack"
    ),
    refuses(
        "computed from something else",
        Item(SECRET, "x", {"kmsKeyId": "k"}),
        new(STREAM, "x"),
        settings=told("baseline", "k"),
        says="no key of this stack",
    ),
    refuses(
        "an imported key", new_key("e", EXTERNAL_KEY), new(STREAM, "e"), says="no key of this stack"
    ),
    refuses(
        "a replica key", new_key("e", REPLICA_KEY), new(STREAM, "e"), says="no key of this stack"
    ),
    refuses("an alias of no key", alias("a"), old(STREAM, "alias/a"), says="comes from no key"),
    undecided(
        "a listed key in production",
        old(STREAM, OUTSIDE),
        settings=told("production", OUTSIDE),
        says="not proven live",
    ),
    ignores("an instance without insights", Item(RDS_CLUSTER_INSTANCE, "i", {PI: UNKNOWN})),
    *(
        refuses(
            f"{type_.rsplit(':', 1)[1]} under a key of another service",
            new_key("k"),
            new(type_, "k", key=key),
            new(LOG_GROUP if type_ != LOG_GROUP else SECRET, "k", name="other"),
            says=f"{key} is the key k",
        )
        for type_, key in (
            (REPLICATION_GROUP, "kmsKeyId"),
            (SERVERLESS_CACHE, "kmsKeyId"),
            (MEMORYDB_CLUSTER, "kmsKeyArn"),
            (LOG_GROUP, "kmsKeyId"),
            (TOPIC, "kmsMasterKeyId"),
            (QUEUE, "kmsMasterKeyId"),
            (RDS_INSTANCE, "kmsKeyId"),
            (RDS_CLUSTER_INSTANCE, PI),
        )
    ),
    *(
        refuses(
            f"{type_.rsplit(':', 1)[1]} under a key from outside",
            old(type_, OUTSIDE, key),
            says="no key of this stack",
        )
        for type_, key in (
            (REPLICATION_GROUP, "kmsKeyId"),
            (MEMORYDB_CLUSTER, "kmsKeyArn"),
            (LOG_GROUP, "kmsKeyId"),
            (TOPIC, "kmsMasterKeyId"),
            (QUEUE, "kmsMasterKeyId"),
        )
    ),
    refuses(
        "one of two keys, the second of them another service's",
        *(new_key("own"), new_key("theirs")),
        new(STREAM, "theirs", name="stream"),
        new(SECRET, "own", "theirs"),
        says="the key theirs, which Kinesis (stream.kmsKeyId) uses too",
    ),
)
