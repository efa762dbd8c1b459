"""RDS: subnet groups, and parameter groups of clusters and of instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws.services.rds_shared import retag
from sandbox.providers.aws.services.shared import look, with_tags
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule, made, tag_map
from sandbox.providers.validators import length, matches, one_of

MANAGED = "Managed by Pulumi"
CHUNK = 20
"""AWS takes so many parameters in one call."""


def _tags(aws: Clients, arn: str) -> dict[str, str]:
    return tag_map(aws.rds.list_tags_for_resource(ResourceName=arn)["TagList"])


class SubnetGroup:
    """aws.rds.SubnetGroup."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.rds.create_db_subnet_group(
            DBSubnetGroupName=inputs["name"],
            DBSubnetGroupDescription=inputs.get("description") or MANAGED,
            SubnetIds=inputs["subnetIds"],
            **with_tags(inputs),
        )
        return str(answer["DBSubnetGroup"]["DBSubnetGroupName"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.rds.describe_db_subnet_groups, DBSubnetGroupName=id)
        if answer is None or not answer["DBSubnetGroups"]:
            return None
        group = answer["DBSubnetGroups"][0]
        return {
            "arn": group["DBSubnetGroupArn"],
            "description": group["DBSubnetGroupDescription"],
            "name": group["DBSubnetGroupName"],
            "namePrefix": "",
            "subnetIds": sorted(item["SubnetIdentifier"] for item in group["Subnets"]),
            "supportedNetworkTypes": sorted(group.get("SupportedNetworkTypes") or ["IPV4"]),
            "tagsAll": _tags(aws, group["DBSubnetGroupArn"]),
            "vpcId": group["VpcId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if changed & {"subnetIds", "description"}:
            aws.rds.modify_db_subnet_group(
                DBSubnetGroupName=id,
                DBSubnetGroupDescription=news.get("description") or MANAGED,
                SubnetIds=news["subnetIds"],
            )
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        look(aws.rds.delete_db_subnet_group, DBSubnetGroupName=id)


@dataclass(frozen=True)
class Parameters:
    """aws.rds.ClusterParameterGroup and aws.rds.ParameterGroup: `kind` is "DBCluster" or "DB"."""

    kind: str

    @property
    def _name(self) -> str:
        return f"{self.kind}ParameterGroupName"

    def _call(self, aws: Clients, verb: str, noun: str = "parameter_group") -> Any:
        middle = "db_cluster" if self.kind == "DBCluster" else "db"
        return getattr(aws.rds, f"{verb}_{middle}_{noun}")

    def create(self, aws: Clients, inputs: Inputs) -> str:
        id = str(inputs["name"])
        self._call(aws, "create")(
            **{self._name: id},
            DBParameterGroupFamily=inputs["family"],
            Description=inputs.get("description") or MANAGED,
            **with_tags(inputs),
        )
        with made(id):
            self._write(aws, id, inputs.get("parameters") or [])
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(self._call(aws, "describe", "parameter_groups"), **{self._name: id})
        groups = answer[f"{self.kind}ParameterGroups"] if answer else []
        if not groups:
            return None
        group = groups[0]
        arn = group[f"{self.kind}ParameterGroupArn"]
        pages = aws.rds.get_paginator(
            "describe_db_cluster_parameters"
            if self.kind == "DBCluster"
            else "describe_db_parameters"
        ).paginate(**{self._name: id})
        rows = [
            row
            for page in pages
            for row in page["Parameters"]
            if row.get("ParameterValue") is not None
        ]
        written = {
            (item["name"].lower(), str(item["value"])) for item in inputs.get("parameters") or []
        }
        return {
            "arn": arn,
            "description": group["Description"],
            "family": group["DBParameterGroupFamily"],
            "name": group[self._name],
            "namePrefix": "",
            "parameters": [
                {
                    "applyMethod": _method(row, inputs),
                    "name": row["ParameterName"],
                    "value": row["ParameterValue"],
                }
                for row in rows
                if row.get("Source") == "user"
                or (row["ParameterName"].lower(), row["ParameterValue"]) in written
            ],
            "tagsAll": _tags(aws, arn),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "parameters" in changed:
            old = {item["name"]: item for item in olds.get("parameters") or []}
            new = {item["name"]: item for item in news.get("parameters") or []}
            self._write(aws, id, [item for name, item in new.items() if item != old.get(name)])
            gone = [item for name, item in old.items() if name not in new]
            for start in range(0, len(gone), CHUNK):
                self._call(aws, "reset")(
                    **{self._name: id},
                    ResetAllParameters=False,
                    Parameters=[_asked(item) for item in gone[start : start + CHUNK]],
                )
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        if not state.get("skipDestroy"):
            look(self._call(aws, "delete"), **{self._name: id})

    def _write(self, aws: Clients, id: str, parameters: list[dict[str, Any]]) -> None:
        for start in range(0, len(parameters), CHUNK):
            asked = [_asked(item) for item in parameters[start : start + CHUNK]]
            self._call(aws, "modify")(**{self._name: id}, Parameters=asked)


def _asked(parameter: dict[str, Any]) -> dict[str, str]:
    return {
        "ParameterName": parameter["name"],
        "ParameterValue": str(parameter["value"]),
        "ApplyMethod": parameter.get("applyMethod") or "immediate",
    }


def _method(row: dict[str, Any], inputs: Inputs) -> str:
    """AWS does not keep how a parameter was applied: what was written stands."""
    written = {item["name"]: item for item in inputs.get("parameters") or []}
    method = written.get(row["ParameterName"], {}).get("applyMethod")
    return str(method or row.get("ApplyMethod") or "immediate")


def _rule(**more: Any) -> TypeRule:
    return TypeRule(
        defaults={"description": MANAGED},
        nested_defaults={"parameters": {"applyMethod": "immediate"}},
        replaces={"name", "namePrefix", "family", "description"},
        sets={"parameters"},
        validators=(
            matches(
                "name",
                r"[0-9a-z-]+",
                'only lowercase alphanumeric characters and hyphens allowed in "{name}"',
            ),
            matches("name", r"[a-z].*", 'first character of "{name}" must be a letter'),
            length("name", 1, 255),
            one_of("parameters.applyMethod", "immediate", "pending-reboot"),
        ),
        **more,
    )


HANDLERS: dict[str, Handler] = {
    "aws:rds/subnetGroup:SubnetGroup": SubnetGroup(),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": Parameters("DBCluster"),
    "aws:rds/parameterGroup:ParameterGroup": Parameters("DB"),
}
RULES: dict[str, TypeRule] = {
    "aws:rds/subnetGroup:SubnetGroup": TypeRule(
        defaults={"description": MANAGED},
        replaces={"name", "namePrefix"},
        sets={"subnetIds", "supportedNetworkTypes"},
        validators=(
            matches(
                "name",
                r"[ .0-9a-z_-]+",
                "only lowercase alphanumeric characters, hyphens, underscores, periods, and "
                'spaces allowed in "{name}"',
            ),
            length("name", 1, 255),
        ),
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _rule(),
    "aws:rds/parameterGroup:ParameterGroup": _rule(zeros={"skipDestroy": False}),
}
