"""Properties that controls of other resources decide by.

A store's control reads its subnet group, that group's subnets and their routes; a change made by
hand to any of these undoes the store's placement although the store itself is as written.
"""

from __future__ import annotations

from collections.abc import Mapping

from ._network import (
    GROUP,
    INGRESS_RULE,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    RULE,
    SUBNET,
    VPC_IPV6_RANGE,
    VPC_RANGE,
)
from ._passwords import HOLDS
from ._placement import CACHE_SUBNETS, MEMORYDB_SUBNETS, RDS_SUBNETS
from ._routes import (
    ASSOCIATION,
    DEFAULT_ROUTE_TABLE,
    MAIN_ASSOCIATION,
    PROPAGATIONS,
    ROUTE,
    ROUTE_TABLE,
    TARGETS,
)
from ._rules import SOURCES
from ._stores import (
    CACHE_CLUSTER,
    CACHE_USER,
    MEMORYDB_CLUSTER,
    MEMORYDB_USER,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
)
from ._types import (
    ALIAS,
    CLUSTER_PARAMETERS,
    ENDPOINT,
    FLOW_LOG,
    INSTANCE_PARAMETERS,
    KEY_POLICY,
    RANDOM_PASSWORD,
    ROLE_ATTACHMENT,
    ROLE_POLICY,
    SECRET_POLICY,
    SECRET_VERSION,
)

_TABLE = ("routes", "propagatingVgws")
_RULE = (*SOURCES, "securityGroupId", "type", "protocol", "ipProtocol", "fromPort", "toPort")

WIRING: Mapping[str, tuple[str, ...]] = {
    ALIAS: ("targetKeyId",),
    KEY_POLICY: ("keyId",),
    RDS_CLUSTER: (*HOLDS[RDS_CLUSTER], "engine", "port"),
    RDS_INSTANCE: (*HOLDS[RDS_INSTANCE], "engine", "port"),
    RDS_CLUSTER_INSTANCE: ("clusterIdentifier", "availabilityZone", "dbParameterGroupName"),
    REPLICATION_GROUP: ("authToken", "authTokenWo", "port"),
    CACHE_CLUSTER: ("replicationGroupId", "port"),
    MEMORYDB_CLUSTER: ("port",),
    CACHE_USER: ("passwords", "authenticationMode"),
    MEMORYDB_USER: ("authenticationMode",),
    SECRET_VERSION: (*HOLDS[SECRET_VERSION], "secretId"),
    SECRET_POLICY: ("secretArn",),
    RANDOM_PASSWORD: ("length",),
    CLUSTER_PARAMETERS: ("parameters", "family"),
    INSTANCE_PARAMETERS: ("parameters", "family"),
    RDS_SUBNETS: ("subnetIds",),
    CACHE_SUBNETS: ("subnetIds",),
    MEMORYDB_SUBNETS: ("subnetIds",),
    SUBNET: ("availabilityZone", "cidrBlock", "mapPublicIpOnLaunch", "vpcId"),
    VPC_RANGE: ("cidrBlock", "vpcId"),
    VPC_IPV6_RANGE: ("ipv6CidrBlock", "vpcId"),
    ROUTE_TABLE: (*_TABLE, "vpcId"),
    DEFAULT_ROUTE_TABLE: (*_TABLE, "defaultRouteTableId"),
    ROUTE: (*TARGETS, "gatewayId", "routeTableId"),
    ASSOCIATION: ("routeTableId", "subnetId"),
    MAIN_ASSOCIATION: ("routeTableId", "vpcId"),
    **dict.fromkeys(PROPAGATIONS, ("routeTableId",)),
    GROUP: ("vpcId",),
    RULE: _RULE,
    INGRESS_RULE: _RULE,
    PREFIX_LIST: ("entries", "addressFamily"),
    PREFIX_LIST_ENTRY: ("cidr", "prefixListId"),
    ENDPOINT: ("vpcEndpointType", "policy"),
    FLOW_LOG: ("trafficType", "vpcId", "logDestination"),
    ROLE_POLICY: ("role",),
    ROLE_ATTACHMENT: ("policyArn", "role"),
}
