"""The read-only `aws` command with which anyone can ask again what a test asked."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from evidence.model import ApiCall

READS = ("Describe", "Get", "List")
#: Their answers are secrets, or are read off a stream: nothing to print into a terminal.
NOT_REPEATED = frozenset({"GetSecretValue", "GetRandomPassword", "GetRecords", "GetShardIterator"})
_SERVICE = re.compile(r"[a-z0-9-]+")
_NAME = re.compile(r"[A-Za-z0-9]+")
#: What the general rule gets wrong (botocore has the same exceptions, and more).
_SPECIAL = re.compile("(DB|KMS|EC2|VPC|ARN|IAM|SSE|TDE|HSM)s$")


def command(call: ApiCall, region: str) -> str:
    """The command line, or nothing where the question writes or its answer is a secret."""
    name, service = call.operation, call.service
    if not name.startswith(READS) or name in NOT_REPEATED:
        return ""
    if not _SERVICE.fullmatch(service) or not _NAME.fullmatch(name):
        return ""
    words = ["aws", service, kebab(name)]
    words += [w for k, v in sorted(call.params.items()) for w in _option(k, v)]
    if region:
        words += ["--region", region]
    return " ".join(shlex.quote(w) for w in words)


def _option(name: str, value: Any) -> list[str]:
    if not _NAME.fullmatch(name) or value is None:
        return []
    option = f"--{kebab(name)}"
    if value is True:
        return [option]
    if value is False:
        return [f"--no-{kebab(name)}"]
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return [option, *value]
    if isinstance(value, Mapping | list):
        return [option, json.dumps(value, separators=(",", ":"), sort_keys=True)]
    return [option, str(value)]


def kebab(name: str) -> str:
    """`DescribeDBClusters` as the command line writes it: describe-db-clusters."""
    if found := _SPECIAL.search(name):
        head = name[: found.start()]
        return "-".join(w for w in (kebab(head) if head else "", found[0].lower()) if w)
    spaced = re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)
    spaced = re.sub(r"([a-z])([0-9]+)", r"\1-\2", spaced) if "V2" in name else spaced
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", spaced).lower()
