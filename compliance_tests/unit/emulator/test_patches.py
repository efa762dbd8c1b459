"""Each gap of moto is closed, and each patch is needed: without it a check fails.

`python -m compliance_tests.unit.emulator.test_patches` prints the patches and the checks for them.
"""

from __future__ import annotations

import sys

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from compliance_tests.unit.emulator import (  # noqa: F401  registers the checks
    checks_cache,
    checks_database,
    checks_keys,
    checks_network,
)
from compliance_tests.unit.emulator.account import Account
from compliance_tests.unit.emulator.checks import CHECKS, Check
from sandbox.emulator import patches
from sandbox.emulator.patches.patch import Patch

ALL = {
    f"{patch.owner.__name__}.{patch.name}": patch
    for service in patches.MODULES
    for patch in patches.of(service)
}
EVERY_CHECK = list({check: None for checks in CHECKS.values() for check in checks})


@pytest.mark.parametrize("check", EVERY_CHECK, ids=lambda check: check.__name__)
def test_the_emulator_does_as_aws_does(check: Check, account: Account) -> None:
    check(account)


def test_each_patch_has_a_check_and_each_check_a_patch() -> None:
    assert set(CHECKS) == set(ALL)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_patch_is_needed(name: str, account: Account) -> None:
    patch = ALL[name]
    patch.remove()
    try:
        lost = [check.__name__ for check in CHECKS[name] if fails(check, account)]
    finally:
        patch.install()
    assert lost, f"moto passes without this patch: {patch!r}"


def fails(check: Check, account: Account) -> bool:
    """Whether a check is not met."""
    try:
        check(account)
    except (AssertionError, ClientError, BotoCoreError, KeyError, ValueError):
        return True
    return False


def gap(patch: Patch) -> str:
    """One line on a patch for the list."""
    checks = CHECKS[f"{patch.owner.__name__}.{patch.name}"]
    return f"{patch!r}\n    checked by {', '.join(check.__name__ for check in checks)}"


if __name__ == "__main__":
    for one in ALL.values():
        sys.stdout.write(gap(one) + "\n")
    sys.stdout.write(f"{len(ALL)} patches, {len(EVERY_CHECK)} checks\n")
