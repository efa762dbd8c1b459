"""The shipped stack is what the requirements say, to the letter."""

from __future__ import annotations

import json

import pytest
import yaml

from compliance_tests.program import checks
from compliance_tests.program.recorded import (
    PROJECT,
    ROOT,
    Program,
    Secret,
    defaults,
    run,
    stack_file,
)


@pytest.mark.requirement("REQ-OPS-1")
def test_the_stack_has_each_required_resource_and_no_other(shipped: Program) -> None:
    checks.inventory(shipped)


@pytest.mark.requirement("REQ-NET-1")
@pytest.mark.requirement("REQ-NET-2")
@pytest.mark.requirement("REQ-NET-3")
@pytest.mark.requirement("REQ-SG-1")
@pytest.mark.requirement("REQ-SG-2")
@pytest.mark.requirement("REQ-SG-3")
@pytest.mark.requirement("REQ-KMS-1")
@pytest.mark.requirement("REQ-KMS-2")
@pytest.mark.requirement("REQ-KIN-1")
@pytest.mark.requirement("REQ-KIN-2")
@pytest.mark.requirement("REQ-KIN-3")
@pytest.mark.requirement("REQ-SEC-1")
@pytest.mark.requirement("REQ-SEC-2")
@pytest.mark.requirement("REQ-SEC-3")
@pytest.mark.requirement("REQ-RDS-1")
@pytest.mark.requirement("REQ-RDS-2")
@pytest.mark.requirement("REQ-RDS-3")
@pytest.mark.requirement("REQ-RDS-4")
@pytest.mark.requirement("REQ-RDS-5")
@pytest.mark.requirement("REQ-RED-1")
@pytest.mark.requirement("REQ-RED-2")
@pytest.mark.requirement("REQ-RED-3")
@pytest.mark.requirement("REQ-RED-4")
@pytest.mark.requirement("REQ-RED-5")
@pytest.mark.requirement("REQ-LOG-1")
@pytest.mark.requirement("REQ-TAG-1")
def test_every_resource_has_exactly_the_required_inputs(shipped: Program) -> None:
    checks.inputs(shipped)


@pytest.mark.requirement("REQ-OUT-1")
def test_the_stack_exports_exactly_the_required_outputs(shipped: Program) -> None:
    checks.outputs(shipped)


def test_log_group_and_role_policy_come_before_what_needs_them(shipped: Program) -> None:
    checks.order(shipped)


@pytest.mark.requirement("REQ-REG-1")
def test_the_region_is_sao_paulo(shipped: Program) -> None:
    assert defaults()["aws:region"] == "sa-east-1"
    assert not [each.name for each in shipped.custom() if "region" in each.inputs]


@pytest.mark.requirement("REQ-SEC-1")
@pytest.mark.requirement("REQ-SEC-3")
def test_cluster_and_secret_hold_the_same_generated_password(shipped: Program) -> None:
    cluster, version = shipped.named("aurora-cluster"), shipped.named("database-secret-value")
    assert cluster.sources["masterPassword"] == {"database-password"}
    assert version.sources["secretString"] == {"database-password", "aurora-cluster"}
    assert isinstance(version.inputs["secretString"], Secret)
    value = json.loads(version.inputs["secretString"].value)
    assert Secret(value["password"]) == cluster.inputs["masterPassword"]


def test_no_secret_is_an_output_or_an_input_in_clear(shipped: Program) -> None:
    for told in (shipped.outputs, *(each.inputs for each in shipped.custom())):
        clear = json.dumps(told, default=lambda secret: type(secret).__name__)
        assert "<result of" not in clear


@pytest.mark.requirement("REQ-NAME-1")
@pytest.mark.parametrize("suffix", ["qa", "team-7-blue"])
def test_every_name_and_name_tag_ends_in_the_suffix(suffix: str) -> None:
    identity = {
        "aws:rds/cluster:Cluster": "clusterIdentifier",
        "aws:rds/clusterInstance:ClusterInstance": "identifier",
        "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
    }
    program = run({"environmentSuffix": suffix})
    tailed = f"/aws/rds/cluster/aurora-cluster-{suffix}/postgresql"
    for each in program.custom():
        key = identity.get(each.type, "name")
        names = [each.inputs[key]] if key in each.inputs else []
        names += [each.inputs["tags"]["Name"]] if "tags" in each.inputs else []
        wrong = [name for name in names if not name.endswith(f"-{suffix}") and name != tailed]
        assert not wrong, each.name
    assert program.outputs["environment_suffix"] == suffix


def test_the_stack_s_name_is_the_suffix_when_none_is_configured() -> None:
    program = run(stack="sandbox-blue")
    assert program.outputs["aurora_cluster_identifier"] == "aurora-cluster-sandbox-blue"


def test_owner_and_data_class_are_tags_of_everything_that_has_tags() -> None:
    program = run({"owner": "platform-engineering", "dataClass": "internal"})
    tagged = [each.inputs["tags"] for each in program.custom() if "tags" in each.inputs]
    assert len(tagged) == 32
    for tags in tagged:
        assert tags["Owner"] == "platform-engineering"
        assert tags["DataClass"] == "internal"


def test_private_endpoints_are_off_and_can_be_switched_on(shipped: Program) -> None:
    assert not shipped.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    program = run({"privateEndpoints": True})
    checks.private_endpoints(program)


def test_the_sandbox_changes_no_number_of_the_requirements() -> None:
    assert stack_file("sandbox") == {}


def test_three_zones_spread_subnets_instances_and_nodes() -> None:
    program = run(
        {
            "availabilityZoneCount": 3,
            "publicSubnetCidrs": ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"],
            "privateSubnetCidrs": ["10.0.11.0/24", "10.0.12.0/24", "10.0.13.0/24"],
            "databaseInstanceCount": 4,
            "cacheNodeCount": 3,
        }
    )
    zones = ["sa-east-1a", "sa-east-1b", "sa-east-1c"]
    placed = [program.named(f"aurora-instance-{number}") for number in (1, 2, 3, 4)]
    assert [each.inputs["availabilityZone"] for each in placed] == [*zones, zones[0]]
    assert program.named("redis").inputs["preferredCacheClusterAzs"] == zones
    assert len(program.outputs["private_subnet_ids"]) == 3


def test_the_schema_s_keys_are_all_typed_described_and_defaulted() -> None:
    schema = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    assert schema["name"] == PROJECT
    for key, entry in schema["config"].items():
        if ":" not in key:
            assert entry.keys() >= {"type", "default", "description"}, key
