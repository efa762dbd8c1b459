"""Scenarios of region."""

from __future__ import annotations

import json

from core import UNKNOWN, Item, Scenario, Settings, Value, accepts, refuses, undecided

from ._stores import RDS_CLUSTER, REPLICATION_GROUP
from ._types import ENDPOINT, KEY, LOG_GROUP, RANDOM_PASSWORD, ROLE, SECRET, STREAM, SUBSCRIPTION

SUBNET = "aws:ec2/subnet:Subnet"
HOME = {"region": "sa-east-1"}
ABROAD = "arn:aws:kms:us-east-1:111122223333:key/1234"


def here(type_: str, **props: Value) -> Item:
    return Item(type_, "r", {**HOME, **props})


def by_provider(home: Value, **props: Value) -> Item:
    return Item(STREAM, "s", props, provider_props={"region": home})


def policy(**statement: Value) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", **statement}]})


TWO = Settings("test", suffix="test", allowed_regions=("sa-east-1", "us-east-1"))

SCENARIOS: tuple[Scenario, ...] = (
    accepts("by the resource", here(STREAM)),
    accepts("by the provider", by_provider("sa-east-1")),
    accepts("a second allowed region", Item(STREAM, "s", {"region": "us-east-1"}), settings=TWO),
    accepts("a role, which has none", Item(ROLE, "r")),
    accepts("a password, which has none", Item(RANDOM_PASSWORD, "p")),
    accepts(
        "zones of the region", here(RDS_CLUSTER, availabilityZones=["sa-east-1a", "sa-east-1c"])
    ),
    accepts("a zone's id", here(SUBNET, availabilityZoneId="sae1-az1")),
    accepts(
        "ARNs of the region and of none",
        here(
            KEY,
            policy=policy(
                Principal={"AWS": "arn:aws:iam::111122223333:root"},
                Resource="arn:aws:logs:sa-east-1:111122223333:log-group:x",
            ),
        ),
    ),
    accepts(
        "hosts of the region",
        here(KEY, policy=policy(Principal={"Service": "logs.sa-east-1.amazonaws.com"})),
    ),
    accepts(
        "a service without a region",
        here(KEY, policy=policy(Principal={"Service": "rds.amazonaws.com"})),
    ),
    accepts(
        "an endpoint of the region", here(ENDPOINT, serviceName="com.amazonaws.sa-east-1.kinesis")
    ),
    accepts(
        "another region in a description",
        here(STREAM, description=ABROAD, tags={"From": ABROAD}, tagsAll={"From": ABROAD}),
    ),
    accepts("an ARN from an output", here(STREAM, kmsKeyId=UNKNOWN)),
    refuses("a resource abroad", here(STREAM, region="us-east-1"), says="region is us-east-1"),
    refuses("a provider abroad", by_provider("us-east-1"), says="region is us-east-1"),
    refuses(
        "abroad, by the resource over its provider",
        by_provider("sa-east-1", region="us-east-1"),
        says="us-east-1",
    ),
    refuses("another casing", here(STREAM, region="SA-EAST-1"), says="SA-EAST-1"),
    refuses("a space after it", here(STREAM, region="sa-east-1 "), says="outside sa-east-1"),
    refuses("a region of a wrong kind", here(STREAM, region=1.0), says="must be a text"),
    refuses("a zone where a region stands", here(STREAM, region="sa-east-1a"), says="sa-east-1a"),
    refuses(
        "a zone abroad",
        here(SUBNET, availabilityZone="us-east-1a"),
        says="availabilityZone is us-east-1a",
    ),
    refuses(
        "one zone abroad",
        here(RDS_CLUSTER, availabilityZones=["sa-east-1a", "us-east-1a"]),
        says="availabilityZones[1] is us-east-1a",
    ),
    refuses(
        "a cache's zone abroad",
        here(REPLICATION_GROUP, preferredCacheClusterAzs=["eu-west-1a"]),
        says="eu-west-1a",
    ),
    refuses("a zone's id abroad", here(SUBNET, availabilityZoneId="use1-az1"), says="use1-az1"),
    refuses(
        "a zone's id that cannot be read",
        here(SUBNET, availabilityZoneId="usw2-lax1-az1"),
        says="outside",
    ),
    refuses("a local zone", here(SUBNET, availabilityZone="us-west-2-lax-1a"), says="outside"),
    refuses(
        "a key abroad", here(STREAM, kmsKeyId=ABROAD), says="kmsKeyId is arn:aws:kms:us-east-1"
    ),
    refuses(
        "a replica abroad",
        here(SECRET, replicas=[{"region": "us-east-1"}]),
        says="replicas[0].region is us-east-1",
    ),
    refuses(
        "a source abroad",
        here(RDS_CLUSTER, sourceRegion="us-east-1"),
        says="sourceRegion is us-east-1",
    ),
    refuses(
        "an ARN abroad in a policy",
        here(KEY, policy=policy(Resource=ABROAD)),
        says="outside",
    ),
    refuses(
        "any region in a policy",
        here(KEY, policy=policy(Resource="arn:aws:logs:*:111122223333:*")),
        says="outside",
    ),
    refuses(
        "a host abroad in a policy",
        here(KEY, policy=policy(Principal={"Service": "logs.us-east-1.amazonaws.com"})),
        says="outside",
    ),
    refuses(
        "an endpoint abroad",
        here(ENDPOINT, serviceName="com.amazonaws.us-east-1.kinesis"),
        says="outside",
    ),
    refuses("an ARN in capitals", here(LOG_GROUP, kmsKeyId=ABROAD.upper()), says="outside"),
    undecided("no region at all", Item(STREAM, "s"), says="aws:region"),
    undecided("a region from an output", here(STREAM, region=UNKNOWN)),
    undecided("a provider's region from an output", by_provider(UNKNOWN)),
    accepts(
        "a dashboard of another region",
        here("aws:cloudwatch/dashboard:Dashboard", dashboardBody=ABROAD),
    ),
    accepts("a secret that looks like an ARN", here(REPLICATION_GROUP, authToken=ABROAD)),
    accepts("an empty region, as AWS answers", here(RDS_CLUSTER, sourceRegion="")),
    accepts(
        "a resource here, its provider abroad",
        Item(STREAM, "s", HOME, provider_props={"region": "us-east-1"}),
    ),
    *(
        accepts(
            f"{zone} is in {region}",
            here(SUBNET, region=region, availabilityZoneId=zone),
            settings=Settings("t", allowed_regions=(region,)),
        )
        for zone, region in (
            ("apne1-az4", "ap-northeast-1"),
            ("usw2-az1", "us-west-2"),
            ("euc1-az2", "eu-central-1"),
            ("afs1-az3", "af-south-1"),
        )
    ),
    *(
        accepts(f"{t} has none", Item(t, "x"))
        for t in (
            "aws:route53/zone:Zone",
            "aws:cloudfront/function:Function",
            "aws:organizations/policy:Policy",
        )
    ),
    *(
        refuses(f"{key} abroad", here(STREAM, **{key: "us-east-1"}), says=f"{key} is us-east-1")
        for key in ("destinationRegion", "regionName")
    ),
    refuses(
        "regions abroad",
        here(STREAM, regions=["sa-east-1", "us-east-1"]),
        says="regions[1] is us-east-1",
    ),
    refuses(
        "a service abroad, by its newer name",
        here(SUBSCRIPTION, endpoint="https://events.us-east-1.api.aws/x"),
        says="Write: endpoint: name sa-east-1",
    ),
    refuses(
        "an endpoint service abroad, by its newer name",
        here(ENDPOINT, serviceName="aws.api.us-east-1.kendra-ranking"),
        says="outside sa-east-1",
    ),
    refuses(
        "abroad in a part of a property",
        here(SECRET, replicas=[{"region": "us-east-1"}]),
        says="Write: replicas: name sa-east-1",
    ),
)
