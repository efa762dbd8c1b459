"""A secret planted in the program appears in nothing that a run prints or leaves behind."""

from __future__ import annotations

import pytest

from compliance_tests.deployed.test_secret import found_in, spellings

from .checkout import Checkout, Ran
from .conftest import Copies, Job, begun_early
from .edits import DATABASE

PLANTED = "Planted-Zx9-yQ7-secret-0123456789"


def plant(copy: Checkout) -> tuple[Ran, int, list[str]]:
    """A literal password that the program marks as secret: a violation, and still no leak."""
    change = (
        DATABASE,
        "master_password=self.password.result",
        f'master_password=pulumi.Output.secret("{PLANTED}")',
    )
    with copy.changed([change]):
        ran = copy.python("-m", "gate", "preview")
        count, hits = found_in([PLANTED], copy.root)
    return ran, count, hits


@pytest.mark.requirement("REQ-SEC-3")
@begun_early(plant)
def test_planted_secret_appears_nowhere(
    copies: Copies, case: Job[tuple[Ran, int, list[str]]]
) -> None:
    ran, count, hits = copies.result(case)
    assert count > 3, "no artefact was searched"
    assert not hits
    assert not any(s in ran.text.encode() for s in spellings(PLANTED)), "printed in clear"
