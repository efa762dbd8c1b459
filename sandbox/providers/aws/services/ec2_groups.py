"""Security groups with rules inside, the default group, and the old standalone rule."""

from __future__ import annotations

import zlib
from typing import Any

from sandbox.providers.aws.services import ec2_permissions as rules
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
from sandbox.providers.validators import any_of, between, cidr4, cidr6, length, not_like, one_of

DIRECTIONS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def group_of(aws: Clients, id: str) -> dict[str, Any] | None:
    """One security group."""
    return find(aws.ec2.describe_security_groups, "SecurityGroups", GroupIds=[id])


def bring(
    aws: Clients, id: str, direction: str, have: set[rules.Atom], want: set[rules.Atom]
) -> None:
    """Make the rules of one direction those that are wanted."""
    authorize = getattr(aws.ec2, f"authorize_security_group_{direction}")
    revoke = getattr(aws.ec2, f"revoke_security_group_{direction}")
    rules.bring(have, want, id, authorize, revoke)


class SecurityGroup:
    """aws.ec2.SecurityGroup. It has the written rules only: AWS's own egress is revoked."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = {"GroupName": inputs["name"], "Description": inputs["description"]}
        if inputs.get("vpcId"):
            asked["VpcId"] = inputs["vpcId"]
        id: str = aws.ec2.create_security_group(**asked, **tagged("security-group", inputs))[
            "GroupId"
        ]
        with made(id):
            self._bring(aws, id, inputs, set(DIRECTIONS))
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        group = group_of(aws, id)
        if group is None:
            return None
        outputs: Outputs = {
            "arn": group.get("SecurityGroupArn")
            or arn(aws, "security-group", id, group.get("OwnerId", "")),
            "description": group["Description"],
            "name": group["GroupName"],
            "namePrefix": inputs.get("namePrefix") or "",
            "ownerId": group.get("OwnerId") or aws.account,
            "tagsAll": tag_map(group.get("Tags")),
            "vpcId": group.get("VpcId") or "",
        }
        for direction, key in DIRECTIONS.items():
            outputs[direction] = rules.blocks(
                rules.live(group[key]), inputs.get(direction) or [], id
            )
        return outputs

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        self._bring(aws, id, news, changed & DIRECTIONS.keys())
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        delete(aws.ec2.delete_security_group, GroupId=id)

    def _bring(self, aws: Clients, id: str, inputs: Inputs, directions: set[str]) -> None:
        group = group_of(aws, id)
        if group is None:
            raise ProviderError(f"security group {id} is gone; run `pulumi refresh`")
        for direction in sorted(directions):
            want = {
                atom for block in inputs.get(direction) or [] for atom in rules.atoms_of(block, id)
            }
            bring(aws, id, direction, rules.live(group[DIRECTIONS[direction]]), want)


class DefaultSecurityGroup(SecurityGroup):
    """aws.ec2.DefaultSecurityGroup: adopts the VPC's own, empties it of what is not written."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = by("group-name", "default")["Filters"]
        if inputs.get("vpcId"):
            asked += by("vpc-id", inputs["vpcId"])["Filters"]
        group = find(aws.ec2.describe_security_groups, "SecurityGroups", Filters=asked)
        if group is None:
            raise ProviderError(
                f"no default security group in {inputs.get('vpcId', 'the default VPC')}; "
                "check the VPC's id"
            )
        id: str = group["GroupId"]
        with made(id):
            self._bring(aws, id, inputs, set(DIRECTIONS))
            retag(aws, id, {"tagsAll": tag_map(group.get("Tags"))}, inputs, {"tagsAll"})
        return id

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        """AWS deletes the default group with its VPC, nobody else can."""


class SecurityGroupRule:
    """aws.ec2.SecurityGroupRule: one block of a group as a resource."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        id, direction = inputs["securityGroupId"], inputs["type"]
        group = group_of(aws, id)
        if group is None:
            raise ProviderError(f"security group {id} does not exist; check securityGroupId")
        have, want = rules.live(group[DIRECTIONS[direction]]), self._atoms(inputs)
        if have & want:
            raise ProviderError(f"[WARN] A duplicate Security Group rule was found on ({id})")
        bring(aws, id, direction, have, have | want)
        return rule_id(id, direction, want)

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        asked = inputs or imported(id)
        group = group_of(aws, asked["securityGroupId"])
        if group is None:
            return None
        owner = asked["securityGroupId"]
        found = rules.live(group[DIRECTIONS[asked["type"]]])
        wanted = self._atoms(asked)
        kept = {atom for atom in found if any(atom[:5] == want[:5] for want in wanted)}
        if not kept:
            return None
        block = next(iter(rules.blocks(kept, [], owner)))
        groups = block.pop("securityGroups")
        return {
            **block,
            "id": id if inputs else rule_id(owner, asked["type"], wanted),
            "type": asked["type"],
            "securityGroupId": owner,
            "securityGroupRuleId": "",
            "sourceSecurityGroupId": groups[0] if groups else "",
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        call = getattr(aws.ec2, f"update_security_group_rule_descriptions_{news['type']}")
        call(GroupId=news["securityGroupId"], IpPermissions=rules.permissions(self._atoms(news)))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        group = group_of(aws, state["securityGroupId"])
        if group is not None:
            have = rules.live(group[DIRECTIONS[state["type"]]])
            gone = {atom[:5] for atom in self._atoms(state)}
            keep = {atom for atom in have if atom[:5] not in gone}
            bring(aws, state["securityGroupId"], state["type"], have, keep)

    def _atoms(self, inputs: Inputs) -> set[rules.Atom]:
        source = inputs.get("sourceSecurityGroupId")
        block = {**inputs, "securityGroups": [source] if source else []}
        return rules.atoms_of(block, inputs["securityGroupId"])


def rule_id(group: str, direction: str, atoms: set[rules.Atom]) -> str:
    """An id like the vendor's provider makes up: of all that is fixed about the rule."""
    fixed = repr((group, direction, sorted(atom[:5] for atom in atoms)))
    return f"sgrule-{zlib.crc32(fixed.encode())}"


