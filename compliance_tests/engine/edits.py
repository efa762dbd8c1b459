"""Edits of the data stores that break a control, as data: what a hurried author would write.

Each is (file, old, new) on the program's own text. `old` must stand in the file exactly once, so an
edit that no longer fits fails instead of proving nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from .checkout import Checkout, Ran

COMPONENTS = "infra/components/"
ACCESS, CACHE, DATABASE = (f"{COMPONENTS}{n}.py" for n in ("access", "cache", "database"))
KEYS, LOGS, NETWORK = (f"{COMPONENTS}{n}.py" for n in ("keys", "log_groups", "network"))
SECRET, STREAM, FLOW = (f"{COMPONENTS}{n}.py" for n in ("secret", "stream", "flow_logs"))
STACK, CONFIG = "infra/stack.py", "Pulumi.yaml"

Change = tuple[str, str, str]


@dataclass(frozen=True)
class Edit:
    """One violating edit, the control that must name it, on which resource, with what remedy."""

    name: str
    control: str
    resource: str
    remedy: str
    changes: tuple[Change, ...]

    def __call__(self, copy: Checkout) -> Ran:
        """The bare preview of the edited program."""
        with copy.changed(self.changes):
            return copy.pulumi("preview", "--non-interactive", "--policy-pack", "policies")


def edit(name: str, control: str, resource: str, remedy: str, *changes: Change) -> Edit:
    return Edit(name, control, resource, remedy, changes)


def default(old: str, new: str, description: str) -> tuple[str, str]:
    """Another default of a config key, which its description tells."""
    line = "default: {}\n    description: " + description
    return line.format(old), line.format(new)


KEY_LINE = "            kms_key_id=args.key_arn,\n"

ENCRYPTION = (
    edit(
        "stream under the AWS-managed key",
        "stream-customer-key",
        "sensor-data-stream",
        "kms_key_id=",
        (STREAM, KEY_LINE, '            kms_key_id="alias/aws/kinesis",\n'),
    ),
    edit(
        "stream in clear",
        "stream-customer-key",
        "sensor-data-stream",
        "kms_key_id=",
        (STREAM, '            encryption_type="KMS",\n' + KEY_LINE, ""),
    ),
    edit(
        "cluster in clear",
        "database-customer-key",
        "aurora-cluster",
        "storage_encrypted=True",
        (DATABASE, "storage_encrypted=True", "storage_encrypted=False"),
    ),
    edit(
        "cluster under the AWS-managed key",
        "database-customer-key",
        "aurora-cluster",
        "kms_key_id=",
        (
            DATABASE,
            "            storage_encrypted=True,\n" + KEY_LINE,
            "            storage_encrypted=True,\n",
        ),
    ),
    edit(
        "cache in clear",
        "cache-customer-key",
        "redis",
        "at_rest_encryption_enabled=True",
        (CACHE, "at_rest_encryption_enabled=True", "at_rest_encryption_enabled=False"),
    ),
    edit(
        "cache under the AWS-managed key",
        "cache-customer-key",
        "redis",
        "kms_key_id=",
        (CACHE, KEY_LINE, ""),
    ),
    edit(
        "secrets under the AWS-managed key",
        "secret-customer-key",
        "database-secret",
        "kms_key_id=",
        (SECRET, KEY_LINE, ""),
    ),
    edit(
        "log groups under no key",
        "log-customer-key",
        "postgresql-logs",
        "kms_key_id=",
        (LOGS, "            kms_key_id=self._args.key_arn,\n", ""),
    ),
    edit(
        "one key for two services",
        "key-per-service",
        "aurora-cluster",
        "kms_key_id=",
        (STACK, "key_arn=keys.rds.arn", "key_arn=keys.kinesis.arn"),
    ),
    edit(
        "rotation off",
        "key-rotation",
        "kinesis-key",
        "enable_key_rotation=True",
        (KEYS, "enable_key_rotation=True", "enable_key_rotation=False"),
    ),
    edit(
        "rotation left out",
        "key-rotation",
        "rds-key",
        "enable_key_rotation=True",
        (KEYS, "            enable_key_rotation=True,\n", ""),
        (KEYS, "            rotation_period_in_days=self._args.rotation_days,\n", ""),
    ),
    edit(
        "rotation every second year",
        "key-rotation",
        "logs-key",
        "rotation_period_in_days",
        (CONFIG, *default("365", "730", "days between two rotations")),
    ),
    edit(
        "keys copied to other regions",
        "key-material",
        "secrets-key",
        "multi_region",
        (KEYS, "multi_region=False", "multi_region=True"),
    ),
    edit(
        "policy lock-out check bypassed",
        "key-availability",
        "kinesis-key",
        "bypass",
        (KEYS, "lockout_safety_check=False", "lockout_safety_check=True"),
    ),
)

BACKUPS = (
    edit(
        "backups of 29 days",
        "aurora-backups",
        "aurora-cluster",
        "backup_retention_period=30",
        (CONFIG, *default("30", "29", "days of automated backups")),
    ),
    edit(
        "backups left out",
        "aurora-backups",
        "aurora-cluster",
        "backup_retention_period=30",
        (DATABASE, "            backup_retention_period=args.backup_retention_days,\n", ""),
    ),
    edit(
        "no snapshots of the cache",
        "redis-snapshots",
        "redis",
        "snapshot_retention_limit=5",
        (CACHE, "            snapshot_retention_limit=args.snapshot_retention_days,\n", ""),
    ),
)

TRANSIT = (
    edit(
        "cache without TLS",
        "cache-transit",
        "redis",
        "transit_encryption_enabled=True",
        (CACHE, "transit_encryption_enabled=True", "transit_encryption_enabled=False"),
        (CACHE, '            transit_encryption_mode="required",\n', ""),
        (CACHE, "            auth_token=self.token.result,\n", ""),
    ),
    edit(
        "TLS preferred, not required",
        "cache-transit",
        "redis",
        'transit_encryption_mode="required"',
        (CACHE, 'transit_encryption_mode="required"', 'transit_encryption_mode="preferred"'),
    ),
    edit(
        "force_ssl off",
        "aurora-tls",
        "aurora-cluster",
        "rds.force_ssl",
        (DATABASE, 'value="1"', 'value="0"'),
    ),
    edit(
        "parameter group not attached",
        "aurora-tls",
        "aurora-cluster",
        "rds.force_ssl",
        (DATABASE, "            db_cluster_parameter_group_name=parameters.name,\n", ""),
    ),
)

NAMES = (
    edit(
        "stream without the suffix",
        "name-suffix",
        "sensor-data-stream",
        "-sandbox",
        (STREAM, "            name=physical,\n", '            name="sensor-data-stream",\n'),
    ),
    edit(
        "group named by chance",
        "name-suffix",
        "database-group",
        "-sandbox",
        (ACCESS, "        logical,\n        name=name,\n", "        logical,\n"),
    ),
    edit(
        "VPC whose Name lacks the suffix",
        "name-suffix",
        "vpc",
        "-sandbox",
        (NETWORK, 'tags=scope.tags(scope.name("vpc"))', 'tags=scope.tags("vpc")'),
    ),
    edit(
        "stream without tags",
        "resource-tags",
        "sensor-data-stream",
        "tags",
        (STREAM, "            tags=args.scope.tags(physical),\n", ""),
    ),
)

PLACEMENT = (
    edit(
        "instances with public addresses",
        "aurora-not-public",
        "aurora-instance-1",
        "publicly_accessible=False",
        (DATABASE, "publicly_accessible=False", "publicly_accessible=True"),
    ),
    edit(
        "writer and reader in one zone",
        "aurora-two-zones",
        "aurora-cluster",
        "availability_zone",
        (DATABASE, "args.zones[(number - 1) % len(args.zones)]", "args.zones[0]"),
    ),
    edit(
        "cache of one zone",
        "redis-high-availability",
        "redis",
        "multi_az_enabled=True",
        (CACHE, "multi_az_enabled=True", "multi_az_enabled=False"),
    ),
)

EDITS = (*ENCRYPTION, *BACKUPS, *TRANSIT, *NAMES, *PLACEMENT)
