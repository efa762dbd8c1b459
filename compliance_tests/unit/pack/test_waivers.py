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

TODAY, DAY = date(2026, 11, 20), timedelta(days=1)
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


def refused(folder: Path, entry: Any, **more: Any) -> str:
    with pytest.raises(SettingsError) as e:
        of(folder, entry, **more)
    return str(e.value)


def test_each_limit_is_kept_to_the_day_and_the_letter(tmp_path: Path) -> None:
    first_to_last = GOOD | {"approved_on": TODAY, "expires_on": TODAY + timedelta(days=89)}
    of(tmp_path, first_to_last)  # approved today, 90 days with the first and the last
    assert "90 days at most" in refused(
        tmp_path, first_to_last | {"expires_on": TODAY + timedelta(days=90)}
    )
    of(tmp_path, GOOD | {"approved_on": TODAY, "expires_on": TODAY})  # for a day
    of(tmp_path, GOOD | {"compensating_control": "ten letter"})
    assert "must have 10" in refused(tmp_path, GOOD | {"compensating_control": "9 letters"})
    of(tmp_path, GOOD | {"reason": "exactly 20 letters!!"})
    assert "must have 20" in refused(tmp_path, GOOD | {"reason": "just 19 letters !!!"})


def test_only_a_critical_control_is_named_as_the_reason(tmp_path: Path) -> None:
    long = {"expires_on": TODAY + timedelta(days=200)}
    assert refused(tmp_path, GOOD | long).endswith("it may last 90 days at most")
    critical = GOOD | long | {"control": "role-trust"}
    assert refused(tmp_path, critical).endswith("30 days at most, as role-trust is critical")
    old = GOOD | {"id": "WVR-2026-000", "control": "role-trust"}  # a control of then, or none now
    of(tmp_path, retired=[old | {"control": "gone"}])


def test_the_last_day_is_one_of_its_days(tmp_path: Path) -> None:
    found = of(tmp_path, GOOD)
    for today, excused in ((GOOD["expires_on"], True), (GOOD["expires_on"] + DAY, False)):
        late = Waivers(found.all, today)
        assert (late.excuse("aurora-backups", URN, "x") is not None) is excused
        faults = list(late.faults("dev", "p", [cluster(7.0)], {c.id: c for c in CONTROLS}))
        assert (faults == []) is excused


def test_one_that_is_over_hides_no_other_and_is_shown_at_its_first_resource(tmp_path: Path) -> None:
    other = cluster(7.0, "other").urn
    over = GOOD | {"id": "WVR-2026-005", "resources": [other, f"{other}-2"]}
    over |= {"approved_on": date(2026, 10, 1), "expires_on": date(2026, 11, 1)}
    missing = GOOD | {"resources": [f"{URN}-gone"]}
    found = of(tmp_path, over, missing)
    told = list(found.faults("dev", "p", [], {c.id: c for c in CONTROLS}))
    assert [urn for urn, _ in told] == [other, f"{URN}-gone"]


def test_a_signature_is_no_unknown_key(tmp_path: Path) -> None:
    assert of(tmp_path, GOOD | {"signature": "c2lnbmVk"}).all


def test_what_is_wrong_is_said_shortly_and_by_its_id(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD | {"reason": "short"}).startswith("waivers.yaml: WVR-2026-001: ")
    nameless = {k: v for k, v in GOOD.items() if k != "id"}
    assert refused(tmp_path, nameless) == "waivers.yaml: a waiver without id: id is missing"
    name = "W" * 100
    assert refused(tmp_path, GOOD | {"id": name}) == (
        f"waivers.yaml: {'W' * 60}: its id must look like WVR-2026-001"
    )
    with pytest.raises(SettingsError) as e:
        written(tmp_path, "version: 1\nwaivers: [" + "{" * 400)
    assert len(str(e.value)) <= len("waivers.yaml cannot be read as YAML: ") + 200


def test_only_a_waiver_of_the_same_control_and_resource_is_followed(tmp_path: Path) -> None:
    elsewhere = OLD | {"resources": [f"{URN}-2"]}
    of(tmp_path, GOOD, retired=[elsewhere])
    of(tmp_path, GOOD, retired=[OLD | {"control": "log-retention"}])
    for other in (elsewhere, OLD | {"control": "log-retention"}):
        text = refused(tmp_path, GOOD | {"renews": OLD["id"]}, retired=[other])
        assert "not under retired for" in text


def test_retired_must_be_a_list(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="retired must be a list"):
        written(tmp_path, "version: 1\nretired: {}")
