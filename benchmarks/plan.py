"""The requests of a stack as a Terraform plan in JSON, for the tools that read nothing of Pulumi.

What the provider of Pulumi calls `masterUsername`, Terraform's calls `master_username`; a value
that is not known yet is left out, as a plan leaves it out. Blocks that Terraform writes as a list
of one are written as Pulumi has them. This is for timing: what a tool finds in it is not quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi_policy import proxy

_UNKNOWN = {
    proxy.UNKNOWN_STRING_VALUE,
    proxy.UNKNOWN_ARRAY_VALUE,
    proxy.UNKNOWN_OBJECT_VALUE,
}
#: Where Terraform's name does not follow from Pulumi's module and type.
_NAMES = {"aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group"}
#: Modules whose name Terraform leaves out of the type.
_BARE = {"ec2", "index"}
_KEPT_KEYS = {"tags", "tags_all"}
_SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 (the mark of a secret, not one)


def planned(requests: Sequence[bytes]) -> dict[str, Any]:
    """The plan: every resource of a provider, as created; components and providers are left out."""
    resources = [
        _resource(number, found)
        for number, found in enumerate(map(pb.AnalyzeRequest.FromString, requests))
        if found.type.startswith(("aws:", "random:"))
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": [
            {
                **{k: r[k] for k in ("address", "mode", "type", "name", "provider_name")},
                "change": {"actions": ["create"], "before": None, "after": r["values"]},
            }
            for r in resources
        ],
        "configuration": {"root_module": {}},
    }


def terraform_type(token: str) -> str:
    """`aws:kms/key:Key` as `aws_kms_key`."""
    package, module, name = token.split(":")
    parts = [package, *([] if (part := module.split("/")[0]) in _BARE else [part]), _snake(name)]
    return _NAMES.get(token) or "_".join(parts)


def _resource(number: int, found: pb.AnalyzeRequest) -> dict[str, Any]:
    type_, name = terraform_type(found.type), f"r{number}"
    package = found.type.partition(":")[0]
    return {
        "address": f"{type_}.{name}",
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_name": f"registry.terraform.io/hashicorp/{package}",
        "schema_version": 0,
        "values": _values(MessageToDict(found.properties)),
    }


def _values(value: Any) -> Any:
    if isinstance(value, dict):
        if _SECRET in value:
            return _values(value.get("value"))
        known = {_snake(k): v for k, v in value.items() if k != "__defaults"}
        found = {k: v if k in _KEPT_KEYS else _values(v) for k, v in known.items()}
        return {k: v for k, v in found.items() if v is not None}
    if isinstance(value, list):
        return [found for v in value if (found := _values(v)) is not None]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value in _UNKNOWN else value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
