"""The coverage document is that of today, and every framework stands in its table."""

from __future__ import annotations

import subprocess
import sys

from compliance_tests.register import coverage, load


def test_the_document_is_fresh() -> None:
    written = coverage.DOCUMENT.read_text("utf-8")
    assert written == coverage.document(load()), f"write it again: {coverage.WRITE}"


def test_the_command_prints_a_line_for_each_framework() -> None:
    command = [sys.executable, "-m", "compliance_tests.register"]
    done = subprocess.run(command, cwd=coverage.ROOT, capture_output=True, text=True, check=True)
    lines = done.stdout.split("\n\n")[0].splitlines()
    frameworks = load().frameworks.values()
    assert len(lines) == 2 + len(frameworks)
    for framework, line in zip(frameworks, lines[2:], strict=True):
        assert line.startswith(f"| {framework.title} | {framework.edition} | ")
        assert f" | {len(framework.clauses)} | " in line
