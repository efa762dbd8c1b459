"""Who lets a plan through, and who lets go what it takes away.

The sandbox approves itself. Elsewhere a person types yes at a terminal or names the digest
in APPROVE. Production wants more: somebody who wrote none of the commit, known by a key
or by the host of the repository, over that digest (`signed.py`, `github.py`).
"""

from __future__ import annotations

import getpass
import hmac
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from evidence import canonical
from evidence.model import Approval, Loss

from . import changes
from .paths import SANDBOX

VARIABLE, LOSS_VARIABLE = "APPROVE", "APPROVE_LOSS"
FILE_VARIABLE = "APPROVAL"


@dataclass(frozen=True)
class Request:
    """What is to be approved."""

    stack: str
    digest: str  # of the verdict (deploy) or of the state (destroy)
    action: str  # deploy or destroy
    question: str  # e.g. "deploy this plan to dev"
    losses: tuple[Loss, ...] = ()
    production: bool = False
    root: Path = Path()
    file: Path = Path()  # where a signed approval is when APPROVAL names no other

    @property
    def loss_digest(self) -> str:
        """What an approval of the losses must name."""
        return changes.digest(self.losses)


@dataclass(frozen=True)
class Answer:
    """`approval` is None when nobody approved; then `missing` says in one line how to."""

    approval: Approval | None = None
    missing: str = ""


def given() -> str:
    """The digest in APPROVE, or nothing."""
    return os.environ.get(VARIABLE, "").strip()


def named() -> Path | None:
    """The file in APPROVAL, or nothing."""
    name = os.environ.get(FILE_VARIABLE, "").strip()
    return Path(name) if name else None


def ask(request: Request) -> Answer:
    """Get the approval of the plan, then that of its losses."""
    answer = _plan(request)
    if answer.approval is None or not request.losses:
        return answer
    wanted = request.loss_digest
    if _same(answer.approval.losses, wanted):
        return answer
    if request.production:
        text = "the approval names no losses; whoever approves must name them too"
        return Answer(missing=f"{text}: --losses {wanted}")
    if request.stack == SANDBOX and request.action == "destroy":
        return _with_losses(answer.approval, wanted)
    if told := os.environ.get(LOSS_VARIABLE, "").strip():
        if _same(told, wanted):
            return _with_losses(answer.approval, wanted)
        text = f"{LOSS_VARIABLE} names other losses; read those above, then set"
        return Answer(missing=f"{text} {LOSS_VARIABLE}={wanted}")
    if answer.approval.how == "terminal":
        typed = _typed(f"Type {request.stack} to let go what is named above: ")
        if typed == request.stack:
            return _with_losses(answer.approval, wanted)
        return Answer(missing="the losses were not approved; nothing was changed")
    text = "nobody approved what goes for good; read it above, then run it again with"
    return Answer(missing=f"{text} {_again(request)}{LOSS_VARIABLE}={wanted}")


def _again(request: Request) -> str:
    return "" if request.stack == SANDBOX else f"{VARIABLE}={request.digest} "


def _with_losses(approval: Approval, losses: str) -> Answer:
    return Answer(replace(approval, losses=losses))


def _plan(request: Request) -> Answer:
    digest = request.digest
    if request.production:
        from . import production

        return production.ask(request)
    if named() is not None:
        from . import signed

        return signed.ask(request)
    if approved := given():
        if _same(approved, digest):
            return Answer(_approval(_who(), "variable", digest))
        text = f"{VARIABLE} names another verdict; look at the report, then set {VARIABLE}={digest}"
        return Answer(missing=text)
    if request.stack == SANDBOX:
        return Answer(_approval("the sandbox itself", "sandbox", digest))
    if not sys.stdin.isatty():
        text = f"nobody approved; look at the report, then run it again with {VARIABLE}={digest}"
        return Answer(missing=text)
    if _typed(f"{request.question}? Type yes: ") == "yes":
        return Answer(_approval(_who(), "terminal", digest))
    return Answer(missing="not approved (the answer was not yes); nothing was changed")


def _typed(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        return ""


def _approval(by: str, how: str, digest: str) -> Approval:
    return Approval(by=by, how=how, at=canonical.utc(), verdict=digest)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _who() -> str:
    for variable in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if name := os.environ.get(variable):
            return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
