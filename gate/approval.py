"""Who lets a plan through: the sandbox itself, a person at a terminal, or APPROVE=<digest>."""

from __future__ import annotations

import getpass
import hmac
import os
import sys
from dataclasses import dataclass

from .paths import SANDBOX

VARIABLE = "APPROVE"


@dataclass(frozen=True)
class Approval:
    """`by` is empty when nobody approved; then `missing` says in one line how to."""

    by: str = ""
    missing: str = ""


def given() -> str:
    """The digest in APPROVE, or nothing."""
    return os.environ.get(VARIABLE, "").strip()


def ask(stack: str, digest: str, what: str) -> Approval:
    """Get the approval for one verdict.

    Args:
        stack: the sandbox approves itself where nobody is named, any other needs somebody.
        digest: of the verdict that is approved; another digest approves nothing.
        what: what is approved, e.g. "deploy this plan to dev".
    """
    if approved := given():
        if hmac.compare_digest(approved.encode(), digest.encode()):
            return Approval(by=_who())
        text = f"{VARIABLE} names another verdict; look at the report, then set {VARIABLE}={digest}"
        return Approval(missing=text)
    if stack == SANDBOX:
        return Approval(by="the sandbox itself")
    if not sys.stdin.isatty():
        text = f"nobody approved; look at the report, then run it again with {VARIABLE}={digest}"
        return Approval(missing=text)
    try:
        answer = input(f"{what}? Type yes: ")
    except EOFError:
        answer = ""
    if answer.strip() == "yes":
        return Approval(by=_who())
    return Approval(missing="not approved (the answer was not yes); nothing was changed")


def _who() -> str:
    for variable in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if name := os.environ.get(variable):
            return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
