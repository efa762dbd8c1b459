"""The shipped register, against the pack's catalogue and the tests that it names."""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance_tests.register import load, problems
from evidence import gaps

ROOT = Path(__file__).parents[3]
DEPLOYED = ROOT / "compliance_tests" / "deployed"
#: Written a second time on purpose: a requirement that vanishes from the register must be noticed.
IDS = {
    "REQ-REG-1", "REQ-NET-1", "REQ-NET-2", "REQ-NET-3", "REQ-SG-1", "REQ-SG-2", "REQ-SG-3",
    "REQ-KMS-1", "REQ-KMS-2", "REQ-KIN-1", "REQ-KIN-2", "REQ-KIN-3", "REQ-SEC-1", "REQ-SEC-2",
    "REQ-SEC-3", "REQ-RDS-1", "REQ-RDS-2", "REQ-RDS-3", "REQ-RDS-4", "REQ-RDS-5", "REQ-RED-1",
    "REQ-RED-2", "REQ-RED-3", "REQ-RED-4", "REQ-RED-5", "REQ-LOG-1", "REQ-NAME-1", "REQ-TAG-1",
    "REQ-OUT-1", "REQ-OPS-1", "REQ-GATE-1", "REQ-GATE-2", "REQ-GATE-3", "REQ-TEST-1", "REQ-TEST-2",
    "REQ-REP-1",
}  # fmt: skip
FRAMEWORKS = {
    "nist-800-53", "cis-aws-7", "cis-aws-5", "iso-27001", "pci-dss", "soc-2", "aws-fsbp", "lgpd",
    "iec-62443-3-3",
}  # fmt: skip
#: The editions that are cited.
EDITIONS = {
    "nist-800-53": "5.2.0", "cis-aws-7": "7.0.0", "cis-aws-5": "5.0.0", "iso-27001": "2022",
    "pci-dss": "4.0.1", "soc-2": "2017", "iec-62443-3-3": "2013",
}  # fmt: skip
#: Clauses that tools map and that say something else, or more than this stack gives.
STRUCK = {
    "aws-fsbp": {"RDS.11", "RDS.26", "RDS.38", "RDS.39", "ElastiCache.6", "KMS.4"},
    "pci-dss": {
        "1.5.1", "3.2.1", "3.3.1", "3.3.2", "3.3.3", "3.5.1", "3.7.5", "5.3.4", "8.2.7", "8.2.8",
        "8.3.4", "10.2.1", "10.2.1.1", "10.3.3", "10.6.3", "10.7.2", "A1.1.1", "A3.1.1",
    },
    "nist-800-53": {
        "AC-2(6)", "AU-12", "CM-9", "CP-6", "CP-6(1)", "SC-7(25)", "SC-7(26)", "SC-7(27)",
        "SC-7(28)", "SC-8(3)", "SC-8(4)", "SC-12(6)", "SI-19(4)",
    },
    "iso-27001": {"A.8.1", "A.8.5", "A.8.11", "A.8.23"},
    "soc-2": {"C1.1", "CC6.2", "CC7.4", "PI1.3", "PI1.4", "PI1.5"},
    "lgpd": {"art. 50 § 2 I"},
    "iec-62443-3-3": {"SR 7.1"},
}  # fmt: skip
#: The lines of REQ-TEST-2, each with the files that answer it.
LINES = {
    "VPC and networking": "test_network.py",
    "security-group rules": "test_security_groups.py",
    "KMS configuration and rotation": "test_keys.py",
    "stream encryption and data ingestion": "test_stream.py",
    "Aurora encryption, backup retention and endpoints": "test_aurora.py",
    "Redis encryption and high availability": "test_redis.py",
    "secret storage and encryption": "test_secret.py",
    "naming with the suffix, tagging": "test_names_and_tags.py",
}


