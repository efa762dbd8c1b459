"""The resources of a run as reports need them: where the program makes each, what it refers to, and
the few properties that a picture of the network and of the keys is drawn from.

Only properties named here are kept, and none of them can hold a secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from evidence.model import Resource

from .events import NOT_SHOWN, REPLACES, EventLog, Planned
from .state import INTERNAL, State

if TYPE_CHECKING:
    from pathlib import Path

    from .paths import Paths

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # how the engine writes a value it does not know
#: Plain properties that are kept. Numbers, names, ranges and references; never a secret.
KEPT = (
    "allocationId",
    "assignIpv6AddressOnCreation",
    "atRestEncryptionEnabled",
    "availabilityZone",
    "backupRetentionPeriod",
    "cidrBlock",
    "cidrIpv4",
    "cidrIpv6",
    "clusterIdentifier",
    "deletionWindowInDays",
    "destinationCidrBlock",
    "enableKeyRotation",
    "engine",
    "engineVersion",
    "fromPort",
    "identifier",
    "instanceClass",
    "ipProtocol",
    "ipv6CidrBlock",
    "kmsKeyId",
    "mapPublicIpOnLaunch",
    "multiAzEnabled",
    "name",
    "nodeType",
    "numCacheClusters",
    "port",
    "protocol",
    "publiclyAccessible",
    "region",
    "replicationGroupId",
    "retentionInDays",
    "retentionPeriod",
    "serviceName",
    "shardCount",
    "snapshotRetentionLimit",
    "storageEncrypted",
    "toPort",
    "trafficType",
    "transitEncryptionEnabled",
    "type",
    "vpcEndpointType",
)
#: Lists that are kept whole, of each element only what is named here.
LISTS = ("ingress", "egress", "routes")
#: What is kept of an element of those lists beside KEPT and REFERENCES.
WORDS = ("cidrBlocks", "description", "ipv6CidrBlocks", "prefixListIds", "self")
#: Properties that name other resources: kept as the URNs of those of the run.
REFERENCES = (
    "carrierGatewayId",
    "clusterIdentifier",
    "dbSubnetGroupName",
    "egressOnlyGatewayId",
    "gatewayId",
    "groupId",
    "kmsKeyId",
    "kmsMasterKeyId",
    "natGatewayId",
    "networkInterfaceId",
    "performanceInsightsKmsKeyId",
    "referencedSecurityGroupId",
    "routeTableId",
    "routeTableIds",
    "secretId",
    "securityGroupId",
    "securityGroupIds",
    "securityGroups",
    "sourceSecurityGroupId",
    "subnetGroupName",
    "subnetId",
    "subnetIds",
    "targetKeyId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcId",
    "vpcPeeringConnectionId",
    "vpcSecurityGroupIds",
)


def of_run(paths: Paths, log: EventLog, deployed: State) -> tuple[Resource, ...]:
    """The resources that the engine's steps name, in its order; those of its own are left out."""
    edges = {**_state_edges(deployed), **_plan_edges(paths.plan)}
    places = {**_state_sources(deployed), **_noted(paths.sources, log.resources)}
    known = {r["urn"]: r for r in deployed.every}
    ids = _ids(deployed.every)
    found = []
    for planned in log.resources.values():
        if planned.type.startswith(INTERNAL):
            continue
        before = known.get(planned.urn, {})
        inputs = planned.inputs or before.get("inputs") or {}
        found.append(
            Resource(
                urn=planned.urn,
                type=planned.type,
                op=_op(planned),
                parent=planned.parent,
                source=places.get(planned.urn, ""),
                id=planned.id or str(before.get("id") or ""),
                facts=_facts(inputs, edges.get(planned.urn, {}), ids),
            )
        )
    return tuple(found)


def of_state(deployed: State) -> tuple[Resource, ...]:
    """The resources of a state, for a run without an engine."""
    edges, places, ids = _state_edges(deployed), _state_sources(deployed), _ids(deployed.every)
    return tuple(
        Resource(
            urn=r["urn"],
            type=r["type"],
            op="read" if r.get("external") else "same",
            parent=str(r.get("parent") or ""),
            source=places.get(r["urn"], ""),
            id=str(r.get("id") or ""),
            facts=_facts(r.get("inputs") or {}, edges.get(r["urn"], {}), ids),
        )
        for r in deployed.every
        if not r.get("delete")
    )


