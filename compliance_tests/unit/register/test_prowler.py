"""The comparison with the outside judge is awake: silence, and what nobody excused, are faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compliance_tests.prowler.compare import OURS, compare, controls, expected, reasons
from evidence import canonical
from evidence.schema import part_faults

ROOT = Path(__file__).parents[3]
CATALOG = json.loads((ROOT / "policies/catalog.json").read_text("utf-8"))


def finding(check: str, status: str) -> dict[str, object]:
    return {"metadata": {"event_code": check}, "status_code": status}


def whole() -> list[dict[str, object]]:
    """A scan in which everybody reported, and failed exactly where a reason says so."""
    known = reasons()
    return [finding(c, "FAIL" if c in known else "PASS") for c in expected() | set(known)]


def test_a_whole_scan_has_no_fault() -> None:
    assert compare(whole()).faults == []


def test_a_check_that_did_not_report_is_a_fault() -> None:
    gone = "kms_cmk_rotation_enabled"
    found = compare([f for f in whole() if f["metadata"] != {"event_code": gone}])
    assert found.faults == [f"did not report: {gone}"]


def test_what_nobody_excused_is_a_fault() -> None:
    found = compare([*whole(), finding("kms_cmk_rotation_enabled", "FAIL")])
    assert found.faults == [
        "fails, and reasons.toml does not say why we pass: kms_cmk_rotation_enabled"
    ]


def test_a_reason_for_what_passes_is_a_fault() -> None:
    idle = "kinesis_stream_data_retention_period"
    passing = [f for f in whole() if f["metadata"] != {"event_code": idle}]
    found = compare([*passing, finding(idle, "PASS")])
    assert found.faults == [f"reasons.toml excuses what passes: {idle}"]


def test_a_failure_on_a_resource_of_the_stack_is_not_the_accounts() -> None:
    ours: dict[str, object] = {"resources": [{"labels": [OURS]}]}
    found = compare([*whole(), finding("vpc_flow_logs_enabled", "FAIL") | ours])
    assert found.faults == [
        "fails on a resource of the stack, and the reason is vpc: vpc_flow_logs_enabled"
    ]


def test_what_stands_in_for_a_failure_has_to_pass() -> None:
    stand_in = "rds_cluster_integration_cloudwatch_logs"
    found = compare([*whole(), finding(stand_in, "FAIL")])
    assert f"{stand_in} does not pass" in found.faults[-1]


def test_a_status_that_nobody_knows_is_no_pass() -> None:
    found = compare([*whole(), finding("kms_cmk_rotation_enabled", "MUTED")])
    assert found.failed["kms_cmk_rotation_enabled"] == "no reason"


def test_each_choice_names_what_covers_it_and_each_profile_reason_a_control_that_is_off() -> None:
    register = json.loads((ROOT / "compliance_tests/register/register.json").read_text("utf-8"))
    ids = {r["id"] for r in register["requirements"]}
    ids |= {d["id"] for d in register["deviations"] if "sandbox" in d["stacks"]}
    levels = {c["id"]: c["levels"] for c in CATALOG}
    for check, reason in reasons().items():
        assert len(reason.text) > 10, check
        if reason.kind == "choice":
            assert reason.named in ids, check
        if reason.kind == "profile":
            assert levels[reason.named] == {"baseline": "off", "production": "mandatory"}, check


def test_each_control_that_agrees_is_one_of_the_catalogue_and_each_check_one_that_reports() -> None:
    known = {c["id"] for c in CATALOG}
    for check, names in controls().items():
        assert set(names) <= known, check
        assert any(e == check or e.startswith(check.rstrip("*")) for e in expected()), check


def test_what_a_scan_leaves_for_the_evidence_is_whole() -> None:
    told: dict[str, Any] = {
        "metadata": {
            "event_code": "kms_cmk_rotation_enabled",
            "product": {"name": "Prowler", "version": "5.46.0"},
        },
        "status_code": "FAIL",
        "finding_info": {"title": "Keys rotate", "created_time": 1795601972},
        "cloud": {"account": {"uid": "123456789012"}},
    }
    other = {**told, "metadata": {**told["metadata"], "event_code": "new"}, "status_code": "MANUAL"}
    found = compare([told, told, other]).judge([told, told, other], "sandbox", "emulated")
    assert part_faults("judge", canonical.plain(found)) == []
    assert (found.checks, found.passed, found.failed, found.manual) == (2, 0, 1, 1)
    assert found.at == "2026-11-25T10:19:32.000Z"
    assert found.failures[0].resources == 2
    assert found.failures[0].controls == ("key-rotation",)
    assert found.unanswered == found.failures
