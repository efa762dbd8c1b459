"""The pack's side of waivers: what the file may say, and what it excuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from controls import CONTROLS
from controls.aurora_backups import CLUSTER
from core import UNKNOWN, Item, Resource, Settings, Value
from core.replay import Replay
from core.scenarios import build
from core.settings import PACK_FOLDER, SettingsError
from core.waivers import POLICY, Waivers, read
from pulumi.runtime.proto import analyzer_pb2 as pb

TODAY = date(2026, 11, 20)
SETTINGS = Settings(stack="dev", project="p", profile="baseline", suffix="dev")
BOTH = pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])


def cluster(days: Value, name: str = "db") -> Resource:
    [found] = build([Item(CLUSTER, name, {"backupRetentionPeriod": days})], SETTINGS)
    return found


URN = cluster(7.0).urn
Entry = dict[str, Any]
GOOD: Entry = {
    "id": "WVR-2026-001",
    "control": "aurora-backups",
    "resources": [URN],
    "reason": "the vendor's migration holds the window at 7 days",
    "compensating_control": "a snapshot is taken each day by hand",
    "ticket": "SEC-123",
    "requested_by": "a@x.test",
    "approved_by": "b@x.test",
    "approved_on": date(2026, 11, 1),
    "expires_on": date(2026, 12, 31),
}
OLD = GOOD | {
    "id": "WVR-2026-000",
    "approved_on": date(2026, 9, 1),
    "expires_on": date(2026, 10, 31),
}


def of(folder: Path, *entries: Any, **more: Any) -> Waivers:
    document = {"version": 1, "waivers": list(entries)} | more
    return written(folder, yaml.safe_dump(document))


def written(folder: Path, text: str) -> Waivers:
    (folder / "waivers.yaml").write_text(text, encoding="utf-8")
    return read(CONTROLS, folder, TODAY)


def test_the_shipped_file_is_in_order() -> None:
    read(CONTROLS, PACK_FOLDER)


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert read(CONTROLS, tmp_path, TODAY).all == ()


WRONG: dict[str, tuple[Entry, str]] = {
    "no reason": ({"reason": None}, "reason must be a text"),
    "a short reason": ({"reason": "because"}, "reason must have 20"),
    "blanks": ({"reason": "too" + " " * 40 + "short"}, "20 characters"),
    "no compensating control": ({"compensating_control": " "}, "compensating_control"),
    "no ticket": ({"ticket": ""}, "ticket"),
    "an unknown control": ({"control": "aurora-backup"}, "there is no control"),
    "a control that cannot be waived": ({"control": "region"}, "cannot be waived"),
    "an unencrypted store": ({"control": "database-customer-key"}, "cannot be waived"),
    "public ingress": ({"control": "ingress-not-public"}, "cannot be waived"),
    "approved by the requester": ({"approved_by": "a@x.test"}, "cannot approve"),
    "approved by the requester's other name": ({"approved_by": "A+x@X.test"}, "cannot approve"),
    "nobody by name": ({"approved_by": "security"}, "one e-mail address"),
    "the requester in letters that look alike": (
        {"approved_by": "\u0430@x.test"},
        "one e-mail address",
    ),
    "two people": ({"approved_by": "b@x.test, c@x.test"}, "one e-mail address"),
    "no resource": ({"resources": []}, "list of URNs"),
    "a wildcard": ({"resources": [URN[:-2] + "*"]}, "no exact URN"),
    "a pattern": ({"resources": [URN[:-1] + "?"]}, "no exact URN"),
    "a name alone": ({"resources": ["db"]}, "no exact URN"),
    "a text of resources": ({"resources": URN}, "list of URNs"),
    "a resource twice": ({"resources": [URN, URN]}, "twice"),
    "longer than 90 days": ({"expires_on": date(2027, 1, 30)}, "90 days at most"),
    "without an end": ({"expires_on": None}, "expires_on must be a day"),
    "an end with a time": ({"expires_on": "2026-12-31T10:00:00"}, "expires_on must be a day"),
    "from tomorrow": ({"approved_on": date(2026, 11, 21)}, "lies in the future"),
    "over before it began": ({"expires_on": date(2026, 10, 1)}, "ends before"),
    "an id of another form": ({"id": "WVR-1"}, "must look like"),
    "a member of another name": ({"stacks": ["dev"]}, "unknown key 'stacks'"),
    "a renewal of nothing": ({"renews": "WVR-2025-001"}, "not under retired"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_breaks_a_rule_is_one_line(tmp_path: Path, name: str) -> None:
    change, said = WRONG[name]
    with pytest.raises(SettingsError) as e:
        of(tmp_path, GOOD | change)
    assert said in str(e.value)
    assert "\n" not in str(e.value)


@pytest.mark.parametrize("key", sorted(GOOD))
def test_nothing_may_be_left_out(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=f"{key} is missing"):
        of(tmp_path, {k: v for k, v in GOOD.items() if k != key})


@pytest.mark.parametrize(
    "text",
    ["", "[]", "version: 2", "version: true", "version: 1\nwaivers: {}", "version: 1\nextra: 1",
     "version: 1\nwaivers:\n- a", "version: 1\nversion: 1", "{", "version: 1\n? [a]\n: 1",
     "version: 1\nwaivers: !!python/object/apply:os.getcwd []"],
)  # fmt: skip
def test_a_malformed_file_is_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as e:
        written(tmp_path, text)
    assert "\n" not in str(e.value)


def test_a_critical_control_is_waived_for_30_days_at_most(tmp_path: Path) -> None:
    critical = GOOD | {"control": "role-trust"}
    of(tmp_path, critical | {"expires_on": date(2026, 11, 30)})
    with pytest.raises(SettingsError, match="30 days at most"):
        of(tmp_path, critical | {"expires_on": date(2026, 12, 1)})


def test_ids_and_resources_are_used_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="used twice"):
        of(tmp_path, GOOD, GOOD | {"control": "log-retention"})
    with pytest.raises(SettingsError, match="excuses the same control"):
        of(tmp_path, GOOD, GOOD | {"id": "WVR-2026-002"})


def test_a_renewal_names_the_waiver_it_follows(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="write renews: WVR-2026-000"):
        of(tmp_path, GOOD, retired=[OLD])
    assert of(tmp_path, GOOD | {"renews": OLD["id"]}, retired=[OLD]).all


def asked(waivers: Waivers, stock: bool, *resources: Resource) -> list[Any]:
    """All diagnostics of a preview of these resources."""
    pack = Replay(CONTROLS, SETTINGS, stock)
    pack.settings.waivers = waivers
    found = [d for r in resources for d in pack.analyze(r).diagnostics]
    return [*found, *pack.analyze_stack(resources).diagnostics]


def told(found: list[Any], policy: str) -> list[Any]:
    return [d for d in found if d.policyName == policy]


@BOTH
def test_a_waived_failure_is_decided_and_reported_as_an_advisory(
    tmp_path: Path, stock: bool
) -> None:
    found = asked(of(tmp_path, GOOD), stock, cluster(7.0))
    (complaint,) = told(found, "aurora-backups")
    assert complaint.enforcementLevel == pb.ADVISORY
    assert complaint.message.startswith("[waived WVR-2026-001 until 2026-12-31] backupRetention")
    assert not told(found, POLICY)
    others = [d for d in found if d.policyName not in ("aurora-backups", POLICY)]
    before = asked(Waivers(), stock, cluster(7.0))
    assert [d.enforcementLevel for d in others] == [
        d.enforcementLevel for d in before if d.policyName != "aurora-backups"
    ]


@BOTH
def test_only_the_named_resource_is_excused(tmp_path: Path, stock: bool) -> None:
    found = asked(of(tmp_path, GOOD), stock, cluster(7.0), cluster(7.0, "other"))
    levels = [d.enforcementLevel for d in told(found, "aurora-backups")]
    assert levels == [pb.ADVISORY, pb.MANDATORY]


@BOTH
def test_what_is_undecided_is_not_excused(tmp_path: Path, stock: bool) -> None:
    (complaint,) = told(asked(of(tmp_path, GOOD), stock, cluster(UNKNOWN)), "aurora-backups")
    assert complaint.enforcementLevel == pb.MANDATORY
    assert complaint.message.startswith("[undecided] ")


@BOTH
def test_the_last_day_is_valid_and_the_next_is_not(tmp_path: Path, stock: bool) -> None:
    last = GOOD | {"expires_on": TODAY}
    assert not told(asked(of(tmp_path, last), stock, cluster(7.0)), POLICY)
    over = GOOD | {"expires_on": TODAY - timedelta(1)}
    found = asked(of(tmp_path, over), stock, cluster(7.0))
    assert told(found, "aurora-backups")[0].enforcementLevel == pb.MANDATORY
    (line,) = told(found, POLICY)
    assert line.enforcementLevel == pb.MANDATORY
    assert line.message.startswith("WVR-2026-001 expired on 2026-11-19")


@BOTH
def test_an_expired_waiver_stops_a_stack_that_complies(tmp_path: Path, stock: bool) -> None:
    over = of(tmp_path, GOOD | {"expires_on": TODAY - timedelta(1)})
    assert told(asked(over, stock, cluster(30.0)), POLICY)


OTHERS: dict[str, tuple[Callable[[], Entry], str]] = {
    "a resource that is gone": (lambda: {"resources": [URN, URN + "2"]}, "does not have"),
    "a resource of another kind": (lambda: {"control": "log-retention"}, "does not speak"),
}


@BOTH
@pytest.mark.parametrize("name", OTHERS)
def test_a_waiver_that_matches_nobody_stops_the_stack(
    tmp_path: Path, stock: bool, name: str
) -> None:
    change, said = OTHERS[name]
    (line,) = told(asked(of(tmp_path, GOOD | change()), stock, cluster(30.0)), POLICY)
    assert line.enforcementLevel == pb.MANDATORY
    assert said in line.message


@BOTH
def test_a_waiver_of_another_stack_is_nothing_to_this_one(tmp_path: Path, stock: bool) -> None:
    over = GOOD | {
        "resources": [URN.replace(":dev::", ":prod::")],
        "expires_on": TODAY - timedelta(1),
    }
    found = asked(of(tmp_path, over), stock, cluster(7.0))
    assert not told(found, POLICY)
    assert told(found, "aurora-backups")[0].enforcementLevel == pb.MANDATORY
