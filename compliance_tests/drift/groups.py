"""Security groups and their rules, changed by hand."""

from __future__ import annotations

from typing import Any

from .change import Changes, Here

change = Changes()


ALL = "0.0.0.0/0"
BY_HAND = "by hand"


def rule(port: int, cidr: str = "", to: int = 0, **more: Any) -> dict[str, Any]:
    ranges = [{"CidrIp": cidr, "Description": BY_HAND}] if cidr else []
    base = {"IpProtocol": "tcp", "FromPort": port, "ToPort": to or port, "IpRanges": ranges}
    return {**base, **more}


def admit(here: Here, permission: dict[str, Any], output: str = "rds_security_group_id") -> str:
    """One ingress rule more in a group."""
    group = here.out(output)
    here["ec2"].authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    return group


@change("ingress-not-public", "ingress-inside-vpc", "store-ingress-port")
def database_opened_to_everybody(here: Here) -> str:
    return admit(here, rule(5432, ALL))


@change("ingress-not-public", "ingress-inside-vpc", "store-ingress-port")
def cache_opened_to_everybody(here: Here) -> str:
    return admit(here, rule(6379, ALL), "redis_security_group_id")


@change("ingress-not-public", "ingress-inside-vpc", "store-ingress-port")
def every_port_opened_to_everybody(here: Here) -> str:
    return admit(here, {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ALL, "Description": BY_HAND}]})


@change("ingress-not-public", "ingress-inside-vpc", "store-ingress-port")
def half_the_internet_admitted(here: Here) -> str:
    return admit(here, rule(5432, "128.0.0.0/1"))


@change("ingress-not-public", "ingress-inside-vpc", "store-ingress-port")
def database_opened_to_everybody_by_ipv6(here: Here) -> str:
    everywhere = [{"CidrIpv6": "::/0", "Description": BY_HAND}]
    return admit(here, rule(5432, Ipv6Ranges=everywhere))


@change("ingress-inside-vpc", "store-ingress-port")
def database_opened_to_a_wider_range(here: Here) -> str:
    return admit(here, rule(5432, "10.0.0.0/8"))


@change("ingress-inside-vpc", "ingress-not-public", "store-ingress-port", "rules-described")
def database_opened_to_a_prefix_list(here: Here) -> str:
    """The emulator forgets the description."""
    made = here["ec2"].create_managed_prefix_list(
        PrefixListName=BY_HAND,
        MaxEntries=1,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "198.51.100.0/24"}],
    )
    entry = {"PrefixListId": made["PrefixList"]["PrefixListId"], "Description": BY_HAND}
    return admit(here, rule(5432, PrefixListIds=[entry]))


@change("store-ingress-port")
def database_opened_to_another_group(here: Here) -> str:
    other = {"GroupId": here.out("redis_security_group_id"), "Description": BY_HAND}
    return admit(here, rule(5432, UserIdGroupPairs=[other]))


@change("store-ingress-port")
def another_port_opened_to_the_vpc(here: Here) -> str:
    return admit(here, rule(22, here.out("vpc_cidr")))


@change("store-ingress-port")
def range_of_ports_opened_to_the_vpc(here: Here) -> str:
    return admit(here, rule(0, here.out("vpc_cidr"), 65535), "redis_security_group_id")


@change("store-ingress-port")
def rule_of_the_database_removed(here: Here) -> str:
    group = here.out("rds_security_group_id")
    told = here["ec2"].describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    here["ec2"].revoke_security_group_ingress(GroupId=group, IpPermissions=told["IpPermissions"])
    return group


@change("rules-described", "store-ingress-port")
def rule_without_a_description(here: Here) -> str:
    return admit(here, rule(5432, IpRanges=[{"CidrIp": "10.0.11.0/24"}]))


@change("egress-limited")
def egress_opened(here: Here) -> str:
    group = here.out("rds_security_group_id")
    here["ec2"].authorize_security_group_egress(GroupId=group, IpPermissions=[rule(443, ALL)])
    return group


def default(here: Here) -> str:
    return here.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")


@change("default-group-empty")
def rule_in_the_default_group(here: Here) -> str:
    rules = [rule(22, "10.0.1.0/24")]
    here["ec2"].authorize_security_group_ingress(GroupId=default(here), IpPermissions=rules)
    return default(here)


@change("default-group-empty")
def default_group_admits_itself(here: Here) -> str:
    own = [{"GroupId": default(here), "Description": BY_HAND}]
    rules = [{"IpProtocol": "-1", "UserIdGroupPairs": own}]
    here["ec2"].authorize_security_group_ingress(GroupId=default(here), IpPermissions=rules)
    return default(here)


@change("default-group-empty", "egress-limited")
def egress_of_the_default_group_opened(here: Here) -> str:
    rules = [rule(443, ALL)]
    here["ec2"].authorize_security_group_egress(GroupId=default(here), IpPermissions=rules)
    return default(here)


@change("REQ-OPS-1", "rules-described", "egress-limited")
def group_made_by_hand(here: Here) -> str:
    made = here["ec2"].create_security_group(
        GroupName="by-hand", Description=BY_HAND, VpcId=here.out("vpc_id")
    )
    return str(made["GroupId"])
