"""What EC2, the tagging API and CloudWatch must do as AWS does."""

from __future__ import annotations

import sys

from compliance_tests.unit.emulator.account import REGION, TAGS, Account, refused
from compliance_tests.unit.emulator.checks import closes


@closes("EC2Backend.create_vpc")
def a_default_group_lets_itself_in(account: Account) -> None:
    vpc = account.network()[0]
    groups = account.ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    (rule,) = groups[0]["IpPermissions"]
    assert rule["UserIdGroupPairs"][0]["GroupId"] == groups[0]["GroupId"]
    assert rule["IpProtocol"] == "-1"


@closes("SecurityGroupRule.description")
def a_rule_between_groups_keeps_its_description(account: Account) -> None:
    group = account.network()[2]
    pair = {"GroupId": group, "Description": "from itself"}
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [pair]}
    account.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    rules = account.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [group]}]
    )
    (rule,) = (rule for rule in rules["SecurityGroupRules"] if not rule["IsEgress"])
    assert rule["Description"] == "from itself"


@closes("EC2Backend.delete_security_group", "EC2Backend.delete_subnet")
def what_a_data_store_uses_stays(account: Account) -> None:
    _, subnets, group = account.network()
    account.cluster(DBSubnetGroupName=account.db_subnets(), VpcSecurityGroupIds=[group])
    account.instance()
    refused("DependencyViolation", account.ec2.delete_security_group, GroupId=group)
    refused("DependencyViolation", account.ec2.delete_subnet, SubnetId=subnets[0])


@closes("EC2Backend.delete_security_group", "EC2Backend.delete_subnet")
def what_a_cache_uses_stays(account: Account) -> None:
    _, subnets, group = account.network()
    account.replication_group(
        CacheSubnetGroupName=account.cache_subnets(), SecurityGroupIds=[group]
    )
    refused("DependencyViolation", account.ec2.delete_security_group, GroupId=group)
    refused("DependencyViolation", account.ec2.delete_subnet, SubnetId=subnets[0])
    account.elasticache.delete_replication_group(ReplicationGroupId="redis")
    account.ec2.delete_security_group(GroupId=group)
    account.ec2.delete_subnet(SubnetId=subnets[0])


@closes("EC2Backend.delete_security_group")
def a_group_that_another_names_stays(account: Account) -> None:
    vpc, _, group = account.network()
    other = account.ec2.create_security_group(GroupName="h", Description="d", VpcId=vpc)["GroupId"]
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 1,
        "ToPort": 2,
        "UserIdGroupPairs": [{"GroupId": group}],
    }
    account.ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[permission])
    refused("DependencyViolation", account.ec2.delete_security_group, GroupId=group)


@closes("EC2Backend.delete_vpc")
def a_vpc_with_something_in_it_stays(account: Account) -> None:
    vpc = account.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    group = account.ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    refused("DependencyViolation", account.ec2.delete_vpc, VpcId=vpc)
    account.ec2.delete_security_group(GroupId=group)
    gateway = account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    refused("DependencyViolation", account.ec2.delete_vpc, VpcId=vpc)
    account.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    account.ec2.delete_vpc(VpcId=vpc)


@closes("EC2Backend.describe_vpc_endpoints", "EC2Backend.create_vpc_endpoint")
def endpoints_are_checked_and_go(account: Account) -> None:
    vpc, subnets, _ = account.network()
    asked = {"VpcId": vpc, "VpcEndpointType": "Interface", "SubnetIds": subnets}
    service = f"com.amazonaws.{REGION}.kms"
    refused(
        "InvalidParameter",
        account.ec2.create_vpc_endpoint,
        ServiceName=service,
        PrivateDnsEnabled=True,
        **asked,
    )
    refused(
        "InvalidServiceName",
        account.ec2.create_vpc_endpoint,
        ServiceName="kms",
        PrivateDnsEnabled=False,
        **asked,
    )
    account.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    made = account.ec2.create_vpc_endpoint(ServiceName=service, PrivateDnsEnabled=True, **asked)
    id = made["VpcEndpoint"]["VpcEndpointId"]
    account.ec2.delete_vpc_endpoints(VpcEndpointIds=[id])
    refused(
        "InvalidVpcEndpointId.NotFound", account.ec2.describe_vpc_endpoints, VpcEndpointIds=[id]
    )
    assert not account.ec2.describe_vpc_endpoints()["VpcEndpoints"]


@closes("EC2Backend._collect_default_endpoint_services")
def endpoint_services_are_listed_without_loading_others(account: Account) -> None:
    name = f"com.amazonaws.{REGION}.kinesis-streams"
    before = set(sys.modules)
    (found,) = account.ec2.describe_vpc_endpoint_services(ServiceNames=[name])["ServiceDetails"]
    assert found["ServiceType"] == [{"ServiceType": "Interface"}]
    assert found["AvailabilityZones"] == [f"{REGION}{letter}" for letter in "abc"]
    assert not {
        loaded for loaded in set(sys.modules) - before if loaded.startswith("moto.apigateway")
    }
    s3 = f"com.amazonaws.{REGION}.s3"
    (found,) = account.ec2.describe_vpc_endpoint_services(ServiceNames=[s3])["ServiceDetails"]
    assert found["ServiceType"] == [{"ServiceType": "Gateway"}]
    wrong = [f"com.amazonaws.{REGION}.kms2"]
    refused("InvalidServiceName", account.ec2.describe_vpc_endpoint_services, ServiceNames=wrong)


@closes("ResourceGroupsTaggingAPIBackend._get_resources_generator")
def tagged_resources_are_found_by_their_type(account: Account) -> None:
    account.stream(Tags={"Project": "iot"})
    account.rds.create_db_subnet_group(
        DBSubnetGroupName="s",
        DBSubnetGroupDescription="d",
        SubnetIds=account.network()[1],
        Tags=TAGS,
    )
    account.rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="p",
        DBParameterGroupFamily="aurora-postgresql15",
        Description="d",
        Tags=TAGS,
    )
    account.replication_group(Tags=TAGS)
    account.elasticache.create_cache_parameter_group(
        CacheParameterGroupName="q", CacheParameterGroupFamily="redis7", Description="d", Tags=TAGS
    )
    account.logs.create_log_group(logGroupName="/x", tags={"Project": "iot"})
    for kind in (
        "kinesis:stream",
        "rds:subgrp",
        "rds:cluster-pg",
        "elasticache:replicationgroup",
        "elasticache:parametergroup",
        "logs:log-group",
    ):
        found = account.resourcegroupstaggingapi.get_resources(ResourceTypeFilters=[kind])[
            "ResourceTagMappingList"
        ]
        assert len(found) == 1, kind
        assert found[0]["Tags"] == TAGS, kind


@closes("Alarm.__init__")
def a_new_alarm_has_no_data(account: Account) -> None:
    account.cloudwatch.put_metric_alarm(
        AlarmName="a", ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1, Threshold=1.0,
        MetricName="m", Namespace="n", Period=60, Statistic="Sum",
    )  # fmt: skip
    (alarm,) = account.cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
