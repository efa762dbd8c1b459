"""Each mistake in a stack's configuration is one line that names key, value and rule."""

from __future__ import annotations

import re
from collections.abc import Callable

import pulumi
import pytest
import settings

from compliance_tests.program.recorded import PROJECT, Program, defaults, run

ACCOUNT = '["111122223333"]'
LONG = "a" * 35
# key, text, what the line says after `key is "text": `
MISTAKES: tuple[tuple[str, str, str], ...] = (
    ("environmentSuffix", "Prod", "write lower-case letters, digits and single hyphens"),
    ("environmentSuffix", "a--b", "write lower-case letters, digits and single hyphens"),
    ("environmentSuffix", "blue-", "write lower-case letters, digits and single hyphens"),
    (
        "environmentSuffix",
        LONG,
        "write at most 34 characters, it has 35: AWS allows the replication group "
        "redis-{suffix} only 40",
    ),
    ("owner", "a/b", "write a team"),
    ("dataClass", "secret", "write one of public, internal, confidential, restricted, or nothing"),
    ("vpcCidr", "10.0.0.0", "write a network such as 10.0.0.0/16"),
    ("vpcCidr", "10.0.0.1/16", "write a network such as 10.0.0.0/16"),
    ("vpcCidr", "not a network", "write a network such as 10.0.0.0/16"),
    ("vpcCidr", "10.0.0.0/8", "it must be between /16 and /28"),
    ("vpcCidr", "52.0.0.0/16", "write a network inside 10.0.0.0/8, 172.16.0.0/12 or"),
    ("availabilityZoneCount", "1", "write a whole number of zones from 2 to 3"),
    ("availabilityZoneCount", "4", "write a whole number of zones from 2 to 3"),
    ("availabilityZones", '["sa-east-1a"]', "write 2 zones (availabilityZoneCount), or none"),
    ("privateEndpoints", "yes", "write true or false"),
    ("kmsDeletionWindowDays", "6", "write a whole number of days from 7 to 30"),
    ("kmsDeletionWindowDays", "31", "write a whole number of days from 7 to 30"),
    ("kmsRotationDays", "89", "write a whole number of days from 90 to 2560"),
    ("streamShardCount", "0", "write a whole number of shards from 1 to 500"),
    ("streamShardCount", "2.5", "write a whole number of shards from 1 to 500"),
    ("streamShardCount", "true", "write a whole number of shards from 1 to 500"),
    ("streamRetentionHours", "23", "write a whole number of hours from 24 to 8760"),
    ("streamRetentionHours", "8761", "write a whole number of hours from 24 to 8760"),
    ("streamShardMetrics", "IncomingBytes", "write a list of texts"),
    ("streamShardMetrics", "[1]", "write a list of texts"),
    ("passwordLength", "7", "write a whole number of characters from 8 to 128"),
    ("secretRecoveryDays", "3", "write 0, or a whole number of days from 7 to 30"),
    ("secretRecoveryDays", "31", "write 0, or a whole number of days from 7 to 30"),
    ("databaseEngineVersions", "[]", "write at least one version"),
    ("databaseEngineVersions", '["15.10","16.8"]', "write versions of one major only"),
    ("databaseName", "1st", "write a lower-case letter, then"),
    ("databaseUsername", "postgres", "write a lower-case letter, then"),
    ("databaseUsername", "admin", "write a lower-case letter, then"),
    ("databasePort", "80", "write a port from 1150 to 65535"),
    ("databaseMinCapacity", "0.7", "write capacity units from 0.5 to 256 in steps of 0.5"),
    ("databaseMinCapacity", "0", "write capacity units from 0.5 to 256 in steps of 0.5"),
    ("databaseMinCapacity", "2.5", "write at most databaseMaxCapacity (2)"),
    ("databaseMaxCapacity", "257", "write capacity units from 1 to 256 in steps of 0.5"),
    ("databaseMaxCapacity", "two", "write capacity units from 1 to 256 in steps of 0.5"),
    ("databaseInstanceCount", "17", "write a whole number of instances from 1 to 16"),
    ("databaseBackupRetentionDays", "0", "write a whole number of days from 1 to 35"),
    ("databaseBackupRetentionDays", "36", "write a whole number of days from 1 to 35"),
    ("databaseDeletionProtection", "True", "write true or false"),
    ("finalSnapshots", "1", "write true or false"),
    ("protectResources", "no", "write true or false"),
    ("cacheEngineVersion", "5.0.6", "write one of 7.0, 7.1 (known to be creatable on 2026-11-23"),
    ("cacheNodeType", "cache.t1.micro", "write a node type such as cache.t3.micro"),
    ("cacheNodeCount", "1", "write a whole number of nodes from 2 to 6"),
    ("cachePort", "0", "write a port from 1024 to 65535"),
    ("cacheSnapshotRetentionDays", "36", "write a whole number of days from 1 to 35"),
    ("logRetentionDays", "8", "write one of these numbers of days: 1, 3, 5, 7, 14"),
    ("auditLogRetentionDays", "0", "write one of these numbers of days: 1, 3, 5, 7, 14"),
)
# key, text, the element that is wrong, what the line says about it
WRONG_ELEMENTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "publicSubnetCidrs",
        '["10.0.1.0/24","10.9.2.0/24"]',
        "10.9.2.0/24",
        "inside the VPC's 10.0.0.0/16",
    ),
    (
        "publicSubnetCidrs",
        '["10.0.1.0/24","10.0.1.128/25"]',
        "10.0.1.128/25",
        "overlap 10.0.1.0/24",
    ),
    ("privateSubnetCidrs", '["10.0.2.0/24","10.0.12.0/24"]', "10.0.2.0/24", "overlap 10.0.2.0/24"),
    (
        "privateSubnetCidrs",
        '["10.0.11.0/29","10.0.12.0/24"]',
        "10.0.11.0/29",
        "between /16 and /28",
    ),
    ("privateSubnetCidrs", '["10.0.11.0/24","10.0.11.0/24"]', "10.0.11.0/24", "write it once"),
    ("privateSubnetCidrs", '["10.0.11.1/24","10.0.12.0/24"]', "10.0.11.1/24", "networks such as"),
    ("availabilityZones", '["sa-east-1a","us-east-1a"]', "us-east-1a", "zones of the region"),
    ("streamShardMetrics", '["ALL"]', "ALL", "write names out of IncomingBytes"),
    ("secretReaders", '["*"]', "*", "write ARNs of roles or users"),
    ("databaseEngineVersions", '["15"]', "15", "write versions such as 15.10"),
)


