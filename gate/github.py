"""Approvals of a GitHub environment, as GitHub itself tells them for the run that is under way.

The reviewer writes the verdict's digest (and that of the losses) into the comment of the review, so
that the approval is over the verdict and not over whatever the job does next.
"""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

from evidence import canonical
from evidence.model import Approval

from . import approval, trust

PATIENCE = 10  # seconds


def running() -> bool:
    """True in a job of GitHub Actions that may ask who approved."""
    env = os.environ
    return env.get("GITHUB_ACTIONS") == "true" and bool(env.get("GITHUB_TOKEN"))


def ask(request: approval.Request) -> approval.Answer:
    """The review of this run's environment that names the digest."""
    wanted = f"write {request.digest} into the comment of the review"
    if request.losses:
        wanted += f", and {request.loss_digest} for what goes for good"
    try:
        reviews = list(_reviews())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        text = f"GitHub does not say who approved this run ({type(e).__name__})"
        return approval.Answer(missing=f"{text}; give the job actions: read, or a signed approval")
    known = {t.github.casefold(): t for t in trust.load(request.root).approvers if t.github}
    for login, comment in reviews:
        if login.casefold() in known and request.digest in comment:
            losses = request.loss_digest
            return approval.Answer(
                Approval(
                    by=known[login.casefold()].name,
                    how="environment",
                    at=canonical.utc(),
                    verdict=request.digest,
                    losses=losses if losses and losses in comment else "",
                )
            )
    text = f"no approver of {trust.NAME} approved this run over the verdict; {wanted}"
    return approval.Answer(missing=text)


def _reviews() -> Iterator[tuple[str, str]]:
    """(login, comment) of each review that approved the run."""
    env = os.environ
    base = env.get("GITHUB_API_URL", "https://api.github.com")
    run = f"{env['GITHUB_REPOSITORY']}/actions/runs/{int(env['GITHUB_RUN_ID'])}"
    asked = urllib.request.Request(  # noqa: S310 (the host's own address, as the job has it)
        f"{base}/repos/{run}/approvals",
        headers={
            "Authorization": f"Bearer {env['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
        },
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
        found: list[Mapping[str, Any]] = json.load(answer)
    for review in found:
        if review["state"] == "approved":
            yield str(review["user"]["login"]), str(review.get("comment") or "")
