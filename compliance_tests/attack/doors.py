"""Side doors that an attacker adds: policies, grants, other types and other providers."""

from __future__ import annotations

from .addition import Added
from .mutants import shown
from .wrong_values import FOREIGN, POLICIES

KMS_KEY, STREAM, SECRET = (
    ("aws:kms/key:Key", "kinesis"),
    ("aws:kinesis/stream:Stream", ""),
    ("aws:secretsmanager/secret:Secret", "database"),
)

SIDE_DOORS: tuple[Added, ...] = (
    *(
        Added(f"key policy {shown(p)}", "aws:kms/keyPolicy:KeyPolicy", {"policy": p},
              {"keyId": KMS_KEY})
        for p in POLICIES
    ),
    *(
        Added(f"stream policy {shown(p)}", "aws:kinesis/resourcePolicy:ResourcePolicy",
              {"policy": p}, {"resourceArn": STREAM})
        for p in POLICIES
    ),
    *(
        Added(f"secret policy {shown(p)}", "aws:secretsmanager/secretPolicy:SecretPolicy",
              {"policy": p}, {"secretArn": SECRET})
        for p in POLICIES
    ),
    Added("a grant to another account", "aws:kms/grant:Grant",
          {"granteePrincipal": f"arn:aws:iam::{FOREIGN}:root", "operations": ["Decrypt"]},
          {"keyId": KMS_KEY}),
    Added("a log policy for all", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
          {"policyName": "x-{suffix}", "policyDocument": POLICIES[0]}, {}),
    Added("a peering", "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
          {"peerVpcId": "vpc-1", "tags": {}}, {"vpcId": ("aws:ec2/vpc:Vpc", "")}),
    Added("another main table", "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
          {}, {"vpcId": ("aws:ec2/vpc:Vpc", ""),
               "routeTableId": ("aws:ec2/routeTable:RouteTable", "public-routes")}),
    Added("a bucket", "aws:s3/bucket:Bucket", {"bucket": "x-{suffix}", "tags": {}}, {}),
    Added("a DynamoDB table", "aws:dynamodb/table:Table", {"name": "x-{suffix}", "tags": {}}, {}),
    Added("an EC2 instance", "aws:ec2/instance:Instance", {"ami": "ami-1", "tags": {}}, {}),
    Added("an admin role policy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
          {"role": "x-{suffix}", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, {}),
    Added("an IAM user", "aws:iam/user:User", {"name": "x-{suffix}", "tags": {}}, {}),
    Added("an access key", "aws:iam/accessKey:AccessKey", {"user": "x-{suffix}"}, {}),
    Added("a CloudFormation stack", "aws:cloudformation/stack:Stack",
          {"name": "x-{suffix}", "templateBody": "{}", "tags": {}}, {}),
    Added("a Cloud Control resource", "aws:cloudcontrol/resource:Resource",
          {"typeName": "AWS::RDS::DBInstance", "desiredState": "{}"}, {}),
    Added("an aws-native cluster", "aws-native:rds:DbCluster",
          {"dbClusterIdentifier": "x-{suffix}"},
          {}, provider="pulumi:providers:aws-native"),
    Added("a command", "command:local:Command", {"create": "true"}, {},
          provider="pulumi:providers:command"),
    Added("a dynamic resource", "pulumi-python:dynamic:Resource", {"__provider": "x"}, {},
          provider="pulumi:providers:pulumi-python"),
    Added("a topic without key", "aws:sns/topic:Topic", {"name": "x-{suffix}", "tags": {}}, {}),
    Added("a queue without key", "aws:sqs/queue:Queue", {"name": "x-{suffix}", "tags": {}}, {}),
)  # fmt: skip
