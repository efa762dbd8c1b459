"""The SDK's source says what a type is: each type can be read, and what is read is right."""

from __future__ import annotations

import re
import subprocess
import sys

from sandbox.providers.schema import _init_text, _locate, _source_of, type_schema

STEP = 9


def test_types_all_over_the_sdk_can_be_read() -> None:
    tokens = re.findall(r'"(aws:[\w/]+:\w+)": "', _init_text("aws"))
    assert len(tokens) > 1500
    for token in tokens[::STEP]:
        schema = type_schema(token)
        assert schema.outputs, token


def test_inputs_are_read_wherever_the_sdk_has_a_class_for_them() -> None:
    inits = []
    for token, name in re.findall(r'"(aws:[\w/]+:\w+)": "(\w+)"', _init_text("aws")):
        folder, _ = _locate(token)
        text = _source_of(folder, name, token).read_text(encoding="utf-8")
        if f"\nclass {name}InitArgs:" in text:
            inits.append(token)
    assert len(inits) > 5
    assert not [token for token in inits if not type_schema(token).inputs]


def test_what_is_read_is_what_the_sdk_itself_says() -> None:
    import pulumi_aws

    for token, args in (
        ("aws:rds/cluster:Cluster", pulumi_aws.rds.ClusterArgs),
        ("aws:ec2/securityGroup:SecurityGroup", pulumi_aws.ec2.SecurityGroupArgs),
        (
            "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
            pulumi_aws.ec2.ManagedPrefixListEntryInitArgs,
        ),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            pulumi_aws.elasticache.ReplicationGroupArgs,
        ),
    ):
        named = {
            getattr(getter.fget, "_pulumi_name", name)
            for name, getter in vars(args).items()
            if isinstance(getter, property)
        }
        assert set(type_schema(token).inputs) == named, token


def test_required_computed_nested_and_secret() -> None:
    group = type_schema("aws:ec2/securityGroupRule:SecurityGroupRule")
    required = {name for name, item in group.inputs.items() if not item.optional}
    assert required == {"fromPort", "protocol", "securityGroupId", "toPort", "type"}
    cluster = type_schema("aws:rds/cluster:Cluster")
    assert cluster.is_computed("storageEncrypted")
    assert cluster.is_computed("endpoint")
    assert not cluster.is_computed("deletionProtection")
    assert not cluster.is_computed("engine")
    assert cluster.secrets == {"masterPassword", "masterPasswordWo"}
    scaling = cluster.inputs["serverlessv2ScalingConfiguration"].shape
    assert scaling.kind == "object"
    assert {"minCapacity", "maxCapacity"} <= set(scaling.fields)


def test_a_plugin_starts_without_the_sdk() -> None:
    heavy = {"pulumi", "pulumi_aws", "botocore", "boto3", "moto"}
    code = f"import sys, sandbox.providers.aws.package; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