def of_file(file: Path) -> tuple[Resource, ...]:
    """The resources of an exported state; none when it is no such file."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))["deployment"]["resources"]
        return of_state(State(every=tuple(r for r in found if not r["type"].startswith(INTERNAL))))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def _op(planned: Planned) -> str:
    if any(op in REPLACES for op in planned.ops):
        return "replace"
    shown = [op for op in planned.ops if op not in NOT_SHOWN]
    return (shown or list(planned.ops))[0]


def _facts(
    inputs: Mapping[str, Any], edges: Mapping[str, Iterable[str]], ids: Mapping[str, str]
) -> dict[str, Any]:
    facts: dict[str, Any] = {k: inputs[k] for k in KEPT if _plain(inputs.get(k))}
    for name in LISTS:
        if isinstance(found := inputs.get(name), list):
            facts[name] = [_element(e, ids) for e in found if isinstance(e, Mapping)]
    tags = inputs.get("tags")
    if isinstance(tags, Mapping) and _plain(tags.get("Name")):
        facts["Name"] = tags["Name"]
    refers: dict[str, list[str]] = {}
    for name in REFERENCES:
        urns = [str(u) for u in edges.get(name, ())]
        urns += [ids[v] for v in _texts(inputs.get(name)) if v in ids]
        if urns:
            refers[name] = sorted(set(urns))
    # A rule or a route of a list may refer to another resource; the graph names the list alone.
    for name in LISTS:
        if urns := [str(u) for u in edges.get(name, ())]:
            refers[name] = sorted(set(urns))
    if refers:
        facts["refers"] = refers
    return facts


def _element(element: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    kept: dict[str, Any] = {k: element[k] for k in KEPT if _plain(element.get(k))}
    for name in (*REFERENCES, *WORDS):
        value = element.get(name)
        texts = [ids.get(v, v) for v in _texts(value)]
        if texts:
            kept[name] = texts if isinstance(value, list) else texts[0]
        elif value is True:
            kept[name] = True
    return kept


def _plain(value: Any) -> bool:
    """True for a value that is known, is not empty, and is no structure."""
    if isinstance(value, str):
        return value not in ("", UNKNOWN)
    return isinstance(value, bool | int | float)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [v for v in values if isinstance(v, str) and _plain(v)]


def _ids(found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """By which values other resources name one of these: its id, its ARN, its name."""
    ids: dict[str, str] = {}
    for entry in found:
        if not entry.get("custom"):
            continue
        outputs = entry.get("outputs") or {}
        for value in (entry.get("id"), outputs.get("arn"), outputs.get("keyId")):
            if isinstance(value, str) and len(value) > 4:
                ids.setdefault(value, entry["urn"])
    return ids


def _plan_edges(plan: Path) -> dict[str, Mapping[str, Iterable[str]]]:
    """Of each planned resource, the resources that each of its properties depends on."""
    try:
        entries = json.loads(plan.read_text(encoding="utf-8"))["resourcePlans"]
        return {
            u: (e.get("goal") or {}).get("propertyDependencies") or {} for u, e in entries.items()
        }
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}  # a picture lacks lines then; the verdict does not rest on it


def _state_edges(deployed: State) -> dict[str, Mapping[str, Iterable[str]]]:
    return {r["urn"]: r.get("propertyDependencies") or {} for r in deployed.every}


def _state_sources(deployed: State) -> dict[str, str]:
    found = {}
    for entry in deployed.every:
        frames = [entry, *(entry.get("stackTrace") or ())]
        places = [_place(str(f.get("sourcePosition") or "")) for f in frames]
        if place := next((p for p in places if p), ""):
            found[entry["urn"]] = place
    return found


def _place(position: str) -> str:
    """`project:///infra/stack.py#48` as `infra/stack.py:48`; empty for others' files."""
    path, _, line = position.removeprefix("project:///").partition("#")
    line = line.partition(",")[0]
    ours = position.startswith("project:///") and not path.startswith(("..", ".", "/", "sandbox/"))
    return f"{path}:{line}" if ours and line.isdigit() and "site-packages" not in path else ""


def _noted(file: Path, resources: Mapping[str, Planned]) -> dict[str, str]:
    """What our language host noted: by type and name, as it knows no URN."""
    noted: dict[tuple[str, str], set[str]] = {}
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            noted.setdefault((entry["type"], entry["name"]), set()).add(str(entry["source"]))
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # the vendor's host leaves none
    found = {}
    for planned in resources.values():
        places = noted.get((planned.type, planned.name), set())
        if len(places) == 1:
            found[planned.urn] = next(iter(places))
    return found
