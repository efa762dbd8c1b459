"""What the documents say exists, exists: make targets, modules, paths and links."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from . import controls_table

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
IDS = [d.relative_to(ROOT).as_posix() for d in DOCUMENTS]


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"(?:^|[`\s])make (?:-s )?([a-z][a-z-]+)", document.read_text()))
    prose = {"and", "it", "sure", "the"}  # "Python, make and git", "make the stack"
    assert named - prose <= targets(), f"{document.name} names make targets that do not exist"


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_path_in_code_quotes_exists(document: Path) -> None:
    tops = "infra|policies|gate|evidence|compliance_tests|sandbox|docs|benchmarks|\\.ci|\\.github"
    for quoted in re.findall(rf"`((?:{tops})/[A-Za-z0-9_./-]*)`", document.read_text()):
        assert (ROOT / quoted).exists(), f"{document.name} names {quoted}, which does not exist"


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_no_document_or_source_holds_a_path_of_one_machine() -> None:
    pattern = r"(^|[^.[:alnum:]_-])/(work|root|home/[a-z]+)/"
    found = subprocess.run(
        ["git", "grep", "-nE", pattern, "--", ".", ":!*.lock", ":!compliance_tests/unit/docs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1, found.stdout


def test_the_table_of_controls_is_that_of_the_pack_and_the_register() -> None:
    again = "python -m compliance_tests.unit.docs.controls_table --write"
    assert controls_table.written() == controls_table.table(), f"README is stale: {again}"


def test_the_figures_of_mutation_testing_add_up() -> None:
    """The entries are counted, and every share is that of its row."""
    text = (ROOT / "docs/attack.md").read_text("utf-8")
    file = ROOT / "compliance_tests/mutation/survivors.toml"
    entries = sum(map(len, tomllib.loads(file.read_text("utf-8")).values()))
    assert f"({entries} entries)" in text
    rows = re.findall(r"\| (\d+) \| (\d+) \((\d+\.\d) %\) \|", text)
    assert rows
    for mutants, killed, share in rows:
        assert f"{100 * int(killed) / int(mutants):.1f}" == share


def test_readme_quotes_the_measured_figures() -> None:
    """`python -m benchmarks` writes both; a figure that was changed by hand is in one only."""
    begin, end = "<!-- measured: begin -->", "<!-- measured: end -->"
    readme, performance = (
        (ROOT / name).read_text("utf-8").partition(begin)[2].partition(end)[0]
        for name in ("README.md", "docs/performance.md")
    )
    assert readme.strip()
    assert readme.strip() in performance
