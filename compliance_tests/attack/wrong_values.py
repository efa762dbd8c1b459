"""Wrong values that several attacks share: keys, policies, ingress and routes.

Written from the requirements and AWS's references, not from the controls.
"""

from __future__ import annotations

from collections.abc import Mapping

from core import Value

ACCOUNT = "123456789012"
FOREIGN = "999988887777"
FOREIGN_KEY = f"arn:aws:kms:sa-east-1:{FOREIGN}:key/11111111-2222-3333-4444-555555555555"
OTHER_REGION_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def managed(service: str) -> tuple[Value, ...]:
    """AWS's own key for the service in every spelling, keys that are not ours, no key."""
    return (
        "",
        f"alias/aws/{service}",
        f"arn:aws:kms:sa-east-1:{ACCOUNT}:alias/aws/{service}",
        f"ALIAS/AWS/{service}",
        FOREIGN_KEY,
        OTHER_REGION_KEY,
        "11111111-2222-3333-4444-555555555555",
        "alias/somebody-elses-sandbox",
    )


def public_policy(principal: str) -> str:
    return (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":'
        f'{principal},"Action":"*","Resource":"*"}}]}}'
    )


POLICIES: tuple[Value, ...] = (
    public_policy('"*"'),
    public_policy('{"AWS":"*"}'),
    public_policy('{"AWS":["*"]}'),
    public_policy(f'{{"AWS":["arn:aws:iam::{ACCOUNT}:root","*"]}}'),
    public_policy(f'{{"AWS":"arn:aws:iam::{FOREIGN}:root"}}'),
    public_policy(f'{{"AWS":"{FOREIGN}"}}'),
    public_policy(f'{{"AWS":"arn:aws:sts::{FOREIGN}:assumed-role/x/y"}}'),
    public_policy('{"Federated":"*"}'),
    public_policy('{"Service":"*"}'),
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotPrincipal":'
    f'{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"*","Resource":"*"}}}}',
    *(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":'
        f'"sns.amazonaws.com"}},"Action":"*","Resource":"*","Condition":{bound}}}]}}'
        for bound in (
            f'{{"StringEquals":{{"aws:SourceAccount":"{FOREIGN}"}}}}',
            f'{{"ArnLike":{{"aws:SourceArn":"arn:aws:sns:sa-east-1:{FOREIGN}:*"}}}}',
        )
    ),
    "no json",
)


VPC_IN: Mapping[str, Value] = {
    "protocol": "tcp",
    "fromPort": 5432.0,
    "toPort": 5432.0,
    "description": "x",
}
CACHE_IN: Mapping[str, Value] = {
    "protocol": "tcp",
    "fromPort": 6379.0,
    "toPort": 6379.0,
    "description": "x",
}


def wrong_ingress(rule: Mapping[str, Value]) -> tuple[Value, ...]:
    """Ingress that leaves the VPC or the port, in every way an inline rule can say it."""

    def on(**parts: Value) -> Value:
        one: dict[str, Value] = {**rule, "cidrBlocks": ["10.0.0.0/16"], **parts}
        return [one]

    port = rule["fromPort"]
    wide: tuple[Value, ...] = tuple(
        on(cidrBlocks=[c])
        for c in (
            "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/15", "10.1.0.0/16",
            "172.16.0.0/12", "192.168.0.0/16", "8.8.8.8/32", "100.64.0.0/10", "::/0", "any", "",
        )
    )  # fmt: skip
    return (
        *wide,
        on(cidrBlocks=["10.0.0.0/16", "0.0.0.0/0"]),
        on(ipv6CidrBlocks=["::/0"]),
        on(ipv6CidrBlocks=["2000::/3"]),
        on(ipv6CidrBlocks=["::ffff:0:0/96"]),
        on(prefixListIds=["pl-12345678"]),
        on(securityGroups=["sg-0123456789abcdef0"]),
        on(securityGroups=[f"{FOREIGN}/sg-0123456789abcdef0"]),
        on(protocol="-1", fromPort=0.0, toPort=0.0),
        on(protocol="all", fromPort=0.0, toPort=0.0),
        on(protocol="udp"),
        on(protocol="17"),
        on(protocol="icmp", fromPort=-1.0, toPort=-1.0),
        on(fromPort=0.0, toPort=65535.0),
        on(fromPort=port, toPort=65535.0),
        on(fromPort=1.0),
        on(fromPort=22.0, toPort=22.0),
        on(fromPort=80.0, toPort=80.0),
        on(fromPort=None),
    )


WAYS_OUT: tuple[Value, ...] = (
    *(
        [{"cidrBlock": where, key: target}]
        for where, key, target in (
            ("0.0.0.0/0", "gatewayId", "igw-0123456789abcdef0"),
            ("8.0.0.0/8", "gatewayId", "igw-0123456789abcdef0"),
            ("0.0.0.0/0", "natGatewayId", "nat-0123456789abcdef0"),
            ("0.0.0.0/0", "transitGatewayId", "tgw-0123456789abcdef0"),
            ("172.16.0.0/12", "vpcPeeringConnectionId", "pcx-0123456789abcdef0"),
            ("0.0.0.0/0", "networkInterfaceId", "eni-0123456789abcdef0"),
            ("10.9.0.0/16", "gatewayId", "vgw-0123456789abcdef0"),
            ("0.0.0.0/0", "vpcEndpointId", "vpce-0123456789abcdef0"),
            ("0.0.0.0/0", "carrierGatewayId", "cagw-0123456789abcdef0"),
            ("0.0.0.0/0", "localGatewayId", "lgw-0123456789abcdef0"),
            ("0.0.0.0/0", "coreNetworkArn", "arn:aws:networkmanager::1:core-network/x"),
        )
    ),
    [{"ipv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-0123456789abcdef0"}],
)

SHARDS_FOUR = ("IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords")
