"""`python -m gate iam-policy`: the least that the live tests need to be allowed.

The actions and where they apply stand in permissions.json. The tests hold them to the calls that
the live tests really make, and take them away one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import console
from .errors import GateError

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 6144  # characters without white space that a managed policy of AWS may have
ACCOUNT = re.compile(r"\d{12}|\*")
NAME = re.compile(r"[a-z0-9*-]{1,40}")
#: What asks nobody's leave: AWS answers it to everyone.
FREE = frozenset({"sts:GetCallerIdentity"})
#: Permissions that AWS asks for behind another call, so that no record of a call names them.
BEHIND = frozenset({"kms:Decrypt", "kms:GenerateDataKey"})
PREFIXES = {"resourcegroupstaggingapi": "tag"}  # where IAM calls a service by another name


@dataclass(frozen=True)
class Where:
    """The stack that the policy is for; `*` stands for any."""

    account: str = "*"
    region: str = "sa-east-1"
    suffix: str = "*"


def print_policy(root: Path, where: Where, *, ingestion: bool) -> int:
    """Print the policy as JSON; raises GateError."""
    console.show(text(policy(root, where, ingestion=ingestion)))
    return 0


def text(document: Mapping[str, Any]) -> str:
    """The policy as it is printed and checked in."""
    return json.dumps(document, indent=2) + "\n"


def policy(root: Path, where: Where, *, ingestion: bool) -> dict[str, Any]:
    """The IAM policy; raises GateError when a name is none or permissions.json is damaged."""
    for value, form in ((where.account, ACCOUNT), (where.suffix, NAME), (where.region, NAME)):
        if not form.fullmatch(value):
            raise GateError(
                f"{value!r} is no account, region or suffix; write 12 digits, "
                "a region such as sa-east-1, a suffix such as prod"
            )
    path = root / "gate" / "permissions.json"
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))
        statements = [*parts["read"], *(parts["ingestion"] if ingestion else ())]
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise GateError(f"{path.name} cannot be read ({e}); restore it from git") from None
    made = {"Version": "2012-10-17", "Statement": [_filled(s, where) for s in statements]}
    if (size := len(re.sub(r"\s", "", json.dumps(made)))) > LONGEST:
        raise GateError(f"the policy has {size} characters, AWS takes {LONGEST}")
    return made


def _filled(statement: Mapping[str, Any], where: Where) -> dict[str, Any]:
    content = json.dumps({"Sid": statement["Sid"], "Effect": "Allow", **statement})
    for name in ("account", "region", "suffix"):
        content = content.replace(f"{{{name}}}", getattr(where, name))
    filled: dict[str, Any] = json.loads(content)
    return filled


def action(service: str, operation: str) -> str:
    """What IAM calls the permission for an operation of a boto3 service."""
    return f"{PREFIXES.get(service, service)}:{operation}"


def actions(document: Mapping[str, Any]) -> set[str]:
    """Every action that a policy allows."""
    return {a for s in document["Statement"] for a in s["Action"]}
