"""The program as shipped passes the bare preview without a remark."""

from __future__ import annotations

import re

import pytest

from .checkout import Checkout, Ran
from .conftest import Copies, Job, begun_early
from .test_violations import COLOURS

REMARKS = re.compile(r"\[(mandatory|advisory)\]|can't run policy|warning:|error:|Traceback", re.I)


def bare_preview(copy: Checkout) -> Ran:
    return copy.pulumi("preview", "--non-interactive", "--policy-pack", "policies")


@pytest.mark.requirement("REQ-GATE-2")
@begun_early(bare_preview)
def test_bare_preview_passes_without_a_remark(copies: Copies, case: Job[Ran]) -> None:
    ran = copies.result(case)
    text = COLOURS.sub("", ran.text)
    assert ran.code == 0, text
    assert not REMARKS.search(text), text
    assert "✅ iot-data-platform-policies" in text, text


def gated_preview(copy: Checkout) -> Ran:
    return copy.python("-X", "importtime", "-m", "gate", "preview")


@pytest.mark.requirement("REQ-GATE-2")
@begun_early(gated_preview)
def test_gate_passes_and_counts_the_subjects_of_every_control(
    copies: Copies, case: Job[Ran]
) -> None:
    ran = copies.result(case)
    assert ran.code == 0, ran.text
    assert "not_evaluated" not in ran.text, ran.text


#: Of a preview that passes: other commands' modules, the SDKs, the pack, what draws pages, what
#: asks AWS, what only verifies.
NOT_NEEDED = {"jinja2", "pulumi", "pulumi_aws", "pulumi_policy", "grpc", "moto", "pytest", "core",
              "evidence.formats.html", "gate.verify", "gate.fleet", "gate.report", "gate.up",
              "sandbox.emulator", "sandbox.providers", "botocore", "securesystemslib"}  # fmt: skip


@begun_early(gated_preview)
def test_a_preview_that_passes_imports_nothing_that_it_does_not_need(
    copies: Copies, case: Job[Ran]
) -> None:
    told = re.findall(r"^import time:.*\| +(\S+)$", copies.result(case).text, re.MULTILINE)
    assert "gate.judging" in told
    assert not NOT_NEEDED & set(told)
