"""What `policies/controls/data/types.json` says of each resource type, read from `pulumi_aws`.

Run ``python -m compliance_tests.unit.pack_data.generate_types`` after a new `pulumi_aws`. The pack
ships the table, so that it needs no SDK. The SDK's source is read as text: importing 1,748 classes
takes eight seconds, reading them less than one.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
from pathlib import Path

TABLE = Path(__file__).parents[3] / "policies" / "controls" / "data" / "types.json"

#: Where the rule below finds another property than the one AWS names the resource by.
OVERRIDES: dict[str, str | None] = {
    "aws:elasticache/user:User": "userId",  # userName is what a client sends, e.g. "default"
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    # these name something that exists already
    "aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount": None,
    "aws:cloudwatch/eventTarget:EventTarget": None,
    "aws:ec2/availabilityZoneGroup:AvailabilityZoneGroup": None,
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": None,
    "aws:ec2/defaultRouteTable:DefaultRouteTable": None,
    "aws:rds/certificate:Certificate": None,
    "aws:rds/instanceDesiredState:InstanceDesiredState": None,
}

_CLASS = re.compile(r"\nclass (\w+)\(pulumi\.CustomResource\)")
_GETTER = re.compile(r'\n    @pulumi\.getter(?:\(name="(\w+)"\))?\n    def (\w+)\(self\)')


def inputs() -> dict[str, list[str]]:
    """The input properties of every resource type of the installed SDK, by type token."""
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pulumi_aws is not installed; run `make setup`")
    found = {}
    for file in sorted(Path(spec.submodule_search_locations[0]).rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if file.name.startswith("_") or not (match := _CLASS.search(source)):
            continue
        name = match[1]
        call = rf"super\({name}, __self__\)\.__init__\(\s*'([^']+)'"
        token = re.search(call, source)
        if token is None:
            raise SystemExit(f"{file.name}: {name} has no type token")
        found[token[1]] = _arguments(source, name)
    return found


def _arguments(source: str, name: str) -> list[str]:
    start = re.search(rf"class {name}(?:Init)?Args:", source)
    if start is None:
        return []  # a type that takes nothing
    body = source[start.start() :]
    body = body[: body.index("\n@pulumi.", 10)]
    return [camel or plain for camel, plain in _GETTER.findall(body)]


def name_property(token: str, properties: list[str]) -> str | None:
    """The property that holds the physical name: `name`, `identifier`, or one called like the type.

    A ReplicationGroup has replicationGroupId, a CompositeAlarm alarmName, a rds Snapshot
    dbSnapshotIdentifier; a ClusterInstance's clusterIdentifier is its cluster's, not its own.
    """
    if token in OVERRIDES:
        return OVERRIDES[token]
    for plain in ("name", "identifier"):
        if plain in properties:
            return plain
    words = re.findall(r"[A-Z][a-z0-9]*|[A-Z]+(?![a-z])", token.rsplit(":", 1)[1])
    stems = ["".join(words[i:]) for i in range(len(words))]
    lowered = {p.lower(): p for p in properties}
    for stem in stems:
        for tail in ("identifier", "name", "id"):
            for lead in ("", "db"):
                if own := lowered.get(f"{lead}{stem.lower()}{tail}"):
                    return own
    return None


def table() -> dict[str, object]:
    """The whole table: for each type its name property, the property for a prefix, and its tags."""
    types: dict[str, dict[str, object]] = {}
    for token, properties in sorted(inputs().items()):
        row: dict[str, object] = {}
        if name := name_property(token, properties):
            row["name"] = name
            prefix = "bucketPrefix" if name == "bucket" else f"{name}Prefix"
            if prefix in properties:
                row["prefix"] = prefix
        if "tags" in properties:
            row["tags"] = True
        if row:
            types[token] = row
    return {"sdk": f"pulumi_aws {importlib.metadata.version('pulumi_aws')}", "types": types}


def render() -> str:
    """The table as text, one type a line, so that a new SDK shows as a readable difference."""
    data = table()
    types = data["types"]
    assert isinstance(types, dict)
    rows = ",\n".join(f"    {json.dumps(t)}: {json.dumps(r)}" for t, r in types.items())
    return f'{{\n  "sdk": {json.dumps(data["sdk"])},\n  "types": {{\n{rows}\n  }}\n}}\n'


if __name__ == "__main__":
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(render(), encoding="utf-8")
