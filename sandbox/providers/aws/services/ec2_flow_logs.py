"""VPC flow logs: everything but the tags is fixed at creation."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.ec2_shared import arn, delete, find, retag, tagged
from sandbox.providers.framework import (
    Clients,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
    tag_map,
)
from sandbox.providers.validators import arn as is_arn
from sandbox.providers.validators import exactly_one, one_of

FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
KINDS = {
    "vpcId": ("VPC", "vpc-"),
    "subnetId": ("Subnet", "subnet-"),
    "eniId": ("NetworkInterface", "eni-"),
    "transitGatewayId": ("TransitGateway", "tgw-"),
    "transitGatewayAttachmentId": ("TransitGatewayAttachment", "tgw-attach-"),
    "regionalNatGatewayId": ("RegionalNatGateway", "nat-"),
}


class FlowLog:
    """aws.ec2.FlowLog."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        name = next(name for name in KINDS if inputs.get(name))
        asked: dict[str, Any] = {
            "ResourceIds": [inputs[name]],
            "ResourceType": KINDS[name][0],
            "LogDestinationType": inputs["logDestinationType"],
            "MaxAggregationInterval": int(inputs["maxAggregationInterval"]),
        }
        for key, field in (
            ("trafficType", "TrafficType"),
            ("iamRoleArn", "DeliverLogsPermissionArn"),
            ("logFormat", "LogFormat"),
        ):
            if inputs.get(key):
                asked[field] = inputs[key]
        if inputs.get("logDestination"):
            asked["LogDestination"] = inputs["logDestination"].removesuffix(":*")
        answer = aws.ec2.create_flow_logs(**asked, **tagged("vpc-flow-log", inputs))
        if failed := answer.get("Unsuccessful"):
            error = failed[0]["Error"]
            raise ProviderError(f"CreateFlowLogs: {error['Code']}: {error['Message']}")
        id: str = answer["FlowLogIds"][0]
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        log = find(aws.ec2.describe_flow_logs, "FlowLogs", FlowLogIds=[id])
        if log is None:
            return None
        outputs: Outputs = {
            "arn": arn(aws, "vpc-flow-log", id),
            "deliverCrossAccountRole": log.get("DeliverCrossAccountRole") or "",
            "iamRoleArn": log.get("DeliverLogsPermissionArn") or "",
            "logDestination": self._destination(aws, log),
            "logDestinationType": log.get("LogDestinationType", "cloud-watch-logs"),
            "logFormat": log.get("LogFormat") or FORMAT,
            "maxAggregationInterval": int(log.get("MaxAggregationInterval") or 600),
            "tagsAll": tag_map(log.get("Tags")),
            "trafficType": log.get("TrafficType"),
        }
        for name, (_, prefix) in KINDS.items():
            outputs[name] = log["ResourceId"] if log["ResourceId"].startswith(prefix) else ""
        return outputs

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        delete(aws.ec2.delete_flow_logs, FlowLogIds=[id])

    def _destination(self, aws: Clients, log: dict[str, Any]) -> str:
        if log.get("LogDestination"):
            return str(log["LogDestination"])
        name = log.get("LogGroupName")
        return f"arn:aws:logs:{aws.region}:{aws.account}:log-group:{name}" if name else ""


def same_group(old: str, new: str) -> bool:
    """A log group's ARN with and without the `:*` that means its streams."""
    return str(old).removesuffix(":*") == str(new).removesuffix(":*")


LOG = "aws:ec2/flowLog:FlowLog"
HANDLERS: dict[str, Handler] = {LOG: FlowLog()}
RULES: dict[str, TypeRule] = {
    LOG: TypeRule(
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        replaces={
            "logDestination",
            "logDestinationType",
            "iamRoleArn",
            "logFormat",
            "maxAggregationInterval",
        }
        | {
            "trafficType",
            "deliverCrossAccountRole",
            "destinationOptions",
            "tagFieldSpecifications",
            *KINDS,
        },
        same={"logDestination": same_group},
        validators=(
            one_of("maxAggregationInterval", 60, 600),
            one_of("trafficType", "ACCEPT", "REJECT", "ALL"),
            one_of("logDestinationType", "cloud-watch-logs", "s3", "kinesis-data-firehose"),
            is_arn("iamRoleArn"),
            is_arn("logDestination"),
            exactly_one(
                *KINDS,
                text="one of `eni_id,regional_nat_gateway_id,subnet_id,"
                "transit_gateway_attachment_id,transit_gateway_id,vpc_id` must be specified",
            ),
        ),
    )
}
