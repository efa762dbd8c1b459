"""What is attacked: for each type the security-relevant properties and their wrong values.

Written from the requirements and AWS's references, not from the controls: a control that forgets
a property shows up as survivors.
"""

from __future__ import annotations

from dataclasses import dataclass

from core import Value

from .wrong_values import (
    CACHE_IN,
    POLICIES,
    SHARDS_FOUR,
    VPC_IN,
    WAYS_OUT,
    managed,
    wrong_ingress,
)


@dataclass(frozen=True)
class Attack:
    """One property and what is done to it.

    `needed`: its absence is a breach. `decidable`: an unknown without any dependency is a breach.
    `kind`: "number", "flag" or "text" get a value of another kind. `target`: the type the
    property refers to; it is pointed to every other one (or those named in `targets`).
    `only`: just the resources whose logical name holds one of these parts.
    """

    property: str
    values: tuple[Value, ...] = ()
    needed: bool = True
    decidable: bool = True
    kind: str = ""
    target: str = ""
    targets: tuple[str, ...] = ()
    identity: str = "arn"
    as_list: bool = False
    only: tuple[str, ...] = ()
    owner: str = ""
    not_on: tuple[str, ...] = ()

    def kind_value(self) -> Value:
        kinds: dict[str, Value] = {"number": "thirty", "flag": "perhaps", "text": 7.0}
        return kinds[self.kind]


KEY = "aws:kms/key:Key"


def key_of(service: str, owner: str = "") -> Attack:
    return Attack("kmsKeyId", managed(service), target=KEY, kind="text", owner=owner)


