"""Functions (data sources) of the AWS package: they are asked at preview too."""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.providers.aws.invokes_rds import engine_version, orderable_db_instance
from sandbox.providers.aws.policy_document import policy_document
from sandbox.providers.framework import Clients, Inputs, Outputs, ProviderError
from sandbox.providers.plugin import Invoke

REGIONS = {
    "sa-east-1": "South America (Sao Paulo)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "ca-central-1": "Canada (Central)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-central-1": "Europe (Frankfurt)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
}


def filters(inputs: Inputs) -> list[dict[str, Any]]:
    """The filters of a function as the EC2 API takes them."""
    return [
        {"Name": item["name"], "Values": item["values"]} for item in inputs.get("filters") or []
    ]


def availability_zones(aws: Clients, inputs: Inputs) -> Outputs:
    """The zones of the region, by name."""
    asked: dict[str, Any] = {"Filters": filters(inputs)}
    if inputs.get("allAvailabilityZones"):
        asked["AllAvailabilityZones"] = True
    if inputs.get("state"):
        asked["Filters"].append({"Name": "state", "Values": [inputs["state"]]})
    found = aws.ec2.describe_availability_zones(**asked)["AvailabilityZones"]
    names, ids = inputs.get("excludeNames") or [], inputs.get("excludeZoneIds") or []
    zones = [zone for zone in found if zone["ZoneName"] not in names and zone["ZoneId"] not in ids]
    zones.sort(key=lambda zone: zone["ZoneName"])
    return {
        **inputs,
        "id": aws.region,
        "region": aws.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName") or aws.region for zone in zones}),
    }


def caller_identity(aws: Clients, inputs: Inputs) -> Outputs:
    """Who the sandbox's requests come from."""
    who = aws.sts.get_caller_identity()
    return {
        "id": who["Account"],
        "accountId": who["Account"],
        "arn": who["Arn"],
        "userId": who["UserId"],
    }


def region(aws: Clients, inputs: Inputs) -> Outputs:
    """The region in use, or the one asked for."""
    name = inputs.get("region") or inputs.get("name") or aws.region
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": REGIONS.get(name, name),
        "endpoint": f"ec2.{name}.amazonaws.com",
    }


def partition(aws: Clients, inputs: Inputs) -> Outputs:
    """The commercial partition: the sandbox has no other."""
    return {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def prefix_list(aws: Clients, inputs: Inputs) -> Outputs:
    """A prefix list of AWS, by name or id."""
    asked: dict[str, Any] = {"Filters": filters(inputs)}
    if inputs.get("name"):
        asked["Filters"].append({"Name": "prefix-list-name", "Values": [inputs["name"]]})
    if inputs.get("prefixListId"):
        asked["Filters"].append({"Name": "prefix-list-id", "Values": [inputs["prefixListId"]]})
    found = aws.ec2.describe_managed_prefix_lists(**asked)["PrefixLists"]
    if len(found) != 1:
        raise ProviderError(
            "no matching EC2 Prefix List found"
            if not found
            else "multiple EC2 Prefix Lists matched"
        )
    entries = aws.ec2.get_managed_prefix_list_entries(PrefixListId=found[0]["PrefixListId"])[
        "Entries"
    ]
    return {
        **inputs,
        "id": found[0]["PrefixListId"],
        "prefixListId": found[0]["PrefixListId"],
        "name": found[0]["PrefixListName"],
        "cidrBlocks": sorted(entry["Cidr"] for entry in entries),
        "region": aws.region,
    }


def document(aws: Clients, inputs: Inputs) -> Outputs:
    """A policy document from its statements."""
    text, minified = policy_document(inputs)
    return {
        **inputs,
        "id": str(int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)),
        "json": text,
        "minifiedJson": minified,
    }


INVOKES: dict[str, Invoke] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getRegion:getRegion": region,
    "aws:index/getPartition:getPartition": partition,
    "aws:ec2/getPrefixList:getPrefixList": prefix_list,
    "aws:iam/getPolicyDocument:getPolicyDocument": document,
    "aws:rds/getEngineVersion:getEngineVersion": engine_version,
    "aws:rds/getOrderableDbInstance:getOrderableDbInstance": orderable_db_instance,
}
