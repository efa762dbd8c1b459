"""The comparison with the outside judge is awake: silence, and what nobody excused, are faults."""

from __future__ import annotations

from compliance_tests.prowler.compare import compare, expected, reasons


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
