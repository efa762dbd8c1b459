"""The name of the snapshot that a deleted store leaves: new for each life of the store."""

from __future__ import annotations

import pulumi
import pulumi_random as random

from components.names import Scope


def final_snapshot_name(
    scope: Scope, store: str, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """A name such as `aurora-cluster-final-1a2b3c-prod`.

    With a fixed name the second destroy would fail: AWS keeps the first snapshot, and refuses
    another of its name only when the store is about to go.
    """
    unique = random.RandomId(f"{store}-final-snapshot", byte_length=3, opts=opts)
    return unique.hex.apply(lambda text: scope.name(f"{store}-final-{text}"))
