"""Every resource of the state exists, carries the suffix and has the agreed tags."""

from __future__ import annotations

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .inventory import READERS, look
from .network import tags
from .stack import Cloud, Deployed, Resource

#: Names of which AWS dictates the tail: what stands before it must carry the suffix.
DICTATED_TAILS = ("/postgresql",)
NOT_IN_THE_CLOUD = ("random:",)  # made by Pulumi itself
#: Taggable, but the tagging API of AWS does not list it.
NOT_LISTED_BY_TAGGING = ("aws:iam/role:Role",)
NOT_THERE = "it is not there: the test of the state's resources says so"


def resources(stack: Deployed) -> list[Resource]:
    return [
        r
        for r in stack.resources
        if r.custom and not r.external and not r.type.startswith(NOT_IN_THE_CLOUD)
    ]


def carries(name: str, suffix: str) -> bool:
    for tail in DICTATED_TAILS:
        name = name.removesuffix(tail)
    return name.endswith(f"-{suffix}")


@pytest.mark.control("governed-types")
@pytest.mark.requirement("REQ-OPS-1")
def test_every_type_of_the_state_is_known(stack: Deployed, prove: Prove) -> None:
    """A type that nobody here can look at would escape every test below."""
    with prove("governed-types", type="pulumi:state", name=stack.name) as check:
        types = {r.type for r in resources(stack)}
        check.examined(types=len(types), resources=len(resources(stack)))
        check.expect("types without a reader", [], sorted(types - set(READERS)))


@pytest.mark.requirement("REQ-OPS-1")
def test_every_resource_of_the_state_is_there(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(type="pulumi:state", name=stack.name) as check:
        found = resources(stack)
        gone = [f"{r.type} {r.live_id}" for r in found if not look(check, cloud, r).exists]
        check.examined(resources=len(found))
        check.expect("in the state, but not there", [], gone)


@pytest.mark.control("name-suffix")
@pytest.mark.requirement("REQ-NAME-1")
def test_every_name_carries_the_suffix(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    found = resources(stack)
    assert found, "the state holds no resource"
    for resource in found:
        with prove(type=resource.type, arn=resource.live_id, name=resource.name) as check:
            seen = look(check, cloud, resource)
            if not seen.exists:
                check.does_not_apply(NOT_THERE)
                continue
            if seen.name is None and seen.tags is None:
                check.does_not_apply("AWS gives it no name and no tags")
            wanted = f"ends in -{stack.suffix}"
            if seen.name is not None:
                check.expect("name", wanted, seen.name, carries(seen.name, stack.suffix))
            elif seen.tags is not None:
                name = seen.tags.get("Name", "")
                check.expect("tag Name", wanted, name, carries(name, stack.suffix))


@pytest.mark.control("resource-tags")
@pytest.mark.requirement("REQ-TAG-1")
def test_every_resource_carries_the_tags(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    examined = 0
    for resource in resources(stack):
        with prove(type=resource.type, arn=resource.live_id, name=resource.name) as check:
            seen = look(check, cloud, resource)
            if not seen.exists:
                check.does_not_apply(NOT_THERE)
                continue
            if seen.tags is None:
                check.does_not_apply("AWS gives it no tags")
                continue
            examined += 1
            check.keep(dict(seen.tags))
            missing = [t for t in exact.tags if not seen.tags.get(t)]
            check.expect("tags missing", [], missing)
            check.expect("Environment", stack.suffix, seen.tags.get("Environment"))
    assert examined, "no resource of the state has tags"


@pytest.mark.requirement("REQ-TAG-1")
def test_tagging_api_knows_no_other_resource(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    """The population counted a second time: by the tag, whatever the service."""
    with prove(type="tag", name=f"Environment={stack.suffix}") as check:
        found = check.ask_all(
            cloud["resourcegroupstaggingapi"],
            "get_resources",
            TagFilters=[{"Key": "Environment", "Values": [stack.suffix]}],
        )["ResourceTagMappingList"]
        # the emulator spells the ARN of a flow log in its own way
        arns = [f["ResourceARN"].replace(":flow-logs/", ":vpc-flow-log/") for f in found]
        listed = {arn: tags(f["Tags"]) for arn, f in zip(arns, found, strict=True)}
        taggable = [
            r
            for r in resources(stack)
            if r.outputs.get("tagsAll") and r.type not in NOT_LISTED_BY_TAGGING
        ]
        known = {r.live_id: r for r in taggable}
        check.examined(state=len(known), tagging_api=len(listed))
        check.keep(sorted(listed))
        # AWS makes snapshots and cache nodes of its own, which inherit the tags
        strangers = sorted(
            a
            for a in set(listed) - set(known)
            if not made_by_aws(a, stack) and not is_deleted_key(check, cloud, a)
        )
        check.expect("tagged, but not in the state", [], strangers)
        check.expect("in the state, but not tagged", [], sorted(set(known) - set(listed)))


def is_deleted_key(check: Check, cloud: Cloud, arn: str) -> bool:
    """A key that was deleted keeps its tags until its window ends, 7 days or more later."""
    if arn.split(":")[2] != "kms":
        return False
    told = check.ask(cloud["kms"], "describe_key", KeyId=arn)["KeyMetadata"]
    return "DeletionDate" in told


def made_by_aws(arn: str, stack: Deployed) -> bool:
    """Automated snapshots ("rds:" is a prefix nobody else can use) and the cache's nodes."""
    resource = ":".join(arn.split(":")[5:])
    return resource.startswith(
        (
            f"cluster-snapshot:rds:aurora-cluster-{stack.suffix}-",
            "snapshot:rds:aurora-instance-",
            f"cluster:redis-{stack.suffix}-",
            f"snapshot:automatic.redis-{stack.suffix}",
        )
    )
