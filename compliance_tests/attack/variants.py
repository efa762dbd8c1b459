"""Stacks that meet every requirement and differ from the shipped one: none may be blocked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core import Props, Resource, Value

from .addition import Added, mutants
from .providers import made_here
from .secret import marked
from .views import View, changed, values
from .wrong_values import ACCOUNT, CACHE_IN, VPC_IN

CLUSTER, GROUP = "aws:rds/cluster:Cluster", "aws:ec2/securityGroup:SecurityGroup"
STREAM, LOGS = "aws:kinesis/stream:Stream", "aws:cloudwatch/logGroup:LogGroup"
CACHE, KEY = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:kms/key:Key"
SECRET, VPC = "aws:secretsmanager/secret:Secret", "aws:ec2/vpc:Vpc"
SUBNET, TABLE = "aws:ec2/subnet:Subnet", "aws:ec2/routeTable:RouteTable"


@dataclass(frozen=True)
class Variant:
    """A compliant view; a mandatory finding on it is a defect of the control."""

    name: str
    view: View
    touched: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """Properties of one resource, written otherwise. A None leaves the property out."""

    what: str
    type: str
    name: str
    props: Mapping[str, Value]


def _in(rule: Mapping[str, Value], **parts: Value) -> list[Value]:
    return [{**rule, "cidrBlocks": ["10.0.0.0/16"], **parts}]


SEVEN = [
    "IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords",
    "WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
]  # fmt: skip

CHANGES: tuple[Change, ...] = (
    *(Change(f"{n} shards", STREAM, "", {"shardCount": n}) for n in (3.0, 10.0, "4")),
    Change("a key by its alias's ARN", STREAM, "",
           {"kmsKeyId": f"arn:aws:kms:sa-east-1:{ACCOUNT}:alias/kinesis-sandbox"}),
    Change("on demand", STREAM, "",
           {"shardCount": None, "streamModeDetails": {"streamMode": "ON_DEMAND"}}),
    *(Change(f"{n} hours kept", STREAM, "", {"retentionPeriod": n})
      for n in (48.0, 168.0, 8760.0, "24")),
    Change("retention left to AWS's 24 hours", STREAM, "", {"retentionPeriod": None}),
    Change("all metrics, named", STREAM, "", {"shardLevelMetrics": SEVEN}),
    Change("all metrics, as ALL", STREAM, "", {"shardLevelMetrics": ["ALL"]}),
    Change("four metrics", STREAM, "", {"shardLevelMetrics": SEVEN[:4]}),
    *(Change(f"{n} days of backups", CLUSTER, "", {"backupRetentionPeriod": n})
      for n in (31.0, 35.0, "30")),
    *(
        Change(f"{low} to {high} ACU", CLUSTER, "",
               {"serverlessv2ScalingConfiguration": {"minCapacity": low, "maxCapacity": high}})
        for low, high in ((1.0, 1.0), (0.5, 16.0), (0.0, 4.0))
    ),
    Change("deletion protection", CLUSTER, "", {"deletionProtection": True}),
    Change("a final snapshot", CLUSTER, "",
           {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last-sandbox"}),
    Change("another major version", CLUSTER, "", {"engineVersion": "16.8"}),
    Change("another backup window", CLUSTER, "", {"preferredBackupWindow": "05:00-05:30"}),
    Change("public address left out", "aws:rds/clusterInstance:ClusterInstance", "1",
           {"publiclyAccessible": None}),
    Change("minor upgrades on", "aws:rds/clusterInstance:ClusterInstance", "1",
           {"autoMinorVersionUpgrade": True}),
    Change("Performance Insights off", "aws:rds/clusterInstance:ClusterInstance", "1",
           {"performanceInsightsEnabled": None, "performanceInsightsKmsKeyId": None}),
    Change("one more parameter", "aws:rds/clusterParameterGroup:ClusterParameterGroup", "",
           {"parameters": [{"name": "rds.force_ssl", "value": "1"},
                           {"name": "log_statement", "value": "ddl"}]}),
    *(Change(f"{n} nodes", CACHE, "", {"numCacheClusters": n}) for n in (3.0, 6.0, "2")),
    Change("shards with replicas", CACHE, "",
           {"numCacheClusters": None, "numNodeGroups": 2.0, "replicasPerNodeGroup": 1.0}),
    *(Change(f"{n} days of snapshots", CACHE, "", {"snapshotRetentionLimit": n})
      for n in (6.0, 35.0, "5")),
    Change("Redis 7.1", CACHE, "", {"engineVersion": "7.1"}),
    Change("user groups for the token", CACHE, "",
           {"authToken": None, "userGroupIds": ["iot-sandbox"]}),
    *(Change(f"rotation each {n} days", KEY, "kinesis", {"rotationPeriodInDays": n})
      for n in (90.0, 180.0, None)),
    *(Change(f"deletion window of {n} days", KEY, "rds", {"deletionWindowInDays": n})
      for n in (8.0, 30.0, None)),
    Change("enabled left out", KEY, "secrets", {"isEnabled": None}),
    Change("a class of rarely read logs", LOGS, "stream", {"logGroupClass": "INFREQUENT_ACCESS"}),
    Change("Valkey for Redis", CACHE, "", {"engine": "valkey", "engineVersion": "8.0"}),
    Change("another description", KEY, "logs", {"description": "keys of the logs"}),
    *(Change(f"{n} days of logs", LOGS, "stream", {"retentionInDays": n})
      for n in (14.0, 30.0, 365.0, 3653.0, "7")),
    *(
        Change(f"database open to {what}", GROUP, "database", {"ingress": value})
        for what, value in (
            ("one subnet", _in(VPC_IN, cidrBlocks=["10.0.11.0/24"])),
            ("two subnets", _in(VPC_IN, cidrBlocks=["10.0.11.0/24", "10.0.12.0/24"])),
            ("one address", _in(VPC_IN, cidrBlocks=["10.0.11.7/32"])),
            ("itself", _in(VPC_IN, cidrBlocks=None, self=True)),
            ("the VPC, by protocol number", _in(VPC_IN, protocol="6")),
            ("the VPC, ports as texts", _in(VPC_IN, fromPort="5432", toPort="5432")),
            ("nobody", []),
        )
    ),
    Change("cache open to one subnet", GROUP, "cache",
           {"ingress": _in(CACHE_IN, cidrBlocks=["10.0.12.0/24"])}),
    Change("another private range", SUBNET, "private-subnet-1", {"cidrBlock": "10.0.21.0/24"}),
    Change("public address left out of a subnet", SUBNET, "private-subnet-2",
           {"mapPublicIpOnLaunch": None}),
    Change("usage metrics of the VPC", VPC, "", {"enableNetworkAddressUsageMetrics": True}),
    Change("routes left out of the private table", TABLE, "private", {"routes": None}),
    Change("a route inside the VPC", TABLE, "private",
           {"routes": [{"cidrBlock": "10.0.0.0/16", "gatewayId": "local"}]}),
    Change("a description of the secret", SECRET, "database", {"description": "of the database"}),
    Change("a recovery window", SECRET, "database", {"recoveryWindowInDays": 7.0}),
)  # fmt: skip

KINESIS_KEY, RDS_KEY, SECRETS_KEY, LOGS_KEY = (
    (KEY, "kinesis"), (KEY, "rds"), (KEY, "secrets"), (KEY, "logs"),
)  # fmt: skip
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":'
    '{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
READS = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kinesis:GetRecords"],'
    f'"Resource":"arn:aws:kinesis:sa-east-1:{ACCOUNT}:stream/sensor-data-stream-{{suffix}}"}}]}}'
)

ADDITIONS: tuple[Added, ...] = (
    Added("a second stream on the streams' key", STREAM,
          {"name": "alarms-{suffix}", "shardCount": 2.0, "retentionPeriod": 24.0, "tags": {},
           "encryptionType": "KMS", "shardLevelMetrics": SEVEN[:4]}, {"kmsKeyId": KINESIS_KEY}),
    Added("a second secret on the secrets' key", SECRET, {"name": "api-{suffix}", "tags": {}},
          {"kmsKeyId": SECRETS_KEY}),
    Added("another log group on the logs' key", LOGS,
          {"name": "/aws/lambda/reader-{suffix}", "retentionInDays": 30.0, "tags": {}},
          {"kmsKeyId": LOGS_KEY}),
    Added("a key nobody uses yet", KEY,
          {"enableKeyRotation": True, "tags": {}, "description": "spare"}, {}),
    Added("an alias", "aws:kms/alias:Alias", {"name": "alias/spare-{suffix}"},
          {"targetKeyId": KINESIS_KEY}),
    Added("a closed group nobody uses", GROUP,
          {"name": "spare-{suffix}", "description": "spare", "tags": {}}, {"vpcId": (VPC, "")}),
    Added("a group of an application, open inside the VPC", GROUP,
          {"name": "app-{suffix}", "description": "app", "tags": {}, "ingress": [
              {"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "description": "x",
               "cidrBlocks": ["10.0.0.0/16"]}]}, {"vpcId": (VPC, "")}),
    Added("a rule from one subnet", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
          {"ipProtocol": "tcp", "fromPort": 5432.0, "toPort": 5432.0, "description": "x",
           "cidrIpv4": "10.0.11.0/24", "tags": {}}, {"securityGroupId": (GROUP, "database")}),
    Added("an old rule from one subnet", "aws:ec2/securityGroupRule:SecurityGroupRule",
          {"type": "ingress", "protocol": "tcp", "fromPort": 6379.0, "toPort": 6379.0,
           "description": "x", "cidrBlocks": ["10.0.11.0/24"]},
          {"securityGroupId": (GROUP, "cache")}),
    Added("a rule from the cache's group",
          "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
          {"ipProtocol": "tcp", "fromPort": 5432.0, "toPort": 5432.0, "description": "x",
           "tags": {}},
          {"securityGroupId": (GROUP, "database"), "referencedSecurityGroupId": (GROUP, "cache")}),
    Added("egress inside the VPC", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
          {"ipProtocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "description": "x",
           "cidrIpv4": "10.0.0.0/16", "tags": {}}, {"securityGroupId": (GROUP, "database")}),
    Added("a gateway endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint",
          {"serviceName": "com.amazonaws.sa-east-1.s3", "vpcEndpointType": "Gateway", "tags": {}},
          {"vpcId": (VPC, ""), "routeTableIds": (TABLE, "private")}),
    Added("an interface endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint",
          {"serviceName": "com.amazonaws.sa-east-1.kms", "vpcEndpointType": "Interface",
           "privateDnsEnabled": True, "tags": {}},
          {"vpcId": (VPC, ""), "subnetIds": (SUBNET, "private-subnet-1"),
           "securityGroupIds": (GROUP, "cache")}),
    Added("a rule from an address of a subnet, protocol as a number",
          "aws:ec2/securityGroupRule:SecurityGroupRule",
          {"type": "ingress", "protocol": "6", "fromPort": "5432", "toPort": "5432",
           "description": "x", "cidrBlocks": ["10.0.11.7/32", "10.0.12.0/24"]},
          {"securityGroupId": (GROUP, "database")}),
    Added("another range of the VPC",
          "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
          {"cidrBlock": "10.1.0.0/16"}, {"vpcId": (VPC, "")}),
    Added("mail for a topic's reader", "aws:sns/topicSubscription:TopicSubscription",
          {"topic": f"arn:aws:sns:sa-east-1:{ACCOUNT}:alarms-{{suffix}}", "protocol": "email",
           "endpoint": "operations@example.com"}, {}),
    Added("a third private subnet", SUBNET,
          {"cidrBlock": "10.0.13.0/24", "availabilityZone": "sa-east-1c", "tags": {}},
          {"vpcId": (VPC, "")}),
    Added("an alarm", "aws:cloudwatch/metricAlarm:MetricAlarm",
          {"name": "age-{suffix}", "comparisonOperator": "GreaterThanThreshold",
           "evaluationPeriods": 1.0, "metricName": "GetRecords.IteratorAgeMilliseconds",
           "namespace": "AWS/Kinesis", "period": 60.0, "statistic": "Maximum", "threshold": 60000.0,
           "tags": {}}, {}),
    Added("a rotation of a secret", "aws:secretsmanager/secretRotation:SecretRotation",
          {"rotationLambdaArn": f"arn:aws:lambda:sa-east-1:{ACCOUNT}:function:rotate-{{suffix}}",
           "rotationRules": {"automaticallyAfterDays": 30.0}}, {"secretId": (SECRET, "database")}),
    Added("a ban on public access",
          "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
          {"internetGatewayBlockMode": "block-bidirectional"}, {}),
    Added("a dashboard", "aws:cloudwatch/dashboard:Dashboard",
          {"dashboardName": "iot-{suffix}", "dashboardBody": "{}"}, {}),
    Added("a role of a function", "aws:iam/role:Role",
          {"name": "reader-{suffix}", "assumeRolePolicy": TRUST, "tags": {}}, {}),
    Added("what the role may read", "aws:iam/rolePolicy:RolePolicy",
          {"name": "reader-{suffix}", "policy": READS},
          {"role": ("aws:iam/role:Role", "flow-logs")}),
    Added("a cluster without instances", CLUSTER,
          {"clusterIdentifier": "second-{suffix}", "engine": "aurora-postgresql",
           "storageEncrypted": True, "backupRetentionPeriod": 30.0, "masterUsername": "iot_owner",
           "copyTagsToSnapshot": True, "iamDatabaseAuthenticationEnabled": True, "tags": {},
           "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 2.0}},
          {"kmsKeyId": RDS_KEY, "dbSubnetGroupName": ("aws:rds/subnetGroup:SubnetGroup", ""),
           "vpcSecurityGroupIds": (GROUP, "database"),
           "dbClusterParameterGroupName": (
               "aws:rds/clusterParameterGroup:ClusterParameterGroup", ""),
           "masterPassword": ("random:index/randomPassword:RandomPassword", "database")}),
)  # fmt: skip


def all_variants(view: View) -> Iterator[Variant]:
    """Every compliant variant of the view."""
    for change in CHANGES:
        yield _changed(view, change)
    for mutant in mutants(view, ADDITIONS):
        yield Variant(mutant.name, mutant.view, mutant.touched)
    for mutant in made_here(view):
        yield Variant(mutant.name, mutant.view, mutant.touched)
    for suffix in ("dev", "blue-2"):
        yield _renamed(view, suffix)
    yield _hidden(view)


def _hidden(view: View) -> Variant:
    """The same stack with every text and number marked as secret."""

    def again(resource: Resource) -> Resource:
        found = Props({k: marked(v) for k, v in values(resource.props).items()})
        inputs = resource.inputs
        if inputs is not None:
            inputs = Props({k: marked(v) for k, v in values(inputs).items()})
        return replace(resource, props=found, inputs=inputs)

    other = replace(
        view,
        inputs={urn: again(r) for urn, r in view.inputs.items()},
        stack=tuple(again(r) for r in view.stack),
    )
    return Variant(f"{view.name} with every value a secret", other, tuple(other.inputs))


def _changed(view: View, change: Change) -> Variant:
    urn = view.named(change.type, change.name)
    inputs, outputs = view.inputs[urn], view.outputs(urn)
    for key, value in change.props.items():
        inputs, outputs = changed(inputs, key, value), changed(outputs, key, value)
    return Variant(f"{view.name} {change.what}", view.with_resource(inputs, outputs), (urn,))


def _renamed(view: View, suffix: str) -> Variant:
    """The same stack under another suffix, in every name, tag, policy and identifier."""
    old = view.settings.suffix or ""

    def text(value: Value) -> Value:
        if isinstance(value, str):
            return type(value)(value.replace(old, suffix))
        if isinstance(value, Mapping):
            return {k: text(v) for k, v in value.items()}
        if isinstance(value, Sequence):
            return [text(v) for v in value]
        return value

    def again(resource: Resource) -> Resource:
        found = {k: text(v) for k, v in values(resource.props).items()}
        inputs = resource.inputs
        if inputs is not None:
            inputs = Props({k: text(v) for k, v in values(inputs).items()})
        return replace(resource, props=Props(found), inputs=inputs)

    other = replace(
        view,
        inputs={urn: again(r) for urn, r in view.inputs.items()},
        stack=tuple(again(r) for r in view.stack),
        settings=replace(view.settings, suffix=suffix),
    )
    return Variant(f"{view.name} under the suffix {suffix}", other, tuple(other.inputs))
