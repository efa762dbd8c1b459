"""Rules of security groups: between the blocks of Pulumi and the permissions of the API.

A block may name many sources; an atom is one of them:
(protocol, from, to, kind, source, description). The API merges and splits blocks as it
likes, atoms it keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.providers.framework import Inputs, Outputs, code_of, is_missing

Atom = tuple[str, int, int, str, str, str]
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
KINDS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
ANY_PORT = -1


def protocol_of(text: str) -> str:
    """`tcp` for `6` and `TCP`; `-1` for `all`."""
    return PROTOCOLS.get(str(text).lower(), str(text).lower())


def atoms_of(block: Inputs, group: str) -> set[Atom]:
    """The atoms of one block of inputs; `self` is the group itself as a source."""
    protocol = protocol_of(block["protocol"])
    low, high = (0, 0) if protocol == "-1" else (int(block["fromPort"]), int(block["toPort"]))
    text = block.get("description") or ""
    atoms = {
        (protocol, low, high, kind, str(item), text)
        for kind in KINDS
        for item in block.get(kind) or []
    }
    if block.get("self"):
        atoms.add((protocol, low, high, "securityGroups", group, text))
    return atoms


def live(permissions: Iterable[dict[str, Any]]) -> set[Atom]:
    """The atoms of the permissions that the API shows."""
    atoms: set[Atom] = set()
    for item in permissions:
        protocol = protocol_of(item["IpProtocol"])
        low, high = (
            (0, 0)
            if protocol == "-1"
            else (item.get("FromPort", ANY_PORT), item.get("ToPort", ANY_PORT))
        )
        for kind, (key, name) in KINDS.items():
            for source in item.get(key) or []:
                atoms.add(
                    (
                        protocol,
                        int(low),
                        int(high),
                        kind,
                        source[name],
                        source.get("Description") or "",
                    )
                )
    return atoms


def permissions(atoms: Iterable[Atom]) -> list[dict[str, Any]]:
    """Arguments of authorize and revoke calls, one permission for each atom."""
    made = []
    for protocol, low, high, kind, source, text in sorted(atoms):
        key, name = KINDS[kind]
        ports = {} if protocol == "-1" else {"FromPort": low, "ToPort": high}
        described = {"Description": text} if text else {}
        made.append({"IpProtocol": protocol, **ports, key: [{name: source, **described}]})
    return made


def blocks(atoms: set[Atom], written: Iterable[Inputs], group: str) -> list[Outputs]:
    """Blocks for the outputs: those written as far as the cloud has them, the rest by ports."""
    rest = set(atoms)
    made: list[Outputs] = []
    for block in written:
        kept = atoms_of(block, group) & rest
        if kept:
            made.append(_block(kept, group))
            rest -= kept
    heads = sorted({(*atom[:3], atom[5]) for atom in rest})
    alike = [{atom for atom in rest if (*atom[:3], atom[5]) == head} for head in heads]
    return made + [_block(atoms, group) for atoms in alike]


def _block(atoms: set[Atom], group: str) -> Outputs:
    protocol, low, high, _, _, text = next(iter(atoms))
    block: Outputs = {
        "protocol": protocol,
        "fromPort": low,
        "toPort": high,
        "description": text,
        "self": False,
    }
    for kind in KINDS:
        block[kind] = sorted(atom[4] for atom in atoms if atom[3] == kind)
    if group in block["securityGroups"]:
        block["self"] = True
        block["securityGroups"].remove(group)
    return block


def bring(
    have: set[Atom],
    want: set[Atom],
    id: str,
    authorize: Callable[..., Any],
    revoke: Callable[..., Any],
) -> None:
    """Revoke what is too much, then authorize what is missing."""
    if have - want:
        try:
            revoke(GroupId=id, IpPermissions=permissions(have - want))
        except Exception as error:
            if not is_missing(error):
                raise
    if want - have:
        try:
            authorize(GroupId=id, IpPermissions=permissions(want - have))
        except Exception as error:
            if code_of(error) != "InvalidPermission.Duplicate":
                raise
