"""What moto lacks, or does not do as AWS does, by service; each patch names its gap."""

from __future__ import annotations

import importlib

from sandbox.emulator.patches.patch import Patch

MODULES: dict[str, tuple[str, ...]] = {
    "cloudwatch": ("cloudwatch",),
    "ec2": ("ec2",),
    "elasticache": (
        "elasticache",
        "elasticache_changes",
        "elasticache_groups",
        "elasticache_users",
    ),
    "kinesis": ("kinesis",),
    "kms": ("kms",),
    "logs": ("logs",),
    "rds": ("rds", "rds_groups", "rds_instances", "rds_versions"),
    "resourcegroupstaggingapi": ("tagging",),
    "secretsmanager": ("secretsmanager",),
}
"""moto's name of a service -> modules here."""


def of(service: str) -> tuple[Patch, ...]:
    """The patches of one service; () when it needs none. Loads moto's models of it."""
    modules = [importlib.import_module(f"{__name__}.{name}") for name in MODULES.get(service, ())]
    return tuple(
        value for module in modules for value in vars(module).values() if isinstance(value, Patch)
    )


def install(service: str) -> None:
    """Put the patches of one service in place. Again: nothing happens."""
    for patch in of(service):
        patch.install()
