"""What somebody puts beside the stack to read its data, or in the way of its traffic."""

from __future__ import annotations

import io
import zipfile

from .change import Changes, Here
from .database import cluster
from .roles_and_messages import ROLE
from .stream import name as stream

change = Changes()
NAME = "by-hand"


@change("key-policy-bound")
def grant_to_a_user_of_the_account(here: Here) -> str:
    user = here["iam"].create_user(UserName=NAME)["User"]["Arn"]
    here["kms"].create_grant(KeyId=here.key("rds"), GranteePrincipal=user, Operations=["Decrypt"])
    return here.key("rds")


@change("REQ-KMS-1")
def second_name_of_a_key(here: Here) -> str:
    here["kms"].create_alias(AliasName=f"alias/{NAME}", TargetKeyId=here.key("rds"))
    return f"alias/{NAME}"


@change("REQ-OPS-1")
def consumer_put_on_the_stream(here: Here) -> str:
    arn = here.out("kinesis_stream_arn")
    here["kinesis"].register_stream_consumer(StreamARN=arn, ConsumerName=NAME)
    return stream(here)


@change("REQ-OPS-1", "REQ-KIN-1", "REQ-KIN-2")
def function_put_on_the_stream(here: Here) -> str:
    """The emulator runs it at each record, switched off or not, and fails without containers."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def run(event, context): pass")
    functions = here["lambda"]
    role = here["iam"].get_role(RoleName=here.one(ROLE))["Role"]["Arn"]
    functions.create_function(
        FunctionName=NAME,
        Runtime="python3.11",
        Role=role,
        Handler="main.run",
        Code={"ZipFile": code.getvalue()},
    )
    functions.create_event_source_mapping(
        EventSourceArn=here.out("kinesis_stream_arn"),
        FunctionName=NAME,
        StartingPosition="LATEST",
        Enabled=False,
    )
    return stream(here)


@change("REQ-LOG-1")
def log_group_copied_to_another_stream(here: Here) -> str:
    here["kinesis"].create_stream(StreamName=NAME, ShardCount=1)
    told = here["kinesis"].describe_stream_summary(StreamName=NAME)
    group = f"/aws/rds/cluster/{cluster(here)}/postgresql"
    here["logs"].put_subscription_filter(
        logGroupName=group,
        filterName=NAME,
        filterPattern="",
        destinationArn=told["StreamDescriptionSummary"]["StreamARN"],
        roleArn=here["iam"].get_role(RoleName=here.one(ROLE))["Role"]["Arn"],
    )
    return group


@change("REQ-OPS-1")
def proxy_before_the_database(here: Here) -> str:
    auth = {"AuthScheme": "SECRETS", "SecretArn": here.out("db_secret_arn"), "IAMAuth": "DISABLED"}
    here["rds"].create_db_proxy(
        DBProxyName=NAME,
        EngineFamily="POSTGRESQL",
        Auth=[auth],
        RoleArn=here["iam"].get_role(RoleName=here.one(ROLE))["Role"]["Arn"],
        VpcSubnetIds=here.stack.output("private_subnet_ids"),
    )
    return NAME


@change("role-attachments")
def role_given_to_machines(here: Here) -> str:
    here["iam"].create_instance_profile(InstanceProfileName=NAME)
    here["iam"].add_role_to_instance_profile(InstanceProfileName=NAME, RoleName=here.one(ROLE))
    return here.one(ROLE)


@change("REQ-NET-3")
def default_network_acl_denies(here: Here) -> str:
    asked = [{"Name": "vpc-id", "Values": [here.out("vpc_id")]}]
    (acl,) = here["ec2"].describe_network_acls(Filters=asked)["NetworkAcls"]
    here["ec2"].create_network_acl_entry(
        NetworkAclId=acl["NetworkAclId"],
        RuleNumber=50,
        Protocol="-1",
        RuleAction="deny",
        Egress=False,
        CidrBlock="0.0.0.0/0",
    )
    return str(acl["NetworkAclId"])
