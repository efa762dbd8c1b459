"""Every resource is of a type that a control speaks about, or of a reviewed one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from urllib.parse import urlsplit

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    Undecided,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._json import parse
from ._reviewed import REVIEWED
from ._types import KEY, STREAM

SANDBOX = "sandbox"  # the one stack whose cloud is emulated on this machine
_OF_AWS = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com|api\.aws)", re.ASCII | re.IGNORECASE)
_LOOPBACK = ("127.0.0.1", "localhost")


@cache
def _governed() -> frozenset[str]:
    """The types that the pack's other controls name; read late, for this is one of the pack."""
    controls: tuple[Control, ...] = import_module("controls").CONTROLS
    return frozenset(t for c in controls for t in c.subjects)


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    yield from _made_elsewhere(resource, settings)
    if resource.type not in REVIEWED and resource.type not in _governed():
        yield Finding(
            f"no control speaks about {resource.type}, so nobody knows whether this one is safe"
        )


def _made_elsewhere(resource: Resource, settings: Settings) -> Iterator[Finding]:
    """A provider may be told to call something else than AWS."""
    told = resource.provider.props.raw("endpoints") if resource.provider else None
    if told is UNKNOWN:
        raise Undecided("endpoints of the provider", "leave them out")
    for host in _hosts(told) if told else ():
        if _OF_AWS.fullmatch(host) or (settings.stack == SANDBOX and host in _LOOPBACK):
            continue
        yield Finding(
            f"endpoints of its provider holds {host}, which is not AWS",
            fix="no endpoints in the provider's settings",
        )


def _hosts(told: object) -> Iterator[str]:
    """The hosts of a provider's endpoints, as JSON or not; what cannot be read is a host too."""
    found = told
    if isinstance(told, str):
        with suppress(ValueError):
            found = parse(told)
    for row in found if isinstance(found, list) else [found]:
        for url in row.values() if isinstance(row, dict) else [row]:
            if text := str(url or ""):
                try:
                    yield urlsplit(text if "//" in text else f"//{text}").hostname or text
                except ValueError:
                    yield text


def item(type_: str, *endpoints: str) -> Item:
    told = json.dumps([{"kms": endpoint} for endpoint in endpoints])
    return Item(type_, "x", provider_props={"endpoints": told} if endpoints else None)


CONTROL = Control(
    id="governed-types",
    title="Every resource is of a governed type",
    statement="Every resource must be of a type that a control speaks about, or that is on the "
    "reviewed list with its reason, and be made by AWS itself.",
    rationale="A second way to make the same thing (another provider, a stack of CloudFormation, a "
    "command) would go round every other control.",
    severity=Severity.HIGH,
    owner="security engineering",
    subjects=("*",),
    remediation="a governed type, or an entry with its reason in policies/controls/_reviewed.py",
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
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
        accepts("an endpoint of AWS", item(KEY, "https://kms-fips.sa-east-1.amazonaws.com")),
        accepts(
            "the sandbox's own endpoint",
            item(KEY, "http://127.0.0.1:4566"),
            settings=Settings("sandbox", suffix="sandbox"),
        ),
        accepts(
            "the sandbox's own endpoint by name",
            item(KEY, "http://localhost:4566"),
            settings=Settings("sandbox", suffix="sandbox"),
        ),
        accepts("an endpoint of AWS in capitals", item(KEY, "kms.SA-EAST-1.Amazonaws.com")),
        accepts("no endpoints", Item(KEY, "x", provider_props={"endpoints": ""})),
        refuses(
            "an endpoint of AWS, and then another",
            item(KEY, "https://kms.sa-east-1.amazonaws.com", "https://kms.example.com"),
            says="holds kms.example.com",
        ),
        refuses(
            "endpoints that are a list and no JSON",
            Item(KEY, "x", provider_props={"endpoints": [{"kms": "https://kms.example.com"}]}),
            says="holds kms.example.com",
        ),
        refuses(
            "endpoints that are no JSON",
            Item(KEY, "x", provider_props={"endpoints": "[kms.example.com"}),
            says="holds [kms.example.com",
        ),
        *(
            refuses(f"an endpoint at {url}", item(KEY, url), says=f"holds {host}, which is not AWS")
            for url, host in (
                ("https://kms.example.com/x", "kms.example.com"),
                ("http://127.0.0.1:4566", "127.0.0.1"),
                ("http://localhost:4566", "localhost"),
                ("https://amazonaws.com.example.com", "amazonaws.com.example.com"),
                ("kms.example.com", "kms.example.com"),
                ("https://kms", "kms"),
                ("https://[2001:db8::1]/", "2001:db8::1"),
            )
        ),
        refuses(
            "the sandbox pointed elsewhere",
            item(KEY, "https://kms.example.com"),
            says="holds kms.example.com",
            settings=Settings("sandbox", suffix="sandbox"),
        ),
        undecided(
            "endpoints from an output", Item(KEY, "x", provider_props={"endpoints": UNKNOWN})
        ),
        ignores("a component", Item("iot:index:Platform", "p", custom=False)),
    ),
)
