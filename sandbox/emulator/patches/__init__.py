"""What moto lacks or does not do as AWS does, a module a service; each patch names its gap."""

from __future__ import annotations

import importlib

from sandbox.emulator.patches.patch import Patch

MODULES: dict[str, str] = {
    "ec2": "ec2",
    "elasticache": "elasticache",
    "kinesis": "kinesis",
    "kms": "kms",
    "logs": "logs",
    "rds": "rds",
    "resourcegroupstaggingapi": "tagging",
    "secretsmanager": "secretsmanager",
}
"""moto's name of a service -> module here."""


def of(service: str) -> tuple[Patch, ...]:
    """The patches of one service; () when it needs none. Loads moto's models of it."""
    if service not in MODULES:
        return ()
    module = importlib.import_module(f"{__name__}.{MODULES[service]}")
    return tuple(value for value in vars(module).values() if isinstance(value, Patch))


def install(service: str) -> None:
    """Put the patches of one service in place. Again: nothing happens."""
    for patch in of(service):
        patch.install()
