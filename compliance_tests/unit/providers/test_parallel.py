"""The engine calls a provider from many threads: nothing is lost, doubled or mixed up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from compliance_tests.unit.providers.engine import Engine
from compliance_tests.unit.providers.world import World
from sandbox.providers.aws.package import AwsPackage
from sandbox.providers.clients import Clients
from sandbox.providers.plugin import Provider

SUBNET = "aws:ec2/subnet:Subnet"
COUNT = 40


def test_many_resources_at_once(world: World) -> None:
    engine = Engine()
    engine.provider.clients = Clients(world.aws.endpoint, world.aws.region)  # none made before
    vpc = world.vpc

    def life(number: int) -> dict[str, Any]:
        news = {"vpcId": vpc, "cidrBlock": f"10.0.{number}.0/24", "tags": {"Name": f"s{number}"}}
        inputs, mistakes = engine.check(SUBNET, news, name=f"s{number}")
        assert not mistakes
        id_, state = engine.create(SUBNET, inputs)
        assert not engine.diff(SUBNET, id_, state, inputs).changes
        return state

    with ThreadPoolExecutor(16) as pool:
        states = list(pool.map(life, range(COUNT)))
    assert [state["tags"]["Name"] for state in states] == [f"s{n}" for n in range(COUNT)]
    asked = [{"Name": "vpc-id", "Values": [vpc]}]
    assert len(world.aws.ec2.describe_subnets(Filters=asked)["Subnets"]) == COUNT


def test_each_region_has_clients_of_its_own(world: World) -> None:
    clients = Clients(world.aws.endpoint, "sa-east-1")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: clients.in_region("us-east-1").kms, range(16)))
    assert len({id(client) for client in made}) == 1
    assert made[0].meta.region_name == "us-east-1"
    assert clients.in_region("us-east-1").in_region("sa-east-1") is clients


def test_a_provider_starts_empty() -> None:
    assert Provider(AwsPackage()).clients is None
