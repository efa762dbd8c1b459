"""Resource options that let a governed setting drift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .mutants import Mutant
from .views import View

#: Properties that controls of other resources decide by: (type, part of the name, property).
READ_ELSEWHERE = (
    ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "", "parameters"),
    ("aws:ec2/routeTable:RouteTable", "private", "routes"),
    ("aws:ec2/routeTableAssociation:RouteTableAssociation", "private-subnet-1", "routeTableId"),
    ("aws:rds/subnetGroup:SubnetGroup", "", "subnetIds"),
    ("aws:elasticache/subnetGroup:SubnetGroup", "", "subnetIds"),
    ("aws:kms/alias:Alias", "kinesis", "targetKeyId"),
    ("aws:iam/role:Role", "", "assumeRolePolicy"),
    ("aws:ec2/securityGroup:SecurityGroup", "database", "ingress"),
    ("aws:rds/cluster:Cluster", "", "backupRetentionPeriod"),
)


def ignored(view: View) -> Iterator[Mutant]:
    """Changes made by hand to what a control relies on are never repaired."""
    for type_, name, key in READ_ELSEWHERE:
        urn = view.named(type_, name)
        found = view.inputs[urn]
        options = replace(found.options, ignore_changes=(*found.options.ignore_changes, key))
        yield Mutant(
            f"{view.name} {type_.rpartition(':')[2]} {urn.rpartition('::')[2]} ignores {key}",
            view.with_resource(
                replace(found, options=options), replace(view.outputs(urn), options=options)
            ),
            (urn,),
            "ignored-changes",
        )
