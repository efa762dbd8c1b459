"""Changes that no test of their own examines: the comparison of state and cloud names them."""

from __future__ import annotations

import json

from .cache import cache
from .change import COMPARISON, Changes, Here
from .database import cluster, modify, modify_instance
from .roles_and_messages import ROLE
from .secrets import secret
from .stream import name as stream

change = Changes()
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@change(COMPARISON)
def dhcp_options_changed(here: Here) -> str:
    """Names would be resolved by a server of somebody else."""
    servers = [{"Key": "domain-name-servers", "Values": ["198.51.100.1"]}]
    made = here["ec2"].create_dhcp_options(DhcpConfigurations=servers)["DhcpOptions"]
    here["ec2"].associate_dhcp_options(
        DhcpOptionsId=made["DhcpOptionsId"], VpcId=here.out("vpc_id")
    )
    return "vpc"


@change(COMPARISON)
def description_of_a_rule_changed(here: Here) -> str:
    group = here.out("rds_security_group_id")
    ranges = [{"CidrIp": here.out("vpc_cidr"), "Description": "by hand"}]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": ranges}
    here["ec2"].update_security_group_rule_descriptions_ingress(GroupId=group, IpPermissions=[rule])
    return group


@change(COMPARISON)
def private_subnet_gives_ipv6_addresses(here: Here) -> str:
    subnet = str(here.stack.output("private_subnet_ids")[0])
    here["ec2"].modify_subnet_attribute(
        SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True}
    )
    return subnet


@change(COMPARISON)
def tag_added_to_a_group(here: Here) -> str:
    group = here.out("rds_security_group_id")
    here["ec2"].create_tags(Resources=[group], Tags=[{"Key": "CostCenter", "Value": "1"}])
    return group


def policy_of_the_key(here: Here) -> str:
    key = here.key("secrets")
    return str(here["kms"].get_key_policy(KeyId=key, PolicyName="default")["Policy"])


@change(COMPARISON)
def statement_of_a_key_policy_removed(here: Here) -> str:
    policy = json.loads(policy_of_the_key(here))
    policy["Statement"].pop()
    key = here.key("secrets")
    here["kms"].put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    return key


@change(COMPARISON)
def key_tied_to_another_service(here: Here) -> str:
    policy = policy_of_the_key(here).replace("secretsmanager.sa-east-1", "lambda.sa-east-1")
    key = here.key("secrets")
    here["kms"].put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    return key


@change(COMPARISON)
def description_of_a_key_changed(here: Here) -> str:
    here["kms"].update_key_description(KeyId=here.key("rds"), Description="by hand")
    return here.key("rds")


@change(COMPARISON)
def stream_made_on_demand(here: Here) -> str:
    here["kinesis"].update_stream_mode(
        StreamARN=here.out("kinesis_stream_arn"), StreamModeDetails={"StreamMode": "ON_DEMAND"}
    )
    return stream(here).partition(f"-{here.suffix}")[0]


@change(COMPARISON)
def password_replaced_by_another_strong_one(here: Here) -> str:
    manager = here["secretsmanager"]
    value = json.loads(manager.get_secret_value(SecretId=secret(here))["SecretString"])
    value["password"] = "Aa0" + "x" * 29
    manager.put_secret_value(SecretId=secret(here), SecretString=json.dumps(value))
    return secret(here)


@change(COMPARISON)
def backup_window_moved(here: Here) -> str:
    return modify(here, PreferredBackupWindow="09:00-10:00").removesuffix(f"-{here.suffix}")


@change(COMPARISON)
def role_given_to_the_cluster(here: Here) -> str:
    """Aurora could write to buckets with it."""
    here["rds"].add_role_to_db_cluster(
        DBClusterIdentifier=cluster(here),
        RoleArn=here["iam"].get_role(RoleName=here.one(ROLE))["Role"]["Arn"],
        FeatureName="s3Export",
    )
    return cluster(here).removesuffix(f"-{here.suffix}")


@change(COMPARISON)
def instance_promoted_last(here: Here) -> str:
    return modify_instance(here, PromotionTier=5).removesuffix(f"-{here.suffix}")


@change(COMPARISON)
def parameter_added_to_the_group(here: Here) -> str:
    told = here["rds"].describe_db_clusters(DBClusterIdentifier=cluster(here))["DBClusters"][0]
    group = str(told["DBClusterParameterGroup"])
    added = {
        "ParameterName": "log_statement", "ParameterValue": "none", "ApplyMethod": "immediate"
    }  # fmt: skip
    here["rds"].modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, Parameters=[added]
    )
    return group


@change(COMPARISON)
def snapshot_window_moved(here: Here) -> str:
    here["elasticache"].modify_replication_group(
        ReplicationGroupId=cache(here), SnapshotWindow="09:00-10:00", ApplyImmediately=True
    )
    return cache(here).removesuffix(f"-{here.suffix}")


@change(COMPARISON)
def session_of_the_role_lengthened(here: Here) -> str:
    here["iam"].update_role(RoleName=here.one(ROLE), MaxSessionDuration=43200)
    return here.one(ROLE)


@change(COMPARISON)
def boundary_of_the_role_changed(here: Here) -> str:
    here["iam"].put_role_permissions_boundary(
        RoleName=here.one(ROLE), PermissionsBoundary=ADMINISTRATOR
    )
    return here.one(ROLE)


@change(COMPARISON)
def role_opened_to_machines(here: Here) -> str:
    told = here["iam"].get_role(RoleName=here.one(ROLE))["Role"]["AssumeRolePolicyDocument"]
    told["Statement"][0]["Principal"] = {"Service": ["ec2.amazonaws.com"]}
    here["iam"].update_assume_role_policy(RoleName=here.one(ROLE), PolicyDocument=json.dumps(told))
    return here.one(ROLE)
