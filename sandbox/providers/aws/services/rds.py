"""RDS: the types of its three modules."""

from __future__ import annotations

from sandbox.providers.aws.services import rds_clusters, rds_groups, rds_instances
from sandbox.providers.framework import Handler, TypeRule

HANDLERS: dict[str, Handler] = rds_clusters.HANDLERS | rds_groups.HANDLERS | rds_instances.HANDLERS
RULES: dict[str, TypeRule] = rds_clusters.RULES | rds_groups.RULES | rds_instances.RULES
