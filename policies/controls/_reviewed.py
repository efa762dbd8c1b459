"""Resource types that no control speaks about by name, and why each is let through.

Names, tags, region and policies of these are governed like those of every other type.
"""

from __future__ import annotations

_WIRES = "wires the network; routes, rules and placement are governed where they are read"
_GROUPS = "names subnets or parameters; what uses it is governed"
_WATCHES = "watches the stack and holds no data of it"
_MAKES = "makes a value in Pulumi's state; nothing in the cloud"

REVIEWED: dict[str, str] = {
    "aws:ec2/vpc:Vpc": _WIRES,
    "aws:ec2/subnet:Subnet": _WIRES,
    "aws:ec2/internetGateway:InternetGateway": _WIRES,
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": _WIRES,
    "aws:ec2/routeTable:RouteTable": _WIRES,
    "aws:ec2/defaultRouteTable:DefaultRouteTable": _WIRES,
    "aws:ec2/route:Route": _WIRES,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _WIRES,
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": _WIRES,
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": _WIRES,
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": _WIRES,
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation": _WIRES,
    "aws:ec2/managedPrefixList:ManagedPrefixList": _WIRES,
    "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry": _WIRES,
    "aws:ec2/vpcEndpoint:VpcEndpoint": "keeps calls to AWS inside the VPC",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "narrows an endpoint",
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": _WIRES,
    "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation": _WIRES,
    "aws:ec2/flowLog:FlowLog": _WATCHES,
    "aws:rds/subnetGroup:SubnetGroup": _GROUPS,
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _GROUPS,
    "aws:rds/parameterGroup:ParameterGroup": _GROUPS,
    "aws:rds/clusterEndpoint:ClusterEndpoint": "another name for instances that are governed",
    "aws:rds/eventSubscription:EventSubscription": _WATCHES,
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": "joins a proxy that is governed",
    "aws:elasticache/subnetGroup:SubnetGroup": _GROUPS,
    "aws:elasticache/parameterGroup:ParameterGroup": _GROUPS,
    "aws:elasticache/userGroup:UserGroup": "joins users, which are governed",
    "aws:elasticache/userGroupAssociation:UserGroupAssociation": "joins users that are governed",
    "aws:memorydb/subnetGroup:SubnetGroup": _GROUPS,
    "aws:memorydb/parameterGroup:ParameterGroup": _GROUPS,
    "aws:memorydb/acl:Acl": "joins users, which are governed",
    "aws:kms/alias:Alias": "another name for a key that is governed",
    "aws:secretsmanager/secretRotation:SecretRotation": "renews a secret; who does it is governed",
    "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": "closes VPCs further",
    "aws:kinesis/streamConsumer:StreamConsumer": "a reader of a stream of this stack",
    "aws:appautoscaling/target:Target": "changes a number of readers, not a setting",
    "aws:appautoscaling/policy:Policy": "changes a number of readers, not a setting",
    "aws:cloudwatch/logStream:LogStream": "a part of a log group that is governed",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _WATCHES,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _WATCHES,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _WATCHES,
    "aws:cloudwatch/dashboard:Dashboard": _WATCHES,
    "random:index/randomPassword:RandomPassword": "its length is governed where it is used",
    "random:index/randomId:RandomId": _MAKES,
    "random:index/randomInteger:RandomInteger": _MAKES,
    "random:index/randomPet:RandomPet": _MAKES,
    "random:index/randomShuffle:RandomShuffle": _MAKES,
    "random:index/randomUuid:RandomUuid": _MAKES,
}
