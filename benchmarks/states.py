"""A fleet to audit: ``python -m benchmarks.states EXPORT FOLDER --count 10000``.

Copies of one real exported state, each under its own stack name and suffix, with further instances
of its database up to the size that is asked for. Of a hundred, ten break a control (a known one,
told by the file's name) and one is no state at all.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SUFFIX = "sandbox"
SIZE = 65  # resources of a state
CLUSTER, INSTANCE, STREAM, VPC_GROUP = (
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:kinesis/stream:Stream",
    "aws:ec2/securityGroup:SecurityGroup",
)


def _set(type_: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for entry in document["deployment"]["resources"]:
            if entry["type"] == type_:
                for where in ("inputs", "outputs"):
                    entry[where][key] = value

    return change


VIOLATIONS: dict[str, Callable[[dict[str, Any]], None]] = {
    "aurora-backups": _set(CLUSTER, "backupRetentionPeriod", 7),
    "stream-retention": _set(STREAM, "retentionPeriod", 12),
    "stream-capacity": _set(STREAM, "shardCount", 1),
    "aurora-iam-authentication": _set(CLUSTER, "iamDatabaseAuthenticationEnabled", False),
    "ingress-not-public": _set(
        VPC_GROUP,
        "ingress",
        [{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["0.0.0.0/0"]}],
    ),
}
BROKEN = (b"", b"{}", b'{"version": 3, "deployment": {"resources": [', b"\xff\xfe no JSON")


def grown(document: dict[str, Any], size: int) -> dict[str, Any]:
    """The state with further instances of its database, up to so many resources."""
    resources = document["deployment"]["resources"]
    known = [entry for entry in resources if entry["type"] == INSTANCE]
    for number in range(size - len(resources)):
        entry = known[number % len(known)]
        name = entry["urn"].rpartition("::")[2]
        resources.append(json.loads(json.dumps(entry).replace(name, f"{name}-more{number}")))
    return document


def make(export: Path, folder: Path, count: int, size: int = SIZE) -> None:
    """Write the states, spread over folders of a thousand."""
    document = grown(json.loads(export.read_bytes()), size)
    text = json.dumps(document, separators=(",", ":"))
    names = list(VIOLATIONS)
    for number in range(count):
        suffix = f"s{number:05d}"
        place = folder / f"{number // 1000:03d}"
        place.mkdir(parents=True, exist_ok=True)
        content = text.replace(SUFFIX, suffix)
        if number % 100 == 99:
            (place / f"{suffix}-broken.json").write_bytes(BROKEN[number // 100 % len(BROKEN)])
        elif number % 10 == 5:
            name = names[number // 10 % len(names)]
            document = json.loads(content)
            VIOLATIONS[name](document)
            (place / f"{suffix}-{name}.json").write_text(json.dumps(document), "utf-8")
        else:
            (place / f"{suffix}.json").write_text(content, "utf-8")


def main() -> int:
    """Make the fleet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.states", description=__doc__)
    parser.add_argument("export", type=Path, help="from `pulumi stack export`")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=SIZE, help="resources of a state")
    args = parser.parse_args()
    make(args.export, args.folder, args.count, args.size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
