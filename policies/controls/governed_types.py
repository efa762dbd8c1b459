"""Every resource is of a type that a control speaks about, or of a reviewed one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from core import (
    MANDATORY,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    accepts,
    ignores,
    refuses,
)

from ._reviewed import REVIEWED
from ._types import KEY, STREAM


@cache
def _governed() -> frozenset[str]:
    """The types that the pack's other controls name; read late, for this is one of the pack."""
    controls: tuple[Control, ...] = import_module("controls").CONTROLS
    return frozenset(t for c in controls for t in c.subjects)


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    if resource.type not in REVIEWED and resource.type not in _governed():
        yield Finding(
            f"no control speaks about {resource.type}, so nobody knows whether this one is safe"
        )


def item(type_: str) -> Item:
    return Item(type_, "x")


CONTROL = Control(
    id="governed-types",
    title="Every resource is of a governed type",
    statement="Every resource must be of a type that a control speaks about, or that is on the "
    "reviewed list with its reason.",
    rationale="A second way to make the same thing (another provider, a stack of CloudFormation, a "
    "command) would go round every other control.",
    severity=Severity.HIGH,
    owner="security engineering",
    subjects=("*",),
    remediation="a governed type, or an entry with its reason in policies/controls/_reviewed.py",
    levels=MANDATORY,
    check=check,
    scenarios=(
        accepts("a stream", item(STREAM)),
        accepts("a key", item(KEY)),
        *(accepts(f"reviewed: {t}", item(t)) for t in REVIEWED),
        *(
            refuses(name, item(type_), says=f"no control speaks about {type_}")
            for name, type_ in (
                ("a bucket", "aws:s3/bucket:Bucket"),
                ("a table", "aws:dynamodb/table:Table"),
                ("a machine", "aws:ec2/instance:Instance"),
                ("a delivery stream", "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"),
                ("a graph database", "aws:neptune/cluster:Cluster"),
                ("a document database", "aws:docdb/cluster:Cluster"),
                ("a copy of a snapshot", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"),
                ("an export", "aws:rds/exportTask:ExportTask"),
                ("logs sent away", "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"),
                ("a user", "aws:iam/user:User"),
                ("an access key", "aws:iam/accessKey:AccessKey"),
                ("a stack of CloudFormation", "aws:cloudformation/stack:Stack"),
                ("Cloud Control", "aws:cloudcontrol/resource:Resource"),
                ("another provider of AWS", "aws-native:kinesis:Stream"),
                ("a command", "command:local:Command"),
                ("a dynamic provider", "pulumi-python:dynamic:Resource"),
                ("a dynamic provider of Node.js", "pulumi-nodejs:dynamic:Resource"),
                ("another cloud", "gcp:pubsub/topic:Topic"),
                ("a weaker random text", "random:index/randomString:RandomString"),
                ("a look-alike", "aws:kinesis/Stream:Stream"),
                ("another casing", "AWS:kinesis/stream:Stream"),
            )
        ),
        ignores("a component", Item("iot:index:Platform", "p", custom=False)),
    ),
)
