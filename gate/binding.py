"""A verdict is bound to what it was reached from; `up` compares before it starts the engine.

The engine alone would not do: it takes the config from the plan without a word, accepts an edited
plan, and refuses a difference only when its step comes. What is compared is read from the attested
evidence; the ticket beside the plan only says which evidence that is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.errors import EvidenceError
from evidence.load import load
from evidence.model import Loss, Outcome, Run, Stage

from . import attestation, catalog, digests, keys, strict, trust
from .cloud import Identity
from .errors import GateError, NotProven
from .header import assurance_of, commit
from .paths import SANDBOX, Paths

LIFETIME = 60  # minutes; may be made shorter, never longer
CLOCK_SLACK = 120  # seconds that clocks may differ
LARGEST = 64 * 2**20  # bytes of an evidence file; the shipped stack's is under two million


@dataclass(frozen=True)
class Ticket:
    """What the last passed preview left for `up`: its verdict and the evidence under it."""

    verdict: str  # digest of the evidence
    evidence: str  # the file's name
    run: Run
    losses: tuple[Loss, ...]


def read(paths: Paths) -> Ticket:
    """The ticket of the last preview, and its evidence.

    Raises:
        GateError: there is none, or it is damaged.
        NotProven: the evidence is not the one that the verdict is over.
    """
    remedy = f"run: python -m gate preview --stack {paths.stack}"
    try:
        entry: dict[str, Any] = strict.loads(paths.ticket.read_text(encoding="utf-8"))
        verdict, name = str(entry["verdict"]), str(entry["evidence"])
    except FileNotFoundError:
        raise GateError(f"no preview of this stack has passed; {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise GateError(f"the verdict of the last preview is damaged; {remedy}") from None
    if more := sorted(set(entry) - {"verdict", "evidence"}):
        # What a verdict says stands in its evidence; here it would be somebody's own.
        raise NotProven(f"the verdict of the last preview is damaged: it names {more[0]}; {remedy}")
    path = paths.reports / name
    if path.is_file() and path.stat().st_size > LARGEST:
        raise NotProven(f"the evidence of the verdict is larger than any of ours; {remedy}")
    if path.parent != paths.reports or digests.of_file(path) != verdict:
        raise NotProven(f"the evidence of the verdict is gone or was changed; {remedy}")
    try:
        found = load(path)
    except EvidenceError as e:
        raise NotProven(f"the evidence of the verdict proves nothing ({e}); {remedy}") from None
    return Ticket(verdict, name, found.run, found.losses)


def lifetime(asked: str) -> int:
    """Minutes that a verdict holds for, as asked; raises GateError when it is no shorter time."""
    if not asked:
        return LIFETIME
    if not asked.isdecimal() or not 0 < int(asked) <= LIFETIME:
        raise GateError(f"a verdict holds for 1 to {LIFETIME} minutes; {asked[:20]!r} is not that")
    return int(asked)


def attested(ticket: Ticket, paths: Paths) -> None:
    """Hold the verdict's attestation to its files and to whom this stack trusts; else NotProven."""
    production = is_production(paths)
    trusted = [t.key for t in trust.load(paths.root).attesters]
    if production and not trusted:
        raise NotProven(f"{trust.NAME} names no attester; production needs a key of CI there")
    if not production:
        trusted.append(keys.signer(paths.root).public)
    found = attestation.verify(paths.reports / ticket.evidence, trusted)
    if found.digest != ticket.verdict:
        raise NotProven("the attestation is that of another verdict")
    if production and found.self_attested:
        raise NotProven("the verdict is self-attested, which production refuses: it needs CI's key")


def is_production(paths: Paths) -> bool:
    """True when the owned file binds the stack to the profile of production."""
    return paths.stack != SANDBOX and catalog.profile_of(paths.root, paths.stack) == "production"


def differences(
    ticket: Ticket,
    paths: Paths,
    state: str,
    identity: Identity,
    minutes: int = LIFETIME,
    now: float | None = None,
) -> list[str]:
    """Why the verdict no longer speaks for this checkout, stack and time; empty when it does."""
    run = ticket.run
    wrong = list(_another(run, paths, identity))
    current = digests.of_inputs(paths.root, paths.stack, paths.plan)
    current |= {
        "state": state,
        "events": digests.of_file(paths.events),
        "trace": digests.of_file(paths.trace),
    }
    wrong += changed(current, run.digests)
    wrong += clock(paths, identity)
    age = (now if now is not None else time.time()) - _seconds(run.finished_at)
    if age > minutes * 60:
        wrong.append(f"the verdict is {age / 60:.0f} minutes old, it holds for {minutes}")
    if age < -CLOCK_SLACK:
        wrong.append("the verdict lies in the future: a clock is wrong")
    return wrong


def _another(run: Run, paths: Paths, identity: Identity) -> Iterable[str]:
    if run.stack != paths.stack:
        yield f"the verdict is of the stack {run.stack}"
    if run.assurance is not assurance_of(paths.stack):
        yield "a verdict of the sandbox says nothing about a real stack"
    if (run.outcome, run.stage, run.command) != (Outcome.PASSED, Stage.PLANNED, "preview"):
        yield f"the verdict is no passed preview ({run.command}: {run.outcome.value})"
    if run.commit.id != commit(paths.root).id:
        yield "the commit is not the one that was judged"
    if identity.account != run.account:
        text = f"the account is {identity.account or 'not known'}"
        yield f"{text}, the verdict is about {run.account or 'none'}"


def changed(current: Mapping[str, str], judged: Mapping[str, str]) -> list[str]:
    """One line for each digest that is not the one the verdict was reached under."""
    return [
        f"the {name.replace('_', ' ')} is not the one that was judged"
        for name in sorted({*current, *judged})
        if current.get(name) != judged.get(name)
    ]


def clock(paths: Paths, identity: Identity) -> Iterable[str]:
    """What is wrong with the local clock, by which lifetimes and waivers are counted."""
    if identity.offset is None:
        if paths.stack != SANDBOX:
            yield "the cloud does not say what time it is (no answer of STS): check the credentials"
    elif abs(identity.offset) > CLOCK_SLACK:
        how = "ahead of" if identity.offset > 0 else "behind"
        text = f"the local clock is {abs(identity.offset) / 60:.0f} minutes {how} the cloud's"
        yield f"{text}: set it"


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
