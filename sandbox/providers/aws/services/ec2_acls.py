"""Network access control lists with their entries and subnets."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.ec2_shared import arn, by, delete, find, retag, tagged
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule, made, tag_map
from sandbox.providers.validators import between, cidr4, cidr6, one_of

LAST_ENTRY = 32767
"""AWS's own entry that denies the rest: nobody can change it."""
NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}


def entry(direction: str, item: Inputs) -> dict[str, Any]:
    """The arguments of CreateNetworkAclEntry, without the list's id."""
    protocol = NUMBERS.get(str(item["protocol"]).lower(), str(item["protocol"]))
    asked: dict[str, Any] = {
        "Egress": direction == "egress",
        "RuleNumber": int(item["ruleNo"]),
        "RuleAction": item["action"].lower(),
        "Protocol": protocol,
    }
    if item.get("cidrBlock"):
        asked["CidrBlock"] = item["cidrBlock"]
    if item.get("ipv6CidrBlock"):
        asked["Ipv6CidrBlock"] = item["ipv6CidrBlock"]
    if protocol in ("1", "58"):
        asked["IcmpTypeCode"] = {
            "Type": int(item.get("icmpType") or 0),
            "Code": int(item.get("icmpCode") or 0),
        }
    elif protocol != "-1":
        asked["PortRange"] = {"From": int(item["fromPort"]), "To": int(item["toPort"])}
    return asked


def seen(item: dict[str, Any]) -> Outputs:
    """An entry of the API as outputs have it."""
    ports, icmp = item.get("PortRange") or {}, item.get("IcmpTypeCode") or {}
    return {
        "action": item["RuleAction"],
        "cidrBlock": item.get("CidrBlock") or "",
        "ipv6CidrBlock": item.get("Ipv6CidrBlock") or "",
        "fromPort": int(ports.get("From") or 0),
        "toPort": int(ports.get("To") or 0),
        "icmpType": int(icmp.get("Type") or 0),
        "icmpCode": int(icmp.get("Code") or 0),
        "protocol": str(item["Protocol"]),
        "ruleNo": int(item["RuleNumber"]),
    }


class NetworkAcl:
    """aws.ec2.NetworkAcl."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.ec2.create_network_acl(VpcId=inputs["vpcId"], **tagged("network-acl", inputs))
        id: str = answer["NetworkAcl"]["NetworkAclId"]
        with made(id):
            for direction in ("ingress", "egress"):
                for item in inputs.get(direction) or []:
                    aws.ec2.create_network_acl_entry(NetworkAclId=id, **entry(direction, item))
            self._associate(aws, id, inputs.get("subnetIds") or [])
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        acl = find(aws.ec2.describe_network_acls, "NetworkAcls", NetworkAclIds=[id])
        if acl is None:
            return None
        entries = [item for item in acl["Entries"] if int(item["RuleNumber"]) != LAST_ENTRY]
        return {
            "arn": arn(aws, "network-acl", id, acl.get("OwnerId", "")),
            "ownerId": acl.get("OwnerId") or aws.account,
            "ingress": [seen(item) for item in entries if not item["Egress"]],
            "egress": [seen(item) for item in entries if item["Egress"]],
            "subnetIds": [item["SubnetId"] for item in acl.get("Associations") or []],
            "tagsAll": tag_map(acl.get("Tags")),
            "vpcId": acl["VpcId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        for direction in sorted(changed & {"ingress", "egress"}):
            now = find(aws.ec2.describe_network_acls, "NetworkAcls", NetworkAclIds=[id]) or {
                "Entries": []
            }
            for item in now["Entries"]:
                if (
                    item["Egress"] == (direction == "egress")
                    and int(item["RuleNumber"]) != LAST_ENTRY
                ):
                    delete(
                        aws.ec2.delete_network_acl_entry,
                        NetworkAclId=id,
                        RuleNumber=int(item["RuleNumber"]),
                        Egress=item["Egress"],
                    )
            for item in news.get(direction) or []:
                aws.ec2.create_network_acl_entry(NetworkAclId=id, **entry(direction, item))
        if "subnetIds" in changed:
            wanted = news.get("subnetIds") or []
            self._release(aws, id, keep=set(wanted))
            self._associate(
                aws, id, [item for item in wanted if item not in (olds.get("subnetIds") or [])]
            )
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        self._release(aws, id, keep=set())
        delete(aws.ec2.delete_network_acl, NetworkAclId=id)

    def _associate(self, aws: Clients, id: str, subnets: list[str]) -> None:
        """Move subnets to this list: each always has one, so an association is replaced."""
        for subnet in subnets:
            holder = find(
                aws.ec2.describe_network_acls, "NetworkAcls", **by("association.subnet-id", subnet)
            )
            for item in (holder or {}).get("Associations") or []:
                if item["SubnetId"] == subnet:
                    aws.ec2.replace_network_acl_association(
                        AssociationId=item["NetworkAclAssociationId"], NetworkAclId=id
                    )

    def _release(self, aws: Clients, id: str, keep: set[str]) -> None:
        """Give the other subnets of this list back to the VPC's default list."""
        acl = find(aws.ec2.describe_network_acls, "NetworkAcls", NetworkAclIds=[id])
        gone = [
            item for item in (acl or {}).get("Associations") or [] if item["SubnetId"] not in keep
        ]
        if acl is None or not gone:
            return
        asked = by("vpc-id", acl["VpcId"])["Filters"] + by("default", "true")["Filters"]
        default = find(aws.ec2.describe_network_acls, "NetworkAcls", Filters=asked)
        for item in gone if default else []:
            aws.ec2.replace_network_acl_association(
                AssociationId=item["NetworkAclAssociationId"],
                NetworkAclId=default["NetworkAclId"],  # type: ignore[index]
            )


def same_protocol(old: str, new: str) -> bool:
    """`tcp` and `6` are one protocol."""
    return NUMBERS.get(str(old).lower(), str(old)) == NUMBERS.get(str(new).lower(), str(new))


ACL = "aws:ec2/networkAcl:NetworkAcl"
HANDLERS: dict[str, Handler] = {ACL: NetworkAcl()}
RULES: dict[str, TypeRule] = {
    ACL: TypeRule(
        replaces={"vpcId"},
        sets={"ingress", "egress", "subnetIds"},
        same={f"{side}.protocol": same_protocol for side in ("ingress", "egress")}
        | {
            f"{side}.action": lambda old, new: str(old).lower() == str(new).lower()
            for side in ("ingress", "egress")
        },
        validators=tuple(
            check
            for side in ("ingress", "egress")
            for check in (
                one_of(f"{side}.action", "allow", "deny", "ALLOW", "DENY"),
                cidr4(f"{side}.cidrBlock"),
                cidr6(f"{side}.ipv6CidrBlock"),
                between(f"{side}.fromPort", 0, 65535),
                between(f"{side}.toPort", 0, 65535),
                between(f"{side}.ruleNo", 1, 32766),
            )
        ),
    )
}
