"""Log groups: names, retention, keys, and whether the database's log arrives in a governed one."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .principals import foreign, open_to_all
from .stack import Cloud, Deployed
from .test_keys import key_id


def groups(check: Check, stack: Deployed, cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Every log group that names the stack's suffix, by name."""
    found = check.ask_all(cloud["logs"], "describe_log_groups")["logGroups"]
    tail = f"-{stack.suffix}"
    ours = {
        g["logGroupName"]: g
        for g in found
        if g["logGroupName"].endswith(tail) or f"{tail}/" in g["logGroupName"]
    }
    check.examined(describe_log_groups=len(found), ours=len(ours))
    return ours


@pytest.mark.requirement("REQ-LOG-1")
def test_required_groups(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    """Their existence is no evidence of logging: AWS writes to neither by itself (DEV-012)."""
    for name in (
        f"/aws/kinesis/sensor-data-stream-{stack.suffix}",
        f"/aws/rds/cluster/aurora-cluster-{stack.suffix}",
    ):
        with prove(type="logs:log-group", name=name) as check:
            found = groups(check, stack, cloud).get(name, {})
            check.keep(found)
            check.expect("exists", True, bool(found))
            check.expect("retentionInDays", exact.log_days, found.get("retentionInDays"))


@pytest.mark.control("log-customer-key")
@pytest.mark.requirement("REQ-LOG-1")
def test_every_group_keeps_its_events_encrypted(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    with prove("log-customer-key", type="logs:log-group", name=f"*-{stack.suffix}*") as check:
        found = groups(check, stack, cloud)
        wanted = key_id(stack.output("logs_kms_key_id"))
        check.expect("log groups", "at least one", len(found), bool(found))
        for name, group in sorted(found.items()):
            check.expect(f"{name}: kmsKeyId", wanted, key_id(group.get("kmsKeyId", "none")))


@pytest.mark.control("log-retention")
@pytest.mark.control("log-retention-long")
@pytest.mark.requirement("REQ-LOG-1")
def test_every_group_has_a_retention(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    audit = ("/postgresql", f"flow-logs-{stack.suffix}")
    for control, least in (
        ("log-retention", exact.log_days),
        ("log-retention-long", exact.audit_log_days),
    ):
        with prove(control, type="logs:log-group", name=f"*-{stack.suffix}*") as check:
            found = groups(check, stack, cloud)
            check.expect("log groups", "at least one", len(found), bool(found))
            for name, group in sorted(found.items()):
                if name.endswith(audit) is (control == "log-retention-long"):
                    days = group.get("retentionInDays")
                    check.expect(f"{name}: retentionInDays", least, days)


@pytest.mark.control("aurora-log-export")
@pytest.mark.requirement("REQ-LOG-1")
def test_database_log_is_exported_into_a_governed_group(
    stack: Deployed, cloud: Cloud, prove: Prove
) -> None:
    """AWS writes to .../NAME/postgresql, and makes it, without retention, if it is not there."""
    name = f"aurora-cluster-{stack.suffix}"
    with prove("aurora-log-export", type="rds:cluster", name=name) as check:
        told = check.ask(cloud["rds"], "describe_db_clusters", DBClusterIdentifier=name)
        exports = told["DBClusters"][0].get("EnabledCloudwatchLogsExports", [])
        check.expect("EnabledCloudwatchLogsExports", ["postgresql"], exports)
        group = f"/aws/rds/cluster/{name}/postgresql"
        found = groups(check, stack, cloud).get(group, {})
        days = found.get("retentionInDays")
        check.expect(f"{group}: retentionInDays", "set", days, bool(days))


@pytest.mark.requirement("REQ-LOG-1")
def test_no_log_group_is_copied_elsewhere(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    """A subscription sends every event on, to wherever it says."""
    with prove(type="logs:log-group", name=f"*-{stack.suffix}*") as check:
        known = stack.ids("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter")
        copied: dict[str, list[str]] = {}
        for name in sorted(groups(check, stack, cloud)):
            found = check.ask_all(
                cloud["logs"], "describe_subscription_filters", logGroupName=name
            )["subscriptionFilters"]
            if to := [f["destinationArn"] for f in found if f["filterName"] not in known]:
                copied[name] = to
        check.expect("log groups with a subscription not in the state", {}, copied)


@pytest.mark.control("log-policy-closed")
@pytest.mark.control("foreign-accounts")
@pytest.mark.requirement("REQ-LOG-1")
def test_no_log_policy_names_a_stranger(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for control, judge in (("log-policy-closed", open_to_all), ("foreign-accounts", foreign)):
        with prove(control, type="logs:resource-policy", name="account") as check:
            found = check.ask_all(cloud["logs"], "describe_resource_policies")["resourcePolicies"]
            check.examined(resource_policies=len(found))
            let_in = {
                policy["policyName"]: judge(policy["policyDocument"], cloud.account)
                for policy in found
            }
            check.expect("let in", {}, {k: v for k, v in let_in.items() if v})
