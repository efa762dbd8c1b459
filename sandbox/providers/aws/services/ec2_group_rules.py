"""vpc.SecurityGroupIngressRule and EgressRule: one source a rule, with an id of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from sandbox.providers.aws.services.ec2_permissions import protocol_of
from sandbox.providers.aws.services.ec2_shared import delete, find, retag, tagged
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule, tag_map
from sandbox.providers.validators import between, cidr4, cidr6, exactly_one, length, rule

SOURCES = {
    "cidrIpv4": ("IpRanges", "CidrIp", "CidrIpv4"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId", "ReferencedGroupId"),
}


class SecurityGroupRule:
    """A rule of one direction, `ingress` or `egress`."""

    def __init__(self, direction: str) -> None:
        self.direction = direction

    def create(self, aws: Clients, inputs: Inputs) -> str:
        authorize = getattr(aws.ec2, f"authorize_security_group_{self.direction}")
        answer = authorize(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[self._permission(inputs)],
            **tagged("security-group-rule", inputs),
        )
        id: str = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        found = find(
            aws.ec2.describe_security_group_rules, "SecurityGroupRules", SecurityGroupRuleIds=[id]
        )
        if found is None or found.get("IsEgress", False) != (self.direction == "egress"):
            return None
        protocol = protocol_of(found["IpProtocol"])
        outputs: Outputs = {
            "arn": f"arn:aws:ec2:{aws.region}:{aws.account}:security-group-rule/{id}",
            "description": found.get("Description"),
            "ipProtocol": protocol,
            "fromPort": None if protocol == "-1" else found.get("FromPort"),
            "toPort": None if protocol == "-1" else found.get("ToPort"),
            "securityGroupId": found["GroupId"],
            "securityGroupRuleId": id,
            "tagsAll": tag_map(found.get("Tags")),
        }
        for name, (_, _, key) in SOURCES.items():
            outputs[name] = found.get(key)
        outputs["referencedSecurityGroupId"] = (found.get("ReferencedGroupInfo") or {}).get(
            "GroupId"
        )
        return outputs

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if changed - {"tagsAll"}:
            wanted: dict[str, Any] = {"IpProtocol": protocol_of(news["ipProtocol"])}
            wanted["FromPort"], wanted["ToPort"] = news.get("fromPort", -1), news.get("toPort", -1)
            wanted["Description"] = news.get("description") or ""
            for name, (_, _, key) in SOURCES.items():
                if news.get(name):
                    wanted[key] = news[name]
            rules = [{"SecurityGroupRuleId": id, "SecurityGroupRule": wanted}]
            aws.ec2.modify_security_group_rules(
                GroupId=news["securityGroupId"], SecurityGroupRules=rules
            )
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        revoke = getattr(aws.ec2, f"revoke_security_group_{self.direction}")
        delete(revoke, GroupId=state["securityGroupId"], SecurityGroupRuleIds=[id])

    def _permission(self, inputs: Inputs) -> dict[str, Any]:
        permission: dict[str, Any] = {"IpProtocol": protocol_of(inputs["ipProtocol"])}
        if permission["IpProtocol"] != "-1":
            permission["FromPort"], permission["ToPort"] = (
                inputs.get("fromPort", -1),
                inputs.get("toPort", -1),
            )
        for name, (key, field, _) in SOURCES.items():
            if inputs.get(name):
                text = {"Description": inputs["description"]} if inputs.get("description") else {}
                permission[key] = [{field: inputs[name], **text}]
        return permission


def no_ports(inputs: Inputs) -> str | None:
    """All protocols have no ports."""
    if protocol_of(inputs.get("ipProtocol", "")) == "-1" and (
        "fromPort" in inputs or "toPort" in inputs
    ):
        return (
            "Invalid Attribute Combination: from_port and to_port must not be set "
            "when ip_protocol is -1"
        )
    return None


def other_kind(name: str, olds: Outputs, news: Inputs) -> bool:
    """Another kind of source is another rule; another source of the same kind is not."""
    return bool(olds.get(name)) != bool(news.get(name))


RULE = TypeRule(
    plugin_framework=True,
    auto_name=None,
    replaces={"securityGroupId"},
    replaces_if={name: partial(other_kind, name) for name in SOURCES},
    same={"ipProtocol": lambda old, new: protocol_of(old) == protocol_of(new)},
    validators=(
        exactly_one(
            *SOURCES,
            text="Invalid Attribute Combination. Exactly one of these attributes must be "
            "configured: [cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id]",
        ),
        cidr4("cidrIpv4"),
        cidr6("cidrIpv6"),
        between("fromPort", -1, 65535),
        between("toPort", -1, 65535),
        length("description", 0, 255),
        rule(no_ports, "ipProtocol"),
    ),
)
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
HANDLERS: dict[str, Handler] = {
    INGRESS: SecurityGroupRule("ingress"),
    EGRESS: SecurityGroupRule("egress"),
}
RULES: dict[str, TypeRule] = {INGRESS: RULE, EGRESS: RULE}