def imported(id: str) -> Inputs:
    """The rule that an import names: `sg-1234_ingress_tcp_5432_5432_10.0.0.0/16`."""
    parts = id.split("_")
    if len(parts) < 6:
        raise ProviderError(
            f"'{id}' does not name a rule: write GROUP_TYPE_PROTOCOL_FROM_TO_SOURCE to import one"
        )
    asked: Inputs = {"securityGroupId": parts[0], "type": parts[1], "protocol": parts[2]}
    asked.update(fromPort=int(parts[3]), toPort=int(parts[4]))
    for source in parts[5:]:
        if source == "self":
            asked["self"] = True
        elif source.startswith("sg-"):
            asked["sourceSecurityGroupId"] = source
        else:
            kind = (
                "prefixListIds"
                if source.startswith("pl-")
                else "ipv6CidrBlocks"
                if ":" in source
                else "cidrBlocks"
            )
            asked.setdefault(kind, []).append(source)
    return asked


BLOCK_SETS = {f"{side}.{kind}" for side in DIRECTIONS for kind in (*rules.KINDS,)} | set(DIRECTIONS)
BLOCK_CHECKS = tuple(
    check
    for side in DIRECTIONS
    for check in (
        cidr4(f"{side}.cidrBlocks"),
        cidr6(f"{side}.ipv6CidrBlocks"),
        length(f"{side}.description", 0, 255),
        between(f"{side}.fromPort", -1, 65535),
        between(f"{side}.toPort", -1, 65535),
    )
)
SAME_PROTOCOL = {
    f"{side}protocol": lambda old, new: rules.protocol_of(old) == rules.protocol_of(new)
    for side in ("ingress.", "egress.", "")
}
HANDLERS: dict[str, Handler] = {
    "aws:ec2/securityGroup:SecurityGroup": SecurityGroup(),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": DefaultSecurityGroup(),
    "aws:ec2/securityGroupRule:SecurityGroupRule": SecurityGroupRule(),
}
NO_SOURCE = (
    "One of ['cidr_blocks', 'ipv6_cidr_blocks', 'self', 'source_security_group_id', "
    "'prefix_list_ids'] must be set"
)
RULES: dict[str, TypeRule] = {
    "aws:ec2/securityGroup:SecurityGroup": TypeRule(
        defaults={"description": "Managed by Pulumi"},
        zeros={"revokeRulesOnDelete": False},
        replaces={"name", "namePrefix", "description", "vpcId"},
        sets=BLOCK_SETS,
        same=SAME_PROTOCOL,
        validators=(
            not_like("name", r"^sg-", "invalid value for {name} (cannot begin with sg-)"),
            length("name", 1, 255),
            length("description", 1, 255),
            *BLOCK_CHECKS,
        ),
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": TypeRule(
        zeros={"revokeRulesOnDelete": False},
        auto_name=None,
        replaces={"vpcId"},
        sets=BLOCK_SETS,
        same=SAME_PROTOCOL,
        validators=BLOCK_CHECKS,
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": TypeRule(
        zeros={"self": False},
        replaces={
            "type",
            "fromPort",
            "toPort",
            "protocol",
            "securityGroupId",
            "self",
            "sourceSecurityGroupId",
        }
        | {"cidrBlocks", "ipv6CidrBlocks", "prefixListIds"},
        same=SAME_PROTOCOL,
        delete_before_replace=True,
        validators=(
            one_of("type", "ingress", "egress"),
            cidr4("cidrBlocks"),
            cidr6("ipv6CidrBlocks"),
            length("description", 0, 255),
            any_of(
                "cidrBlocks",
                "ipv6CidrBlocks",
                "prefixListIds",
                "self",
                "sourceSecurityGroupId",
                text=NO_SOURCE,
            ),
        ),
    ),
}
