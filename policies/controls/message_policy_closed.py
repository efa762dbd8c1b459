"""Nobody but named principals may read or write topics and queues, and never in clear."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    Value,
    accepts,
    refuses,
    undecided,
)

from ._policy import public_findings, statements
from ._policy_scenarios import closed
from ._types import QUEUE, QUEUE_POLICY, SUBSCRIPTION, TOPIC, TOPIC_POLICY


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type != SUBSCRIPTION:
        yield from public_findings(props, "policy", statements(props, "policy"))
    elif (props.text("protocol") or "").lower() == "http":
        yield Finding(
            "protocol is http, which sends messages in clear", "protocol", 'protocol="https"'
        )


def subscription(protocol: Value) -> Item:
    return Item(SUBSCRIPTION, "s", {"protocol": protocol, "endpoint": "https://ops.example"})


CONTROL = Control(
    id="message-policy-closed",
    title="Topics and queues let in named principals only",
    statement="No policy of a topic or queue may let everybody in, and no subscription may send "
    "messages in clear.",
    rationale="Alarms and readings leave the stores through messages.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(TOPIC, TOPIC_POLICY, QUEUE, QUEUE_POLICY, SUBSCRIPTION),
    properties=("policy", "protocol"),
    remediation='"Principal": {"Service": "cloudwatch.amazonaws.com"}',
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *(s for t in (TOPIC, TOPIC_POLICY, QUEUE, QUEUE_POLICY) for s in closed(t, "policy", {})),
        accepts("no policy: AWS's, for our account", Item(TOPIC, "t")),
        accepts("a subscription by https", subscription("https")),
        # no requirement says where messages end; only that they are not sent in clear
        accepts("a subscription by mail", subscription("email")),
        accepts("a subscription by text message", subscription("sms")),
        refuses("a subscription in clear", subscription("http"), says="in clear"),
        refuses("a subscription in clear, in capitals", subscription("HTTP"), says="in clear"),
        accepts("a subscription without a protocol yet", subscription(None)),
        undecided("a protocol from an output", subscription(UNKNOWN)),
    ),
)
