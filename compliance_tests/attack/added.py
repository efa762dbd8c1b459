"""Resources that an attacker adds to the stack, and resources that go missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core import UNKNOWN, Props, Provider, Resource, Value

from .mutants import Mutant, shown
from .properties import ACCOUNT, FOREIGN, POLICIES
from .views import View

RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
OUTSIDE_V4 = ("0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "8.8.8.8/32", "10.0.0.0/15")
OUTSIDE_V6 = ("::/0", "2000::/3", "2001:db8::1/128", "::ffff:0.0.0.0/96")


@dataclass(frozen=True)
class Added:
    """A resource that is added: `needs` maps a property to the resource (type, name) whose
    identity it holds; in the first view that identity is unknown.
    """

    what: str
    type: str
    props: Mapping[str, Value]
    needs: Mapping[str, tuple[str, str]]
    owner: str = ""
    provider: str = "pulumi:providers:aws"


def tags(suffix: str) -> dict[str, Value]:
    return {"Environment": suffix, "Project": "p", "ManagedBy": "pulumi", "Name": f"extra-{suffix}"}


def identity(key: str) -> str:
    """The output that a property of this name takes of the resource it needs."""
    if key == "masterPassword":
        return "result"
    return "arn" if key.lower().endswith("arn") else "id"


def mutants(view: View, additions: tuple[Added, ...]) -> Iterator[Mutant]:
    """The view with each of them added."""
    suffix = view.settings.suffix or ""
    sample = next(r for r in view.stack if r.is_custom and r.provider)
    prefix = sample.urn.rpartition("::")[0].rpartition("::")[0]
    for added in additions:
        props: dict[str, Value] = {
            key: value.replace("{suffix}", suffix) if isinstance(value, str) else value
            for key, value in added.props.items()
        }
        regional = added.type.startswith("aws:") and not added.type.startswith("aws:iam/")
        if regional:  # Check writes the provider's region into the inputs
            props.setdefault("region", "sa-east-1")
        graph: dict[str, tuple[str, ...]] = {}
        for key, (type_, name) in added.needs.items():
            urn = view.named(type_, name)
            graph[key] = (urn,)
            real = view.outputs(urn).props.raw(identity(key))
            one: Value = real if isinstance(real, str) else UNKNOWN
            props[key] = [one] if key.endswith("s") else one
        if "tags" in props:
            props["tags"] = tags(suffix)
        urn = f"{prefix}::{added.type}::attacker"
        provider = Provider(
            f"{prefix}::{added.provider}::default",
            added.provider,
            "default",
            Props({"region": "sa-east-1"}),
        )
        inputs = Resource(urn, added.type, "attacker", Props(props), provider=provider)
        outputs = replace(inputs, property_dependencies=graph)
        name = f"{view.name} added {added.what}"
        yield Mutant(name, view.with_resource(inputs, outputs), (urn,), added.owner)


def rules() -> tuple[Added, ...]:
    """Standalone rules on the groups of the data stores."""
    found: list[Added] = []
    for name, port in (("database", 5432.0), ("cache", 6379.0)):
        group = (GROUP, name)

        def old(
            what: str, group: tuple[str, str] = group, port: float = port, **props: Value
        ) -> None:
            base: dict[str, Value] = {
                "type": "ingress", "protocol": "tcp", "fromPort": port, "toPort": port,
                "description": "x",
            }  # fmt: skip
            found.append(
                Added(
                    f"rule on {group[1]}: {what}",
                    RULE,
                    {**base, **props},
                    {"securityGroupId": group},
                )
            )

        def new(
            what: str, group: tuple[str, str] = group, port: float = port, **props: Value
        ) -> None:
            base: dict[str, Value] = {
                "ipProtocol": "tcp", "fromPort": port, "toPort": port, "description": "x", "tags": {},
            }  # fmt: skip
            found.append(
                Added(
                    f"ingress rule on {group[1]}: {what}", INGRESS, {**base, **props},
                    {"securityGroupId": group},
                )
            )  # fmt: skip

        for cidr in OUTSIDE_V4:
            old(cidr, cidrBlocks=[cidr])
            new(cidr, cidrIpv4=cidr)
        for cidr in OUTSIDE_V6:
            old(cidr, ipv6CidrBlocks=[cidr])
            new(cidr, cidrIpv6=cidr)
        for what, value in (
            ("prefix list", "pl-12345678"), ("foreign group", "sg-0123456789abcdef0"),
        ):  # fmt: skip
            if what == "prefix list":
                old(what, prefixListIds=[value])
                new(what, prefixListId=value)
            else:
                old(what, sourceSecurityGroupId=value)
                new(what, referencedSecurityGroupId=value)
                new("group of another account", referencedSecurityGroupId=f"{FOREIGN}/{value}")
        old("unknown source", cidrBlocks=UNKNOWN)
        new("unknown source", cidrIpv4=UNKNOWN)
        old("no source at all")
        old("every protocol", protocol="-1", fromPort=0.0, toPort=0.0, cidrBlocks=["10.0.0.0/16"])
        new("every protocol", ipProtocol="-1", fromPort=None, toPort=None, cidrIpv4="10.0.0.0/16")
        old("every port", fromPort=0.0, toPort=65535.0, cidrBlocks=["10.0.0.0/16"])
        new("every port", fromPort=0.0, toPort=65535.0, cidrIpv4="10.0.0.0/16")
        old("another port", fromPort=22.0, toPort=22.0, cidrBlocks=["10.0.0.0/16"])
        new("another port", fromPort=22.0, toPort=22.0, cidrIpv4="10.0.0.0/16")
        old("udp", protocol="udp", cidrBlocks=["10.0.0.0/16"])
        new("udp", ipProtocol="17", cidrIpv4="10.0.0.0/16")
        old("type unknown", type=UNKNOWN, cidrBlocks=["0.0.0.0/0"])
        old("type in capitals", type="INGRESS", cidrBlocks=["0.0.0.0/0"])
    return tuple(found)


def routes() -> tuple[Added, ...]:
    """Ways out of the private subnets."""
    route, table = "aws:ec2/route:Route", ("aws:ec2/routeTable:RouteTable", "private-routes")
    targets = {
        "gatewayId": "igw-0123456789abcdef0", "natGatewayId": "nat-0123456789abcdef0",
        "transitGatewayId": "tgw-0123456789abcdef0", "networkInterfaceId": "eni-0123456789abcdef0",
        "vpcPeeringConnectionId": "pcx-0123456789abcdef0",
        "egressOnlyGatewayId": "eigw-0123456789abcdef0", "vpcEndpointId": "vpce-0123456789abcdef0",
        "localGatewayId": "lgw-0123456789abcdef0", "carrierGatewayId": "cagw-0123456789abcdef0",
        "coreNetworkArn": "arn:aws:networkmanager::1:core-network/x",
    }  # fmt: skip
    found = []
    for key, value in targets.items():
        for where in ("0.0.0.0/0", "8.8.8.8/32"):
            found.append(
                Added(
                    f"route {where} by {key}", route, {"destinationCidrBlock": where, key: value},
                    {"routeTableId": table},
                )
            )  # fmt: skip
    gateway = ("aws:ec2/internetGateway:InternetGateway", "")
    found.append(
        Added(
            "route by the stack's own internet gateway", route,
            {"destinationCidrBlock": "0.0.0.0/0"}, {"routeTableId": table, "gatewayId": gateway},
        )
    )  # fmt: skip
    found.append(
        Added(
            "route to a prefix list", route,
            {"destinationPrefixListId": "pl-12345678", "gatewayId": "igw-0123456789abcdef0"},
            {"routeTableId": table},
        )
    )  # fmt: skip
    found.append(
        Added(
            "virtual gateway's routes", "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
            {"vpnGatewayId": "vgw-0123456789abcdef0"}, {"routeTableId": table},
        )
    )  # fmt: skip
    found.append(
        Added("a NAT gateway", "aws:ec2/natGateway:NatGateway", {"allocationId": "eipalloc-1", "tags": {}},
              {"subnetId": ("aws:ec2/subnet:Subnet", "public-subnet-1")})
    )  # fmt: skip
    return tuple(found)


FOREIGN_POLICY = POLICIES[4]
KMS_KEY, STREAM, SECRET = (
    ("aws:kms/key:Key", "kinesis"),
    ("aws:kinesis/stream:Stream", ""),
    ("aws:secretsmanager/secret:Secret", "database"),
)

STORES: tuple[Added, ...] = (
    Added("a bare stream", "aws:kinesis/stream:Stream", {"name": "x-{suffix}", "shardCount": 2.0,
          "tags": {}}, {}),
    Added("a bare cluster", "aws:rds/cluster:Cluster", {"clusterIdentifier": "x-{suffix}",
          "engine": "aurora-postgresql", "tags": {}}, {}),
    Added("a restored cluster", "aws:rds/cluster:Cluster", {"clusterIdentifier": "x-{suffix}",
          "engine": "aurora-postgresql", "snapshotIdentifier": "snap", "tags": {}}, {}),
    Added("a bare instance", "aws:rds/instance:Instance", {"identifier": "x-{suffix}",
          "instanceClass": "db.t3.micro", "tags": {}}, {}),
    Added("a public instance", "aws:rds/instance:Instance", {"identifier": "x-{suffix}",
          "instanceClass": "db.t3.micro", "publiclyAccessible": True, "tags": {}}, {}),
    Added("a bare global cluster", "aws:rds/globalCluster:GlobalCluster",
          {"globalClusterIdentifier": "x-{suffix}", "engine": "aurora-postgresql"}, {}),
    Added("a bare replication group", "aws:elasticache/replicationGroup:ReplicationGroup",
          {"replicationGroupId": "x-{suffix}", "description": "x", "tags": {}}, {}),
    Added("a cache cluster", "aws:elasticache/cluster:Cluster",
          {"clusterId": "x-{suffix}", "engine": "redis", "tags": {}}, {}),
    Added("a memcached cluster", "aws:elasticache/cluster:Cluster",
          {"clusterId": "x-{suffix}", "engine": "memcached", "tags": {}}, {}),
    Added("a serverless cache", "aws:elasticache/serverlessCache:ServerlessCache",
          {"name": "x-{suffix}", "engine": "redis", "tags": {}}, {}),
    Added("a MemoryDB cluster", "aws:memorydb/cluster:Cluster",
          {"name": "x-{suffix}", "aclName": "open-access", "tlsEnabled": False, "tags": {}}, {}),
    Added("a bare secret", "aws:secretsmanager/secret:Secret", {"name": "x-{suffix}", "tags": {}}, {}),
    Added("a bare log group", "aws:cloudwatch/logGroup:LogGroup", {"name": "/x-{suffix}", "tags": {}}, {}),
    Added("a key without rotation", "aws:kms/key:Key", {"tags": {}}, {}),
    Added("an external key", "aws:kms/externalKey:ExternalKey", {"tags": {}}, {}),
    Added("a replica key", "aws:kms/replicaKey:ReplicaKey",
          {"primaryKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1", "tags": {}}, {}),
    Added("an open group", GROUP, {"name": "x-{suffix}", "description": "x", "tags": {}, "ingress": [
          {"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": ["0.0.0.0/0"]}]},
          {"vpcId": ("aws:ec2/vpc:Vpc", "")}),
)  # fmt: skip

SIDE_DOORS: tuple[Added, ...] = (
    *(
        Added(f"key policy {shown(p)}", "aws:kms/keyPolicy:KeyPolicy", {"policy": p},
              {"keyId": KMS_KEY})
        for p in POLICIES
    ),
    *(
        Added(f"stream policy {shown(p)}", "aws:kinesis/resourcePolicy:ResourcePolicy",
              {"policy": p}, {"resourceArn": STREAM})
        for p in POLICIES
    ),
    *(
        Added(f"secret policy {shown(p)}", "aws:secretsmanager/secretPolicy:SecretPolicy",
              {"policy": p}, {"secretArn": SECRET})
        for p in POLICIES
    ),
    Added("a grant to another account", "aws:kms/grant:Grant",
          {"granteePrincipal": f"arn:aws:iam::{FOREIGN}:root", "operations": ["Decrypt"]},
          {"keyId": KMS_KEY}),
    Added("a log policy for all", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
          {"policyName": "x-{suffix}", "policyDocument": POLICIES[0]}, {}),
    Added("a peering", "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
          {"peerVpcId": "vpc-1", "tags": {}}, {"vpcId": ("aws:ec2/vpc:Vpc", "")}),
    Added("another main table", "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
          {}, {"vpcId": ("aws:ec2/vpc:Vpc", ""),
               "routeTableId": ("aws:ec2/routeTable:RouteTable", "public-routes")}),
    Added("a bucket", "aws:s3/bucket:Bucket", {"bucket": "x-{suffix}", "tags": {}}, {}),
    Added("a DynamoDB table", "aws:dynamodb/table:Table", {"name": "x-{suffix}", "tags": {}}, {}),
    Added("an EC2 instance", "aws:ec2/instance:Instance", {"ami": "ami-1", "tags": {}}, {}),
    Added("an admin role policy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
          {"role": "x-{suffix}", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, {}),
    Added("an IAM user", "aws:iam/user:User", {"name": "x-{suffix}", "tags": {}}, {}),
    Added("an access key", "aws:iam/accessKey:AccessKey", {"user": "x-{suffix}"}, {}),
    Added("a CloudFormation stack", "aws:cloudformation/stack:Stack",
          {"name": "x-{suffix}", "templateBody": "{}", "tags": {}}, {}),
    Added("a Cloud Control resource", "aws:cloudcontrol/resource:Resource",
          {"typeName": "AWS::RDS::DBInstance", "desiredState": "{}"}, {}),
    Added("an aws-native cluster", "aws-native:rds:DbCluster", {"dbClusterIdentifier": "x-{suffix}"}, {},
          provider="pulumi:providers:aws-native"),
    Added("a command", "command:local:Command", {"create": "true"}, {},
          provider="pulumi:providers:command"),
    Added("a dynamic resource", "pulumi-python:dynamic:Resource", {"__provider": "x"}, {},
          provider="pulumi:providers:pulumi-python"),
    Added("a topic without key", "aws:sns/topic:Topic", {"name": "x-{suffix}", "tags": {}}, {}),
    Added("a queue without key", "aws:sqs/queue:Queue", {"name": "x-{suffix}", "tags": {}}, {}),
)  # fmt: skip


def all_added(view: View) -> Iterator[Mutant]:
    yield from mutants(view, (*rules(), *routes(), *STORES, *SIDE_DOORS))


def removed(view: View) -> Iterator[Mutant]:
    """Resources that another one's compliance rests on go missing."""
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    for type_, name in (
        (association, "private-subnet-1-routes"),
        ("aws:rds/clusterParameterGroup:ClusterParameterGroup", ""),
    ):
        gone = view.without([view.named(type_, name)])
        yield Mutant(f"{view.name} removed {type_.rpartition(':')[2]} {name}".rstrip(), gone, ())
    bare = view.without([view.named(association, "private-subnet-1-routes")])
    main = next(added for added in SIDE_DOORS if added.what == "another main table")
    for mutant in mutants(bare, (main,)):
        yield replace(mutant, name=f"{mutant.name}, and no association of a private subnet")
