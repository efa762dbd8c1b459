"""Scenarios of name-suffix."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Settings, Value, accepts, ignores, refuses, undecided

from ._stores import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, REPLICATION_GROUP
from ._types import ALIAS, KEY, LOG_GROUP, QUEUE, RANDOM_PASSWORD, SECRET_VERSION, STREAM, TOPIC

VPC = "aws:ec2/vpc:Vpc"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"


def stream(name: Value, **more: Value) -> Item:
    return Item(STREAM, "s", {"name": name, **more})


def cluster(**props: Value) -> Item:
    return Item(RDS_CLUSTER, "db", props)


def log_group(name: str) -> Item:
    return Item(LOG_GROUP, "l", {"name": name})


def vpc(name: Value, **more: Value) -> Item:
    return Item(VPC, "v", {"tags": {"Name": name}, **more})


PG = "/aws/rds/cluster/aurora-cluster-test/postgresql"
UPPER = Settings("test", suffix="Test")
DEFAULTS: dict[str, Value] = {"defaultTags": '{"tags": {"Name": "vpc-test"}}'}
IGNORED: dict[str, Value] = {"ignoreTags": '{"keyPrefixes": ["Na"]}'}

SCENARIOS: tuple[Scenario, ...] = (
    accepts("a stream", stream("sensor-data-stream-test")),
    accepts("a name with the suffix in it twice", stream("a-test-test")),
    accepts("a suffix with a hyphen", stream("s-pr-12"), settings=Settings("x", suffix="pr-12")),
    accepts("a cluster's identifier", cluster(clusterIdentifier="aurora-cluster-test")),
    accepts(
        "an empty prefix, as after deployment",
        cluster(clusterIdentifier="a-test", clusterIdentifierPrefix=""),
    ),
    accepts("a group's id", Item(REPLICATION_GROUP, "r", {"replicationGroupId": "redis-test"})),
    accepts("an alias", Item(ALIAS, "a", {"name": "alias/kinesis-test"})),
    accepts("a dashboard", Item(DASHBOARD, "d", {"dashboardName": "iot-test"})),
    accepts("the log group AWS names after the cluster", log_group(PG)),
    accepts("a log group of our own", log_group("/aws/kinesis/sensor-data-stream-test")),
    accepts("a FIFO queue", Item(QUEUE, "q", {"name": "readings-test.fifo"})),
    accepts("a FIFO topic", Item(TOPIC, "t", {"name": "alarms-test.fifo"})),
    accepts("a key by its Name tag", Item(KEY, "k", {"tags": {"Name": "kinesis-key-test"}})),
    accepts("a VPC whose other tag is unknown", vpc("v-test", tagsAll=UNKNOWN)),
    accepts("a rule by its Name tag", Item(RULE, "r", {"tags": {"Name": "in-5432-test"}})),
    accepts("a default tag", Item(VPC, "v", {"tagsAll": {"Name": "vpc-test"}})),
    accepts("the provider's default tag", Item(VPC, "v", provider_props=DEFAULTS)),
    refuses("no suffix", stream("sensor-data-stream"), says="must end with -test"),
    refuses(
        "another stack's suffix",
        stream("sensor-data-stream-prod"),
        says="is sensor-data-stream-prod",
    ),
    refuses(
        "the provider's random tail", stream("stream-test-1a2b3c4"), says="must end with -test"
    ),
    refuses("the suffix without a hyphen", stream("streamtest"), says="must end with -test"),
    refuses("an underscore", stream("stream_test"), says="must end with -test"),
    refuses("in capitals", stream("stream-TEST"), says="must end with -test"),
    refuses("a suffix in capitals", stream("stream-test"), says="-Test", settings=UPPER),
    refuses("a space after it", stream("stream-test "), says="must end with -test"),
    refuses("a line after it", stream("stream-test\n"), says="must end with -test"),
    refuses("the suffix in the middle", stream("stream-test-1"), says="must end with -test"),
    refuses("nothing but the suffix", stream("-test"), says="must end with -test"),
    refuses("empty", stream(""), says="name is absent"),
    refuses("null", stream(None), says="name is absent"),
    refuses("a number", stream(7.0), says="must be a text"),
    refuses("left to the provider", cluster(), says="clusterIdentifier is absent"),
    refuses("a prefix", cluster(clusterIdentifierPrefix="aurora-test"), says="random characters"),
    refuses(
        "a prefix from an output",
        cluster(clusterIdentifier="a-test", clusterIdentifierPrefix=UNKNOWN),
        says="random",
    ),
    refuses(
        "a member left to the provider",
        Item(RDS_CLUSTER_INSTANCE, "i", {"clusterIdentifier": "a-test"}),
        says="identifier is absent",
    ),
    refuses(
        "the suffix on a look-alike",
        Item(REPLICATION_GROUP, "r", {"replicationGroupId": "redis", "description": "r-test"}),
        says="replicationGroupId is redis",
    ),
    refuses(
        "a name on the tag only",
        stream("stream", tags={"Name": "stream-test"}),
        says="name is stream",
    ),
    refuses(
        "a log group with a tail AWS does not dictate",
        log_group("/aws/rds/cluster/a-test/mine"),
        says="must end",
    ),
    refuses(
        "a dictated tail without suffix",
        log_group("/aws/rds/cluster/aurora/postgresql"),
        says="must end",
    ),
    refuses("a dictated tail elsewhere", log_group("/iot/a-test/postgresql"), says="must end"),
    refuses("a dictated tail with more", log_group(f"{PG}/x"), says="must end"),
    refuses("a dictated tail on a stream", stream(PG), says="must end"),
    refuses("FIFO without suffix", Item(QUEUE, "q", {"name": "readings.fifo"}), says="must end"),
    refuses("a VPC without Name", Item(VPC, "v"), says='tags["Name"] is absent'),
    refuses(
        "a VPC with name in small letters",
        Item(VPC, "v", {"tags": {"name": "v-test"}}),
        says="is absent",
    ),
    refuses("a VPC of another stack", vpc("v-dev"), says="is v-dev"),
    refuses("a key without tags", Item(KEY, "k", {"tags": None}), says="is absent, but"),
    refuses(
        "a tag the provider ignores",
        Item(VPC, "v", {"tags": {"Name": "v-test"}}, provider_props=IGNORED),
        says="absent",
    ),
    refuses("a tag missing from tagsAll", vpc("v-test", tagsAll={}), says="absent"),
    refuses(
        "tags of a wrong kind", Item(VPC, "v", {"tags": "Name=v-test"}), says="must be an object"
    ),
    refuses("a Name of a wrong kind", vpc(True), says="must be a text"),
    undecided("a name from an output", stream(UNKNOWN)),
    undecided("a Name from an output", vpc(UNKNOWN, tagsAll=UNKNOWN)),
    undecided("tags from an output", Item(VPC, "v", {"tags": UNKNOWN})),
    undecided(
        "no suffix told", stream("stream-test"), settings=Settings("test"), says="environmentSuffix"
    ),
    ignores("a secret's version", Item(SECRET_VERSION, "v")),
    ignores("a password", Item(RANDOM_PASSWORD, "p")),
    ignores("a component", Item("iot:index:Platform", "p", custom=False)),
    refuses(
        "as Python writes it",
        cluster(clusterIdentifier="db"),
        says='cluster_identifier="<name>-test"',
    ),
)
