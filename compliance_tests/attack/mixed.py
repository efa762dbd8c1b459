"""Lists of groups that hold one of the stack and one that nobody governs."""

from __future__ import annotations

from collections.abc import Iterator

from core import UNKNOWN, Value

from .mutants import Mutant
from .views import View, changed
from .wrong_values import VPC_IN

GROUP, VPC = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/vpc:Vpc"
STORES = (
    ("aws:rds/cluster:Cluster", "vpcSecurityGroupIds", "database-group"),
    ("aws:elasticache/replicationGroup:ReplicationGroup", "securityGroupIds", "cache-group"),
)


def mixed(view: View) -> Iterator[Mutant]:
    """The governed group stays in the list; the one beside it is what opens the store."""
    vpc = view.named(VPC)
    for type_, key, group in STORES:
        store, own = view.named(type_), view.named(GROUP, group)
        governed = _known(view.outputs(own).props.raw("id"))
        default = _known(view.outputs(vpc).props.raw("defaultSecurityGroupId"))
        cases: tuple[tuple[str, Value, tuple[str, ...]], ...] = (
            ("the default group of the VPC", [governed, default], (own, vpc)),
            ("a group that is read, of no resource of the stack", [governed, UNKNOWN], (own,)),
            ("both in one output", UNKNOWN, (own, vpc)),
        )
        for what, value, needs in cases:
            inputs = changed(view.inputs[store], key, value)
            outputs = changed(view.outputs(store), key, value, needs)
            yield Mutant(
                f"{view.name} {type_.rpartition(':')[2]} {key}: {group} and {what}",
                view.with_resource(inputs, outputs),
                (store,),
                "store-security-groups",
            )
    yield from _let_in(view)


def _let_in(view: View) -> Iterator[Mutant]:
    """A rule that lets in a group of the stack, and one that is only read."""
    group, peer = view.named(GROUP, "database-group"), view.named(GROUP, "cache-group")
    known = _known(view.outputs(peer).props.raw("id"))
    value: Value = [{**VPC_IN, "securityGroups": [known, UNKNOWN]}]
    inputs = changed(view.inputs[group], "ingress", value)
    outputs = changed(view.outputs(group), "ingress", value, (peer,))
    yield Mutant(
        f"{view.name} SecurityGroup database-group ingress: from cache-group and a group that is "
        "read, of no resource of the stack",
        view.with_resource(inputs, outputs),
        (group,),
        "ingress-inside-vpc",
    )


def _known(value: Value) -> Value:
    return value if isinstance(value, str) else UNKNOWN