ATTACKS: dict[str, tuple[Attack, ...]] = {
    KEY: (
        Attack("enableKeyRotation", (False, "false"), kind="flag"),
        Attack("rotationPeriodInDays", (366.0, 2560.0, "366"), needed=False, kind="number"),
        Attack("isEnabled", (False,), needed=False, kind="flag"),
        Attack("bypassPolicyLockoutSafetyCheck", (True,), needed=False, kind="flag"),
        Attack("multiRegion", (True,), needed=False, kind="flag"),
        Attack("deletionWindowInDays", (6.0, 0.0, 31.0, -7.0), needed=False, kind="number"),
        Attack("customerMasterKeySpec", ("RSA_2048", "HMAC_256", "ECC_NIST_P256"), needed=False),
        Attack("keyUsage", ("SIGN_VERIFY", "GENERATE_VERIFY_MAC"), needed=False),
        Attack("customKeyStoreId", ("cks-1234567890abcdef0",), needed=False),
        Attack("xksKeyId", ("xks-1",), needed=False),
        Attack("policy", POLICIES, needed=False),
    ),
    "aws:kinesis/stream:Stream": (
        Attack("encryptionType", ("NONE", "", "kms", "none"), kind="text"),
        key_of("kinesis"),
        Attack("retentionPeriod", (23.0, 0.0, -24.0), needed=False, kind="number"),
        Attack("shardCount", (1.0, 0.0, -2.0), kind="number"),
        Attack(
            "shardLevelMetrics",
            (
                [],
                ["IncomingBytes"],
                list(SHARDS_FOUR[1:]),
                list(SHARDS_FOUR[:3]),
                ["incomingbytes"],
            ),
        ),
    ),
    "aws:secretsmanager/secret:Secret": (
        key_of("secretsmanager"),
        Attack("policy", POLICIES, needed=False),
        Attack("replicas", ([{"region": "us-east-1"}],), needed=False),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": (
        Attack(
            "secretString",
            ('{"username":"u","password":"hunter2hunter2hunter2hunter2hunt"}', "hunter2"),
            only=("database", "db", "aurora"),
        ),
    ),
    "random:index/randomPassword:RandomPassword": (
        Attack("length", (31.0, 8.0, 0.0), kind="number"),
    ),
    "aws:rds/cluster:Cluster": (
        Attack("storageEncrypted", (False, "false"), kind="flag"),
        key_of("rds"),
        Attack("backupRetentionPeriod", (29.0, 7.0, 1.0, 0.0, -30.0, "29"), kind="number"),
        Attack("dbSubnetGroupName", ("", "default", "somebody-elses")),
        Attack("vpcSecurityGroupIds", ([], ["sg-0123456789abcdef0"])),
        Attack("dbClusterParameterGroupName", ("", "default.aurora-postgresql15", "other")),
        Attack("masterPassword", ("hunter2hunter2hunter2hunter2hunt", "")),
        Attack("manageMasterUserPassword", (True,), needed=False, decidable=False),
        Attack(
            "serverlessv2ScalingConfiguration", ({}, {"minCapacity": 0.5}, {"maxCapacity": 2.0})
        ),
        Attack("publiclyAccessible", (True,), needed=False, kind="flag"),
    ),
    "aws:rds/clusterInstance:ClusterInstance": (
        Attack("publiclyAccessible", (True, "true"), needed=False, kind="flag"),
        Attack("instanceClass", ("db.r6g.large", "db.t3.medium", ""), kind="text"),
        Attack("availabilityZone", ("sa-east-1a",), needed=False, only=("reader", "-2", "-1")),
        Attack("dbSubnetGroupName", ("default", "somebody-elses"), needed=False, decidable=False),
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (
        Attack(
            "parameters",
            (
                [],
                [{"name": "rds.force_ssl", "value": "0"}],
                [{"name": "rds.force_ssl", "value": ""}],
                [{"name": "rds.force_ssl", "value": "off"}],
                [{"name": "force_ssl", "value": "1"}],
                [{"name": "ssl", "value": "1"}],
                [{"name": "rds.force_ssl", "value": "1"}, {"name": "rds.force_ssl", "value": "0"}],
            ),
        ),
    ),
    "aws:rds/subnetGroup:SubnetGroup": (
        Attack("subnetIds", ([], ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"])),
        Attack(
            "subnetIds",
            needed=False,
            decidable=False,
            targets=("public",),
            target="aws:ec2/subnet:Subnet",
            identity="id",
            as_list=True,
        ),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (
        Attack("subnetIds", ([], ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"])),
        Attack(
            "subnetIds",
            needed=False,
            decidable=False,
            targets=("public",),
            target="aws:ec2/subnet:Subnet",
            identity="id",
            as_list=True,
        ),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        Attack("atRestEncryptionEnabled", (False, "false"), kind="flag"),
        key_of("elasticache"),
        Attack("transitEncryptionEnabled", (False, "false"), kind="flag"),
        Attack("transitEncryptionMode", ("preferred", "none"), needed=False, kind="text"),
        Attack("automaticFailoverEnabled", (False,), kind="flag"),
        Attack("multiAzEnabled", (False,), kind="flag"),
        Attack("numCacheClusters", (1.0, 0.0, -2.0), kind="number"),
        Attack("snapshotRetentionLimit", (4.0, 1.0, 0.0, -5.0), kind="number"),
        Attack("subnetGroupName", ("", "default", "somebody-elses")),
        Attack("securityGroupIds", ([], ["sg-0123456789abcdef0"])),
        Attack("preferredCacheClusterAzs", (["sa-east-1a", "sa-east-1a"],), needed=False),
    ),
    "aws:cloudwatch/logGroup:LogGroup": (
        Attack("retentionInDays", (0.0, 1.0, 3.0, 5.0, -7.0), kind="number"),
        # AWS keeps this class for two days, whatever retention is asked for
        Attack("logGroupClass", ("DELIVERY",), needed=False, decidable=False),
        key_of("logs"),
    ),
    "aws:ec2/vpc:Vpc": (
        Attack("enableDnsSupport", (False,), needed=False, kind="flag"),
        Attack("enableDnsHostnames", (False,), kind="flag"),
        Attack("cidrBlock", ("8.8.0.0/16", "100.64.0.0/16", "11.0.0.0/16")),
    ),
    "aws:ec2/subnet:Subnet": (
        Attack("mapPublicIpOnLaunch", (True, "true"), needed=False, kind="flag", only=("private",)),
        Attack(
            "availabilityZone",
            ("sa-east-1a", "us-east-1a"),
            needed=False,
            decidable=False,
            only=("private-subnet-2",),
        ),
    ),
    "aws:ec2/routeTable:RouteTable": (
        Attack(
            "routes",
            WAYS_OUT,
            needed=False,
            only=("private",),
        ),
        Attack("propagatingVgws", (["vgw-0123456789abcdef0"],), needed=False, only=("private",)),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        Attack(
            "routeTableId",
            ("rtb-0123456789abcdef0",),
            target="aws:ec2/routeTable:RouteTable",
            identity="id",
            only=("private",),
        ),
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        Attack("ingress", wrong_ingress(VPC_IN), needed=False, only=("database", "db", "aurora")),
        Attack("ingress", wrong_ingress(CACHE_IN), needed=False, only=("cache", "redis")),
        Attack("vpcId", ("vpc-0123456789abcdef0",), needed=True, decidable=True),
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (
        Attack(
            "ingress",
            (
                [{"protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "self": True}],
                [
                    {
                        "protocol": "tcp",
                        "fromPort": 22.0,
                        "toPort": 22.0,
                        "cidrBlocks": ["0.0.0.0/0"],
                    }
                ],
            ),
            needed=False,
        ),
        Attack(
            "egress",
            ([{"protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "cidrBlocks": ["0.0.0.0/0"]}],),
            needed=False,
        ),
    ),
    "aws:iam/role:Role": (
        Attack(
            "assumeRolePolicy",
            tuple(
                str(p)
                .replace('"Action":"*"', '"Action":"sts:AssumeRole"')
                .replace(',"Resource":"*"', "")
                for p in POLICIES
            ),
        ),
        Attack(
            "managedPolicyArns",
            (
                ["arn:aws:iam::aws:policy/AdministratorAccess"],
                ["arn:aws:iam::aws:policy/PowerUserAccess"],
            ),
            needed=False,
            decidable=False,
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        Attack(
            "policy",
            tuple(
                f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{allowed}}}]}}'
                for allowed in (
                    '"Action":"*","Resource":"*"',
                    '"Action":["*"],"Resource":["*"]',
                    '"Action":"kms:*","Resource":"*"',
                    '"NotAction":"iam:*","Resource":"*"',
                    '"Action":"iam:PassRole","Resource":"*"',
                    '"Action":"secretsmanager:GetSecretValue","Resource":"*"',
                )
            ),
            needed=False,
        ),
    ),
}

#: Attacked on every resource that has it.
SHARED: tuple[Attack, ...] = (
    Attack("region", ("us-east-1", "sa-east-2", "eu-west-1"), needed=False, kind="text"),
    Attack("tags", ({}, {"Name": "x"}), decidable=True),
    *(
        Attack(
            name,
            ("nameless", "sandbox-in-front", "-sandboxx", ""),
            needed=True,
            not_on=("aws:iam/rolePolicy:RolePolicy",),
        )
        for name in ("name", "clusterIdentifier", "identifier", "replicationGroupId")
    ),
)
