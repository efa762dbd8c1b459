"""Jenkins' schema of JUnit XML, and junitparser as a reader."""

from __future__ import annotations

import junitparser
import pytest
import xmlschema

from evidence.formats import registry

from .kinds import KINDS, shown
from .tools import HERE

SCHEMA = xmlschema.XMLSchema(HERE / "schemas" / "junit-10.xsd")


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_takes_it_and_a_reader_counts_the_same(kind: str) -> None:
    drawn = registry.render("junit", shown(kind)).decode()
    assert not [str(e) for e in SCHEMA.iter_errors(drawn)]
    read = junitparser.JUnitXml.fromstring(drawn.encode())
    suites = list(read)
    assert len(suites) == 3
    for suite in suites:
        results = [r for case in suite for r in case.result]
        assert suite.tests == len(list(suite))
        assert suite.failures == sum(isinstance(r, junitparser.Failure) for r in results)
        assert suite.errors == sum(isinstance(r, junitparser.Error) for r in results)
        assert suite.skipped == sum(isinstance(r, junitparser.Skipped) for r in results)
    red = sum(s.failures + s.errors for s in suites)
    assert bool(red) == (kind in ("failing", "undecided", "hostile"))


@pytest.mark.parametrize("wrong", ['<testsuite name="x"/>', '<testcase surprise="1" name="x"/>'])
def test_the_judge_is_awake(wrong: str) -> None:
    assert list(SCHEMA.iter_errors(f"<testsuites>{wrong}</testsuites>"))
