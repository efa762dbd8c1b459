"""Roles, topics and queues, changed or made by hand."""

from __future__ import annotations

import json
from typing import Any

from .change import FOREIGN, Changes, Here

change = Changes()


ROLE = "aws:iam/role:Role"


def document(**statement: Any) -> str:
    """A policy of one statement."""
    one = {"Sid": "ByHand", "Effect": "Allow", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


def trust(here: Here, principal: Any) -> str:
    """The flow log's role, which somebody else may take too."""
    role = here.one(ROLE)
    policy = here["iam"].get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    policy["Statement"].append(
        {"Sid": "ByHand", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    )
    here["iam"].update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(policy))
    return role


@change("role-trust")
def role_open_to_everybody(here: Here) -> str:
    return trust(here, {"AWS": "*"})


@change("foreign-accounts")
def role_open_to_another_account(here: Here) -> str:
    return trust(here, {"AWS": FOREIGN})


@change("role-least-privilege", "role-attachments")
def role_may_do_everything(here: Here) -> str:
    policy = document(Action="*", Resource="*")
    role = here.one(ROLE)
    here["iam"].put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=policy)
    return role


@change("role-least-privilege")
def own_policy_of_the_role_widened(here: Here) -> str:
    role, _, name = here.one("aws:iam/rolePolicy:RolePolicy").partition(":")
    policy = document(Action="logs:*", Resource="*")
    here["iam"].put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)
    return role


@change("role-attachments")
def administrator_policy_attached(here: Here) -> str:
    policy = here["iam"].create_policy(
        PolicyName="by-hand", PolicyDocument=document(Action="*", Resource="*")
    )
    role = here.one(ROLE)
    here["iam"].attach_role_policy(RoleName=role, PolicyArn=policy["Policy"]["Arn"])
    return role


@change("resource-tags")
def tag_of_the_role_removed(here: Here) -> str:
    here["iam"].untag_role(RoleName=here.one(ROLE), TagKeys=["ManagedBy"])
    return here.one(ROLE)


@change("REQ-OPS-1")
def role_made_by_hand(here: Here) -> str:
    name = f"by-hand-{here.suffix}"
    service = {"Service": "ec2.amazonaws.com"}
    here["iam"].create_role(
        RoleName=name,
        AssumeRolePolicyDocument=document(Principal=service, Action="sts:AssumeRole"),
    )
    return name


@change("message-customer-key")
def topic_in_clear(here: Here) -> str:
    return str(here["sns"].create_topic(Name=f"by-hand-{here.suffix}")["TopicArn"])


@change("message-policy-closed")
def topic_open_to_another_account(here: Here) -> str:
    key = {"KmsMasterKeyId": here.key()}
    topic = str(here["sns"].create_topic(Name=f"by-hand-{here.suffix}", Attributes=key)["TopicArn"])
    here["sns"].set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=document(Principal={"AWS": FOREIGN}, Action="SNS:Subscribe", Resource=topic),
    )
    return topic


@change("message-customer-key")
def queue_in_clear(here: Here) -> str:
    return str(here["sqs"].create_queue(QueueName=f"by-hand-{here.suffix}")["QueueUrl"])
