"""Topics and queues: the shipped stack has none; one that appears is held to the same rules."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .principals import foreign, open_to_all
from .stack import Cloud, Deployed

NONE = "no topic and no queue of the account carries the suffix"


def stores(check: Check, stack: Deployed, cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Topics by ARN and queues by URL that carry the suffix, with their attributes."""
    tail = f"-{stack.suffix}"
    topics = [t["TopicArn"] for t in check.ask_all(cloud["sns"], "list_topics")["Topics"]]
    queues = check.ask_all(cloud["sqs"], "list_queues").get("QueueUrls", [])
    check.examined(topics=len(topics), queues=len(queues))
    found: dict[str, dict[str, Any]] = {}
    for topic in (t for t in topics if t.endswith((tail, f"{tail}.fifo"))):
        told = check.ask(cloud["sns"], "get_topic_attributes", TopicArn=topic)
        found[topic] = told["Attributes"]
    for queue in (q for q in queues if q.endswith((tail, f"{tail}.fifo"))):
        told = check.ask(
            cloud["sqs"], "get_queue_attributes", QueueUrl=queue, AttributeNames=["All"]
        )
        found[queue] = told["Attributes"]
    return found


@pytest.mark.control("message-customer-key")
@pytest.mark.requirement("REQ-KMS-1")
def test_encrypted_with_a_customer_key(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove("message-customer-key", type="sns:topic, sqs:queue", name="*") as check:
        found = stores(check, stack, cloud)
        if not found:
            check.does_not_apply(NONE)
        for name, attributes in found.items():
            key = attributes.get("KmsMasterKeyId", "none")
            own = key != "none" and "alias/aws/" not in key
            check.expect(f"{name}: KmsMasterKeyId", "a customer key", key, own)


@pytest.mark.control("message-policy-closed")
@pytest.mark.requirement("REQ-KMS-1")
def test_no_policy_names_a_stranger(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove("message-policy-closed", type="sns:topic, sqs:queue", name="*") as check:
        found = stores(check, stack, cloud)
        if not found:
            check.does_not_apply(NONE)
        for name, attributes in found.items():
            policy = attributes.get("Policy")
            let_in = [*open_to_all(policy, cloud.account), *foreign(policy, cloud.account)]
            check.expect(f"{name}: let in", [], let_in)
