"""Every control of the pack, one a file; the order is the reports'."""

from __future__ import annotations

from core import Control

from . import (
    aurora_backups,
    aurora_deletion_protection,
    aurora_final_snapshot,
    aurora_iam_authentication,
    aurora_log_export,
    aurora_master_user,
    aurora_not_public,
    aurora_performance_insights_key,
    aurora_serverless_bounds,
    aurora_tags_to_snapshots,
    aurora_tls,
    aurora_two_zones,
    cache_customer_key,
    cache_transit,
    database_customer_key,
    ingress_inside_vpc,
    ingress_not_public,
    key_availability,
    key_material,
    key_per_service,
    key_policy_closed,
    key_rotation,
    log_customer_key,
    log_policy_closed,
    log_retention,
    log_retention_long,
    message_customer_key,
    message_policy_closed,
    name_suffix,
    password_generated,
    redis_authentication,
    redis_high_availability,
    redis_minor_upgrades,
    redis_snapshots,
    region,
    resource_tags,
    secret_customer_key,
    secret_policy_closed,
    secret_recovery,
    store_ingress_port,
    store_security_groups,
    stream_capacity,
    stream_customer_key,
    stream_metrics,
    stream_policy_closed,
    stream_retention,
)

CONTROLS: tuple[Control, ...] = (
    # Logs
    log_retention.CONTROL,
    log_retention_long.CONTROL,
    # Secrets
    secret_recovery.CONTROL,
    password_generated.CONTROL,
    # Streams
    stream_capacity.CONTROL,
    stream_retention.CONTROL,
    stream_metrics.CONTROL,
    # Policies
    key_policy_closed.CONTROL,
    stream_policy_closed.CONTROL,
    secret_policy_closed.CONTROL,
    log_policy_closed.CONTROL,
    message_policy_closed.CONTROL,
    # Stack
    name_suffix.CONTROL,
    resource_tags.CONTROL,
    region.CONTROL,
    # Encryption
    stream_customer_key.CONTROL,
    database_customer_key.CONTROL,
    cache_customer_key.CONTROL,
    secret_customer_key.CONTROL,
    log_customer_key.CONTROL,
    message_customer_key.CONTROL,
    key_rotation.CONTROL,
    key_material.CONTROL,
    key_availability.CONTROL,
    cache_transit.CONTROL,
    key_per_service.CONTROL,
    # Aurora
    aurora_backups.CONTROL,
    aurora_deletion_protection.CONTROL,
    aurora_final_snapshot.CONTROL,
    aurora_iam_authentication.CONTROL,
    aurora_log_export.CONTROL,
    aurora_master_user.CONTROL,
    aurora_not_public.CONTROL,
    aurora_performance_insights_key.CONTROL,
    aurora_serverless_bounds.CONTROL,
    aurora_tags_to_snapshots.CONTROL,
    aurora_two_zones.CONTROL,
    aurora_tls.CONTROL,
    # Redis
    redis_authentication.CONTROL,
    redis_high_availability.CONTROL,
    redis_minor_upgrades.CONTROL,
    redis_snapshots.CONTROL,
    # Network
    ingress_not_public.CONTROL,
    ingress_inside_vpc.CONTROL,
    store_ingress_port.CONTROL,
    store_security_groups.CONTROL,
)

__all__ = ["CONTROLS"]
