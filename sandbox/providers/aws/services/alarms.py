"""CloudWatch: metric alarms."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.shared import given, look, tag_changes, with_tags
from sandbox.providers.framework import (
    Clients,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
    tag_list,
    tag_map,
)
from sandbox.providers.validators import each, one_of

NAMES = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
ACTIONS = ("alarmActions", "insufficientDataActions", "okActions")


def _describe(aws: Clients, id: str) -> dict[str, Any] | None:
    answer = look(aws.cloudwatch.describe_alarms, AlarmNames=[id], AlarmTypes=["MetricAlarm"])
    return answer["MetricAlarms"][0] if answer and answer["MetricAlarms"] else None


def _query(query: dict[str, Any]) -> dict[str, Any]:
    asked = given(
        query,
        {
            "accountId": "AccountId",
            "expression": "Expression",
            "id": "Id",
            "label": "Label",
            "period": "Period",
        },
    )
    if query.get("returnData") is not None:
        asked["ReturnData"] = query["returnData"]
    if metric := query.get("metric"):
        names = given(metric, {"metricName": "MetricName", "namespace": "Namespace"})
        dimensions = [
            {"Name": key, "Value": value} for key, value in (metric.get("dimensions") or {}).items()
        ]
        asked["MetricStat"] = {
            "Metric": names | {"Dimensions": dimensions},
            **given(metric, {"period": "Period", "stat": "Stat", "unit": "Unit"}),
        }
    return asked


def _shown(query: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "accountId": query.get("AccountId", ""),
        "expression": query.get("Expression", ""),
        "id": query["Id"],
        "label": query.get("Label", ""),
        "period": query.get("Period", 0),
        "returnData": query.get("ReturnData", False),
    }
    if stat := query.get("MetricStat"):
        metric = stat["Metric"]
        shown["metric"] = {
            "dimensions": {item["Name"]: item["Value"] for item in metric.get("Dimensions") or []},
            "metricName": metric["MetricName"],
            "namespace": metric.get("Namespace", ""),
            "period": stat["Period"],
            "stat": stat["Stat"],
            "unit": stat.get("Unit", ""),
        }
    return shown


class MetricAlarm:
    """aws.cloudwatch.MetricAlarm."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        id = str(inputs["name"])
        if _describe(aws, id) is not None:
            raise ProviderError(f'CloudWatch metric alarm "{id}" already exists')
        self._put(aws, id, inputs, with_tags(inputs))
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        alarm = _describe(aws, id)
        if alarm is None:
            return None
        outputs: Outputs = {name: alarm.get(key) for name, key in NAMES.items()}
        for name in ACTIONS:
            outputs[name] = sorted(outputs[name] or [])
        tags = aws.cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        return outputs | {
            "arn": alarm["AlarmArn"],
            "dimensions": {item["Name"]: item["Value"] for item in alarm.get("Dimensions") or []},
            "metricQueries": [_shown(query) for query in alarm.get("Metrics") or []],
            "name": id,
            "tagsAll": tag_map(tags),
            "treatMissingData": alarm.get("TreatMissingData") or "missing",
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if changed - {"tagsAll"}:
            self._put(aws, id, news, {})
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.cloudwatch.untag_resource(ResourceARN=olds["arn"], TagKeys=gone)
        if written:
            aws.cloudwatch.tag_resource(ResourceARN=olds["arn"], Tags=tag_list(written))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        look(aws.cloudwatch.delete_alarms, AlarmNames=[id])

    def _put(self, aws: Clients, id: str, inputs: Inputs, tags: dict[str, Any]) -> None:
        asked = given(inputs, NAMES) | tags
        if inputs.get("dimensions"):
            asked["Dimensions"] = [
                {"Name": key, "Value": value} for key, value in inputs["dimensions"].items()
            ]
        if inputs.get("metricQueries"):
            asked["Metrics"] = [_query(query) for query in inputs["metricQueries"]]
        if "Threshold" in asked:
            asked["Threshold"] = float(asked["Threshold"])
        aws.cloudwatch.put_metric_alarm(AlarmName=id, **asked)


def _period(name: str, value: Any) -> str | None:
    seconds = int(value)
    right = seconds in (10, 20, 30) or (seconds > 0 and seconds % 60 == 0)
    return None if right else f'"{name}" must be 10, 20, 30 or a multiple of 60, got {seconds}'


def _statistic(inputs: Inputs) -> str | None:
    if inputs.get("metricName") and not (
        inputs.get("statistic") or inputs.get("extendedStatistic")
    ):
        return (
            "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm"
        )
    return None


HANDLERS: dict[str, Handler] = {"aws:cloudwatch/metricAlarm:MetricAlarm": MetricAlarm()}
RULES: dict[str, TypeRule] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": TypeRule(
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        replaces={"name"},
        sets={*ACTIONS, "metricQueries"},
        validators=(
            each("period", _period),
            one_of("statistic", "SampleCount", "Average", "Sum", "Minimum", "Maximum"),
            one_of("treatMissingData", "breaching", "notBreaching", "ignore", "missing"),
            one_of(
                "comparisonOperator",
                "GreaterThanOrEqualToThreshold",
                "GreaterThanThreshold",
                "LessThanThreshold",
                "LessThanOrEqualToThreshold",
                "LessThanLowerOrGreaterThanUpperThreshold",
                "LessThanLowerThreshold",
                "GreaterThanUpperThreshold",
            ),
        ),
        plan_validators=(_statistic,),
    )
}