def mistakes(stack: str = "sandbox", /, **changed: str | None) -> list[str]:
    """The lines that the settings refuse a configuration with; None leaves a key out."""
    values = defaults()
    for key, text in changed.items():
        full = key.replace("__", ":") if "__" in key else f"{PROJECT}:{key}"
        values.pop(full, None)
        if text is not None:
            values[full] = text
    try:
        settings.parse(PROJECT, stack, values)
    except pulumi.RunError as error:
        return str(error).splitlines()
    return []


def test_the_defaults_have_no_mistake() -> None:
    assert mistakes() == []


@pytest.mark.parametrize(("key", "text", "rule"), MISTAKES, ids=lambda value: value[:40])
def test_a_mistake_is_one_line_of_key_value_and_rule(key: str, text: str, rule: str) -> None:
    found = mistakes(**{key: text})
    told = text.replace('"', '\\"')
    assert any(line.startswith(f'{PROJECT}:{key} is "{told}": {rule}') for line in found), found
    assert all(line.startswith((f"{PROJECT}:", "aws:")) for line in found)


@pytest.mark.parametrize(("key", "text", "element", "rule"), WRONG_ELEMENTS)
def test_a_wrong_element_of_a_list_is_named(key: str, text: str, element: str, rule: str) -> None:
    found = mistakes(**{key: text})
    assert [
        line
        for line in found
        if line.startswith(f'{PROJECT}:{key} is "{element}": ') and rule in line
    ]


