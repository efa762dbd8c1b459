"""Checks by the patches that they need: `@closes("KmsResponse.encrypt")`."""

from __future__ import annotations

from collections.abc import Callable

from compliance_tests.unit.emulator.account import Account

Check = Callable[[Account], None]
CHECKS: dict[str, list[Check]] = {}
"""Patch (owner and attribute) -> the checks that must fail without it."""


def closes(*patches: str) -> Callable[[Check], Check]:
    """Register a check for patches; without any one of them it must fail."""

    def register(check: Check) -> Check:
        for patch in patches:
            CHECKS.setdefault(patch, []).append(check)
        return check

    return register