def marks(file: Path, name: str) -> dict[str, set[str]]:
    """What each test function of a file is marked with, e.g. {"test_x": {"aurora-backups"}}."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found[node.name] = {
                str(a.value)
                for d in node.decorator_list
                if isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute)
                if d.func.attr == name
                for a in d.args
                if isinstance(a, ast.Constant)
            }
    return found


def catalogue() -> list[dict[str, object]]:
    file = ROOT / "policies" / "catalog.json"
    assert file.is_file(), "policies/catalog.json is missing: cd policies && python -m core.catalog"
    entries: list[dict[str, object]] = json.loads(file.read_text(encoding="utf-8"))
    return entries


def test_no_requirement_is_missing_and_none_is_made_up() -> None:
    assert set(load().requirements) == IDS


def test_every_framework_in_scope_is_there_with_its_edition() -> None:
    frameworks = load().frameworks
    assert set(frameworks) == FRAMEWORKS
    assert all(f.edition and f.scope and f.clauses for f in frameworks.values())


def test_the_editions_are_those_in_force() -> None:
    frameworks = load().frameworks
    wrong = [f"{i}: {frameworks[i].edition}" for i, e in EDITIONS.items()
             if e not in frameworks[i].edition]  # fmt: skip
    assert not wrong


@pytest.mark.requirement("REQ-TEST-1")
def test_no_clause_is_cited_that_says_something_else() -> None:
    """An auditor's reading struck these from what the tools map; they do not come back."""
    frameworks = load().frameworks
    cited = {i: {c.id for c in f.clauses} for i, f in frameworks.items()}
    assert [f"{i} {c}" for i, gone in STRUCK.items() for c in sorted(gone & cited[i])] == []
    (recovery,) = [c for c in frameworks["iec-62443-3-3"].clauses if c.id == "SR 7.3"]
    assert "stream-retention" not in recovery.controls, "SR 7.3 is backup of the control system"


def test_a_clause_that_fails_is_a_recorded_deviation() -> None:
    register = load()
    recorded = {c for d in register.deviations.values() for c in d.clauses}
    failing = {
        f"{f.id} {c.id}" for f in register.frameworks.values() for c in f.clauses
        if c.status == "fails"
    }  # fmt: skip
    assert failing <= recorded


@pytest.mark.requirement("REQ-TEST-1")
def test_register_and_pack_agree() -> None:
    controls = {str(c["id"]) for c in catalogue()}
    found = problems(load(), controls, today=datetime.now(UTC).date())
    assert not found, "\n".join(found)


@pytest.mark.requirement("REQ-TEST-1")
def test_every_control_is_proven_on_the_deployed_stack_or_says_why_not() -> None:
    proven: set[str] = set()
    for file in DEPLOYED.glob("test_*.py"):
        proven |= {c for ids in marks(file, "control").values() for c in ids}
    reasons = gaps.read(DEPLOYED / "not_visible.json").controls
    controls = {str(c["id"]) for c in catalogue()}
    assert proven <= controls, f"markers name controls that are none: {sorted(proven - controls)}"
    assert set(reasons) <= controls, (
        f"not_visible.json: no control {sorted(set(reasons) - controls)}"
    )
    assert not proven & set(reasons), f"proven, and said to be invisible: {proven & set(reasons)}"
    missing = controls - proven - set(reasons)
    assert not missing, f"add a deployed test, or a reason in not_visible.json: {sorted(missing)}"


@pytest.mark.requirement("REQ-TEST-2")
@pytest.mark.parametrize(("line", "file"), LINES.items())
def test_every_line_of_the_deployed_list_has_a_test(line: str, file: str) -> None:
    assert any(name for name in marks(DEPLOYED / file, "requirement").values()), line


def test_a_test_is_marked_with_the_requirement_it_stands_under() -> None:
    """What the register says of a deployed test and what the test says of itself are the same."""
    wrong = []
    for requirement in load().requirements.values():
        for test in requirement.tests:
            file, _, name = test.partition("::")
            if (
                "/deployed/" in file
                and requirement.id not in marks(ROOT / file, "requirement")[name]
            ):
                wrong.append(f"{test} lacks @pytest.mark.requirement({requirement.id!r})")
    assert not wrong, "\n".join(wrong)


def test_the_deployed_tests_import_neither_program_nor_pack() -> None:
    """Checker and checked share no code."""
    forbidden = {
        "infra",
        "policies",
        "core",
        "controls",
        "settings",
        "components",
        "pulumi",
        "gate",
    }
    wrong = []
    for file in DEPLOYED.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            wrong += [f"{file.name}: {n}" for n in names if n.split(".")[0] in forbidden]
    assert not wrong
