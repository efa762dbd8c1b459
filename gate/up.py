"""`python -m gate up`: preview, verdict, approval, comparison, exactly that plan, and its proof.

The pack runs again during the deployment: what was unknown in the plan is decided by its value,
before each resource is made. Then the deployed stack itself is asked, and the report drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evidence import canonical
from evidence.model import Approval, Outcome, Stage

from . import (
    approval,
    awake,
    binding,
    changes,
    console,
    digests,
    engine,
    preview,
    state,
)
from .cloud import identity
from .errors import GateError, NotProven
from .header import commit
from .inputs import Inputs, read
from .paths import Paths
from .preview import Asked


@dataclass(frozen=True)
class Options:
    """How far `up` goes."""

    lifetime: int = binding.LIFETIME  # minutes
    live_proof: bool = True  # False leaves it to a later job: python -m gate verify


def up(paths: Paths, env: Mapping[str, str], options: Options | None = None) -> int:
    """Deploy what passed, prove it, report it; the exit code of the first step that did not pass.

    With APPROVE, a signed approval or (production) a verdict at hand, the plan of the last preview
    is deployed if it is approved: this is how a job deploys what another one previewed. Else it
    previews now.

    Raises:
        GateError: a step could not run.
    """
    options = options or Options()
    try:
        ready = _ready(paths, env, options)
    except NotProven as e:
        console.fail(f"nothing was deployed: {e}")
        return e.exit_code
    if isinstance(ready, int):
        return ready
    code = _deploy(paths, env, *ready)
    if code == 0 and options.live_proof:
        from . import report, verify

        console.say("asking what was deployed: python -m gate verify")
        code = verify.verify(paths, env)
        report.report(paths)
    elif code == 0:
        console.say(f"left to a later job: python -m gate verify --stack {paths.stack}")
    return code


def _ready(paths: Paths, env: Mapping[str, str], options: Options) -> tuple[Approval, Inputs] | int:
    """The approval of the plan at hand and what it was judged by, or the exit code to end with."""
    at_hand = binding.is_production(paths) and paths.ticket.exists()
    previewed = not (approval.given() or approval.named() or at_hand)
    if previewed:
        outcome = preview.preview(paths, env).evidence.run.outcome
        if outcome is not Outcome.PASSED:
            console.fail("nothing was deployed: the preview did not pass; mend what stands above")
            return outcome.exit_code
    ticket = binding.read(paths)
    if not previewed:
        for line in changes.told(ticket.losses):
            console.say(f"goes for good: {line}")
    binding.attested(ticket, paths)
    _compare(ticket, paths, env, options)
    given = read(paths)  # a waiver may have ended since
    answer = approval.ask(
        approval.Request(
            stack=paths.stack,
            digest=ticket.verdict,
            action="deploy",
            question=f"deploy this plan to {paths.stack}",
            losses=ticket.losses,
            production=binding.is_production(paths),
            root=paths.root,
            file=paths.approval,
        )
    )
    if answer.approval is None:
        console.fail(answer.missing)
        return Outcome.NOT_PROVEN.exit_code
    if answer.approval.how == "terminal":  # a person may have thought for long
        _compare(ticket, paths, env, options)
    # What is compared with what is there after the run is what was judged, whatever came between.
    judged = {what: ticket.run.digests.get(what, "") for what in given.digests}
    if wrong := binding.changed(digests.of_inputs(paths.root, paths.stack, paths.plan), judged):
        raise NotProven(f"{'; '.join(wrong)}; preview it again")
    return answer.approval, replace(given, digests=judged)


def _compare(
    ticket: binding.Ticket, paths: Paths, env: Mapping[str, str], options: Options
) -> None:
    """Raises NotProven when the verdict does not speak for what would be deployed now."""
    now, who = state.export(paths, env).digest, identity(paths.stack, env)
    if wrong := binding.differences(ticket, paths, now, who, options.lifetime):
        raise NotProven(f"{'; '.join(wrong)}; preview it again")


def _deploy(paths: Paths, env: Mapping[str, str], approved: Approval, given: Inputs) -> int:
    preview.clear(paths.up_events, paths.up_trace, paths.sources)
    started_at = canonical.utc()
    args = ["up", "--stack", paths.stack, "--non-interactive", "--yes", "--skip-preview"]
    args += ["--plan", paths.shown(paths.plan), "--policy-pack", "policies"]
    args += ["--event-log", paths.shown(paths.up_events)]
    told = {"POLICY_TRACE": str(paths.up_trace), preview.SOURCES: str(paths.sources)}
    with preview.meanwhile() as beside:
        who = beside.submit(identity, paths.stack, env)
        found = beside.submit(commit, paths.root)
        account = beside.submit(awake.ask, paths.root)
        beside.submit(preview.get_ready)
        ran = engine.run(args, env={**env, **told}, root=paths.root, log=paths.up_events)
    from . import judging

    deployed = state.export(paths, env)
    answers = who.result(), account.result()
    stored = judging.judged(
        paths,
        env,
        given,
        ran,
        stage=Stage.DEPLOYED,
        started_at=started_at,
        asked=Asked(deployed.digest, *answers, deployed, commit=found.result()),
        approved=approved,
    )
    try:
        # A verdict lets one deployment through: the state is another one now.
        paths.ticket.unlink(missing_ok=True)
        paths.approval.unlink(missing_ok=True)
    except OSError as e:
        raise GateError(f"the used verdict cannot be deleted ({e.strerror}); delete it") from None
    if stored.evidence.run.outcome is not Outcome.PASSED:
        text = "the deployment did not pass; what was made is in the state: mend and run it again"
        console.fail(text)
    return stored.evidence.run.outcome.exit_code