@pytest.mark.parametrize("key", ["publicSubnetCidrs", "privateSubnetCidrs"])
def test_each_zone_has_one_subnet_of_a_kind(key: str) -> None:
    assert mistakes(**{key: '["10.0.50.0/24"]'}) == [
        f'{PROJECT}:{key} is "[\\"10.0.50.0/24\\"]": '
        "write 2 networks, one a zone (availabilityZoneCount)"
    ]


def test_every_mistake_is_told_at_once() -> None:
    found = mistakes(streamShardCount="0", passwordLength="x", bogus="1", aws__region="us-east-1")
    assert [line.split(" ")[0] for line in found] == [
        "aws:region",
        f"{PROJECT}:streamShardCount",
        f"{PROJECT}:passwordLength",
        f"{PROJECT}:bogus",
    ]


@pytest.mark.parametrize("key", [key for key in defaults() if not key.startswith("aws:")])
def test_every_key_is_read_and_its_absence_told(key: str) -> None:
    short = key.partition(":")[2]
    found = mistakes(**{short: None})
    assert f"{key} is missing: keep its default in Pulumi.yaml" in found


@pytest.mark.parametrize(
    ("typo", "nearest"),
    [
        ("streamShardcount", "streamShardCount"),
        ("suffix", "environmentSuffix"),
        ("backupRetentionDays", "databaseBackupRetentionDays"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_that_exists(typo: str, nearest: str) -> None:
    assert mistakes(**{typo: "1"}) == [
        f"{PROJECT}:{typo} is no setting of this program: write {nearest}, or remove it"
    ]


@pytest.mark.requirement("REQ-REG-1")
@pytest.mark.parametrize("region", ["us-east-1", "sa-east-2", "", None])
def test_another_region_is_refused(region: str | None) -> None:
    found = mistakes(aws__region=region)
    assert found[0].startswith("aws:region is ")
    assert found[0].endswith(": write sa-east-1")


@pytest.mark.parametrize("stack", ["dev", "prod", "staging", "sandboxes"])
@pytest.mark.parametrize(
    "accounts", [None, "[]", '["SET-THE-12-DIGIT-ACCOUNT-ID"]', '["12345678901"]', "111122223333"]
)
def test_a_real_stack_must_name_its_account(stack: str, accounts: str | None) -> None:
    (line,) = mistakes(stack, aws__allowedAccountIds=accounts)
    assert line.startswith(f"aws:allowedAccountIds is {accounts or '[]'}: write the 12-digit id")
    assert line.endswith(f"pulumi config set --stack {stack} --path 'aws:allowedAccountIds[0]' ID")


@pytest.mark.parametrize(
    ("stack", "accounts"), [("dev", ACCOUNT), ("sandbox", None), ("sandbox-1", None)]
)
def test_an_account_or_the_sandbox_is_accepted(stack: str, accounts: str | None) -> None:
    assert mistakes(stack, aws__allowedAccountIds=accounts) == []


def test_the_longest_suffix_is_accepted() -> None:
    assert mistakes(environmentSuffix="a" * 34) == []


@pytest.mark.parametrize("stack", ["Sandbox", "sandbox_2"])
def test_a_stack_name_that_cannot_be_a_suffix_is_told_as_the_suffix(stack: str) -> None:
    found = mistakes(stack, aws__allowedAccountIds=ACCOUNT)
    assert found[0].startswith(f'{PROJECT}:environmentSuffix is "{stack}": write lower-case')


def test_the_program_refuses_before_any_resource_exists() -> None:
    program = Program()
    with pytest.raises(pulumi.RunError, match="streamShardCount"):
        run({"streamShardCount": 0}, program=program)
    assert program.resources == []


def test_the_table_has_a_mistake_for_every_key_that_can_be_wrong(
    tell: Callable[[str], None],
) -> None:
    keys = {key.partition(":")[2] for key in defaults() if not key.startswith("aws:")}
    tried = {row[0] for row in MISTAKES} | {row[0] for row in WRONG_ELEMENTS}
    assert keys == tried
    assert not [rule for _, _, rule in MISTAKES if re.search(r"traceback|error", rule)]
    tell(f"configuration mistakes told in one line: {len(MISTAKES) + len(WRONG_ELEMENTS)}")
