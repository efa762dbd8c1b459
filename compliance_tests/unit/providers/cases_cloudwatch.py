"""The lifecycle table of CloudWatch and SNS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS, first
from compliance_tests.unit.providers.cases_kms import key_for
from compliance_tests.unit.providers.world import World
from sandbox.providers.framework import is_missing

LOGS = "logs.sa-east-1.amazonaws.com"


def policy(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "logs:PutLogEvents",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def view_group(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(world.aws.logs.describe_log_groups, "logGroups", logGroupNamePrefix=id_)
    if found is None:
        return None
    return {
        "name": found["logGroupName"],
        "retentionInDays": found.get("retentionInDays"),
        "kmsKeyId": found.get("kmsKeyId"),
        "tags": world.aws.logs.list_tags_for_resource(resourceArn=found["arn"].removesuffix(":*"))[
            "tags"
        ],
    }


def view_policy(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = world.aws.logs.describe_resource_policies()["resourcePolicies"]
    return next(
        ({"policyDocument": p["policyDocument"]} for p in found if p["policyName"] == id_), None
    )


def view_alarm(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(world.aws.cloudwatch.describe_alarms, "MetricAlarms", AlarmNames=[id_])
    if found is None:
        return None
    tags = world.aws.cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {
        "comparisonOperator": found["ComparisonOperator"],
        "dimensions": {item["Name"]: item["Value"] for item in found["Dimensions"]},
        "evaluationPeriods": found["EvaluationPeriods"],
        "metricName": found["MetricName"],
        "namespace": found["Namespace"],
        "period": found["Period"],
        "statistic": found["Statistic"],
        "threshold": found["Threshold"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def view_topic(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        found = world.aws.sns.get_topic_attributes(TopicArn=id_)["Attributes"]
    except Exception as error:
        if is_missing(error):
            return None
        raise
    tags = world.aws.sns.list_tags_for_resource(ResourceArn=id_)["Tags"]
    return {
        "displayName": found["DisplayName"],
        "kmsMasterKeyId": found["KmsMasterKeyId"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


CASES: tuple[Case, ...] = (
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda w: {
            "name": w.name("/aws/x"),
            "retentionInDays": 7,
            "kmsKeyId": key_for(w, LOGS),
            "tags": TAGS,
        },
        view_group,
        update=lambda w: {"retentionInDays": 365, "kmsKeyId": key_for(w, LOGS), "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("/aws/y")},
        drift=lambda w, id_, s: w.aws.logs.delete_retention_policy(logGroupName=id_),
        drifts="retentionInDays",
    ),
    Case(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        lambda w: {"policyName": w.name("write"), "policyDocument": policy("es.amazonaws.com")},
        view_policy,
        update=lambda w: {"policyDocument": policy("route53.amazonaws.com")},
        replace=lambda w: {"policyName": w.name("other")},
        drift=lambda w, id_, s: w.aws.logs.put_resource_policy(
            policyName=id_, policyDocument=policy("delivery.logs.amazonaws.com")
        ),
        drifts="policyDocument",
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda w: {
            "name": w.name("late"),
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 2,
            "metricName": "GetRecords.IteratorAgeMilliseconds",
            "namespace": "AWS/Kinesis",
            "period": 300,
            "statistic": "Maximum",
            "threshold": 60000,
            "dimensions": {"StreamName": "x"},
            "tags": TAGS,
        },
        view_alarm,
        update=lambda w: {"threshold": 30000, "evaluationPeriods": 3, "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.cloudwatch.put_metric_alarm(
            AlarmName=id_,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=9,
            Threshold=30000,
            MetricName="GetRecords.IteratorAgeMilliseconds",
            Namespace="AWS/Kinesis",
            Period=300,
            Statistic="Maximum",
            Dimensions=[{"Name": "StreamName", "Value": "x"}],
        ),
        drifts="evaluationPeriods",
    ),
    Case(
        "aws:sns/topic:Topic",
        lambda w: {
            "name": w.name("alerts"),
            "displayName": "alerts",
            "kmsMasterKeyId": w.key,
            "tags": TAGS,
        },
        view_topic,
        update=lambda w: {
            "displayName": "changed",
            "kmsMasterKeyId": w.other_key,
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.sns.set_topic_attributes(
            TopicArn=id_, AttributeName="DisplayName", AttributeValue="drifted"
        ),
        drifts="displayName",
    ),
)
