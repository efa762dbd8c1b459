"""VPC endpoints: gateway endpoints in route tables, interface endpoints in subnets."""

from __future__ import annotations

import json
import time
from typing import Any

from sandbox.providers.aws.services.ec2_shared import arn, by, delete, find, retag, tagged
from sandbox.providers.framework import (
    Clients,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
    made,
    tag_map,
)
from sandbox.providers.validators import exactly_one, json_text, one_of
from sandbox.providers.values import json_same

READY_SECONDS = 30.0
OPEN_POLICY = {
    "Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}],
    "Version": "2008-10-17",
}
LISTS = {
    "routeTableIds": ("AddRouteTableIds", "RemoveRouteTableIds"),
    "subnetIds": ("AddSubnetIds", "RemoveSubnetIds"),
    "securityGroupIds": ("AddSecurityGroupIds", "RemoveSecurityGroupIds"),
}


class VpcEndpoint:
    """aws.ec2.VpcEndpoint."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked: dict[str, Any] = {
            "VpcId": inputs["vpcId"],
            "VpcEndpointType": inputs["vpcEndpointType"],
        }
        for name, key in (
            ("serviceName", "ServiceName"),
            ("policy", "PolicyDocument"),
            ("routeTableIds", "RouteTableIds"),
            ("subnetIds", "SubnetIds"),
            ("securityGroupIds", "SecurityGroupIds"),
            ("ipAddressType", "IpAddressType"),
        ):
            if inputs.get(name):
                asked[key] = inputs[name]
        # AWS's default depends on the type, and the API's own default would switch it on.
        asked["PrivateDnsEnabled"] = bool(inputs.get("privateDnsEnabled", False))
        id: str = aws.ec2.create_vpc_endpoint(**asked, **tagged("vpc-endpoint", inputs))[
            "VpcEndpoint"
        ]["VpcEndpointId"]
        with made(id):
            self._wait(aws, id)
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        endpoint = self._endpoint(aws, id)
        if endpoint is None:
            return None
        service, kind = endpoint["ServiceName"], endpoint.get("VpcEndpointType", "Gateway")
        prefixes = (
            aws.ec2.describe_prefix_lists(**by("prefix-list-name", service))["PrefixLists"]
            if kind == "Gateway"
            else []
        )
        options = endpoint.get("DnsOptions") or {}
        return {
            "arn": arn(aws, "vpc-endpoint", id, endpoint.get("OwnerId", "")),
            "cidrBlocks": sorted({cidr for item in prefixes for cidr in item.get("Cidrs") or []}),
            "dnsEntries": [
                {
                    "dnsName": item.get("DnsName") or "",
                    "hostedZoneId": item.get("HostedZoneId") or "",
                }
                for item in endpoint.get("DnsEntries") or []
            ],
            "dnsOptions": {
                "dnsRecordIpType": options.get(
                    "DnsRecordIpType", "ipv4" if kind != "Gateway" else "service-defined"
                ),
                "privateDnsOnlyForInboundResolverEndpoint": bool(
                    options.get("PrivateDnsOnlyForInboundResolverEndpoint", False)
                ),
            },
            "ipAddressType": endpoint.get("IpAddressType") or "ipv4",
            "networkInterfaceIds": sorted(endpoint.get("NetworkInterfaceIds") or []),
            "ownerId": endpoint.get("OwnerId") or aws.account,
            "policy": self._policy(endpoint),
            "prefixListId": next((item["PrefixListId"] for item in prefixes), ""),
            "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled", False)),
            "requesterManaged": bool(endpoint.get("RequesterManaged", False)),
            "routeTableIds": endpoint.get("RouteTableIds") or [],
            "securityGroupIds": [item["GroupId"] for item in endpoint.get("Groups") or []],
            "serviceName": service,
            "serviceRegion": aws.region,
            "state": endpoint.get("State", "available"),
            "subnetConfigurations": [
                {"subnetId": subnet, "ipv4": "", "ipv6": ""}
                for subnet in sorted(endpoint.get("SubnetIds") or [])
            ],
            "subnetIds": endpoint.get("SubnetIds") or [],
            "tagsAll": tag_map(endpoint.get("Tags")),
            "vpcEndpointType": kind,
            "vpcId": endpoint["VpcId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        asked: dict[str, Any] = {}
        for name in changed & LISTS.keys():
            old, new = set(olds.get(name) or []), set(news.get(name) or [])
            add, remove = LISTS[name]
            asked.update(
                {key: sorted(ids) for key, ids in ((add, new - old), (remove, old - new)) if ids}
            )
        if "policy" in changed:
            asked.update(
                {"PolicyDocument": news["policy"]} if news.get("policy") else {"ResetPolicy": True}
            )
        if "privateDnsEnabled" in changed:
            asked["PrivateDnsEnabled"] = bool(news.get("privateDnsEnabled"))
        if asked:
            aws.ec2.modify_vpc_endpoint(VpcEndpointId=id, **asked)
            self._wait(aws, id)
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        delete(aws.ec2.delete_vpc_endpoints, VpcEndpointIds=[id])

    def _endpoint(self, aws: Clients, id: str) -> dict[str, Any] | None:
        found = find(aws.ec2.describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id])
        return (
            None
            if found is None or str(found.get("State", "")).lower() in ("deleted", "deleting")
            else found
        )

    def _wait(self, aws: Clients, id: str) -> None:
        end = time.monotonic() + READY_SECONDS
        while True:
            found = self._endpoint(aws, id)
            state = str((found or {}).get("State", "")).lower()
            if state == "available":
                return
            if (
                found is None
                or state in ("failed", "rejected", "expired")
                or time.monotonic() > end
            ):
                raise ProviderError(
                    f"VPC endpoint {id} did not become available (state {state or 'gone'})"
                )
            time.sleep(0.2)

    def _policy(self, endpoint: dict[str, Any]) -> str:
        text = endpoint.get("PolicyDocument")
        try:
            return json.dumps(
                json.loads(text) if text else OPEN_POLICY, separators=(",", ":"), sort_keys=True
            )
        except ValueError:
            return str(text)


ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
HANDLERS: dict[str, Handler] = {ENDPOINT: VpcEndpoint()}
RULES: dict[str, TypeRule] = {
    ENDPOINT: TypeRule(
        defaults={"vpcEndpointType": "Gateway"},
        replaces={
            "vpcId",
            "serviceName",
            "vpcEndpointType",
            "serviceRegion",
            "resourceConfigurationArn",
            "serviceNetworkArn",
        },
        replaces_if={
            "privateDnsEnabled": lambda olds, news: news.get("vpcEndpointType") != "Interface"
        },
        computed={
            "dnsOptions.dnsRecordIpType",
            "dnsOptions.privateDnsOnlyForInboundResolverEndpoint",
        },
        sets={"routeTableIds", "subnetIds", "securityGroupIds", "subnetConfigurations"},
        same={"policy": json_same},
        validators=(
            exactly_one(
                "serviceName",
                "resourceConfigurationArn",
                "serviceNetworkArn",
                text='"service_name": one of `resource_configuration_arn,service_name,'
                "service_network_arn` must be specified",
            ),
            one_of(
                "vpcEndpointType",
                "Interface",
                "Gateway",
                "GatewayLoadBalancer",
                "Resource",
                "ServiceNetwork",
            ),
            one_of("ipAddressType", "ipv4", "dualstack", "ipv6"),
            json_text("policy"),
        ),
    )
}
