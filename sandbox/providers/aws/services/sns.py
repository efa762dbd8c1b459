"""SNS: topics."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.shared import (
    look,
    same_key,
    same_policy,
    tag_changes,
    with_tags,
)
from sandbox.providers.framework import (
    AutoName,
    Clients,
    Handler,
    Inputs,
    Outputs,
    TypeRule,
    made,
    tag_list,
    tag_map,
)
from sandbox.providers.validators import json_text, length, one_of

ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
FLAGS = ("contentBasedDeduplication", "fifoTopic")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Topic:
    """aws.sns.Topic; its id is the ARN."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        at_once = {
            ATTRIBUTES[name]: _text(inputs[name])
            for name in ATTRIBUTES
            if inputs.get(name) not in (None, "", False) and name != "policy"
        }
        answer = aws.sns.create_topic(Name=inputs["name"], Attributes=at_once, **with_tags(inputs))
        id = str(answer["TopicArn"])
        with made(id):
            if inputs.get("policy"):
                self._set(aws, id, "policy", inputs["policy"])
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.sns.get_topic_attributes, TopicArn=id)
        if answer is None:
            return None
        found = answer["Attributes"]
        outputs: Outputs = {name: found.get(key) or "" for name, key in ATTRIBUTES.items()}
        for flag in FLAGS:
            outputs[flag] = str(outputs[flag]).lower() == "true"
        return outputs | {
            "arn": id,
            "beginningArchiveTime": "",
            "name": id.rsplit(":", 1)[-1],
            "namePrefix": "",
            "owner": found.get("Owner") or aws.account,
            "signatureVersion": int(found.get("SignatureVersion") or 0),
            "tagsAll": tag_map(aws.sns.list_tags_for_resource(ResourceArn=id)["Tags"]),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        for name in sorted(changed & ATTRIBUTES.keys()):
            self._set(aws, id, name, news.get(name))
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.sns.untag_resource(ResourceArn=id, TagKeys=gone)
        if written:
            aws.sns.tag_resource(ResourceArn=id, Tags=tag_list(written))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        look(aws.sns.delete_topic, TopicArn=id)

    def _set(self, aws: Clients, id: str, name: str, value: Any) -> None:
        text = "" if value is None else _text(value)
        aws.sns.set_topic_attributes(
            TopicArn=id, AttributeName=ATTRIBUTES[name], AttributeValue=text
        )


HANDLERS: dict[str, Handler] = {"aws:sns/topic:Topic": Topic()}
RULES: dict[str, TypeRule] = {
    "aws:sns/topic:Topic": TypeRule(
        auto_name=AutoName(max_length=256),
        zeros={"contentBasedDeduplication": False, "fifoTopic": False},
        replaces={"name", "namePrefix", "fifoTopic"},
        same={"policy": same_policy, "deliveryPolicy": same_policy, "kmsMasterKeyId": same_key},
        validators=(
            json_text("policy"),
            json_text("deliveryPolicy"),
            one_of("tracingConfig", "Active", "PassThrough"),
            length("displayName", 0, 100),
        ),
    )
}
