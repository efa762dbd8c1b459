"""`python -m gate up`: preview, verdict, approval, comparison, and then exactly that plan.

The pack runs again during the deployment: what was unknown in the plan is decided by its value,
before each resource is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from evidence import canonical
from evidence.model import Outcome, Stage

from . import (
    approval,
    awake,
    binding,
    changes,
    console,
    engine,
    event_log,
    events,
    preview,
    resources,
    state,
    trace,
)
from .cloud import identity
from .errors import GateError
from .paths import PROJECT, Paths
from .preview import Asked


def up(paths: Paths, env: Mapping[str, str]) -> int:
    """Deploy what passed; returns the exit code of the first step that did not pass.

    With APPROVE set, the plan of the last preview is deployed if that digest is its verdict's: this
    is how a job deploys what another one previewed and a person approved. Else it previews now.

    Raises:
        GateError: a step could not run.
    """
    if not approval.given():
        outcome = preview.preview(paths, env).evidence.run.outcome
        if outcome is not Outcome.PASSED:
            console.fail("nothing was deployed: the preview did not pass; mend what stands above")
            return outcome.exit_code
    ticket = binding.read(paths)
    losses = changes.told(_planned(paths).values())
    for line in losses:
        console.say(f"goes for good: {line}")
    question = f"deploy this plan to {paths.stack}"
    approved = approval.ask(paths.stack, ticket.verdict, question)
    if not approved.by:
        console.fail(approved.missing)
        return Outcome.NOT_PROVEN.exit_code
    wrong = binding.differences(ticket, paths, state.export(paths, env).digest)
    if wrong:
        console.fail(f"nothing was deployed: {'; '.join(wrong)}; preview it again")
        return Outcome.NOT_PROVEN.exit_code
    return _deploy(paths, env, approved.by)


def _planned(paths: Paths) -> Mapping[str, events.Planned]:
    """The plan's resources, from the log of the preview that was just judged."""
    log = event_log.read(
        paths.events,
        pack="",
        stack=paths.stack,
        project=PROJECT,
        preview=True,
        started=0.0,
        ended=float("inf"),
    )
    return log.resources


def _deploy(paths: Paths, env: Mapping[str, str], approver: str) -> int:
    given = preview.inputs(paths)
    preview.clear(paths.up_events, paths.up_trace, paths.sources)
    started_at = canonical.utc()
    args = ["up", "--stack", paths.stack, "--non-interactive", "--yes", "--skip-preview"]
    args += ["--plan", paths.shown(paths.plan), "--policy-pack", "policies"]
    args += ["--event-log", paths.shown(paths.up_events)]
    told = {"POLICY_TRACE": str(paths.up_trace), resources.SOURCES: str(paths.sources)}
    ran = engine.run(args, env={**env, **told}, root=paths.root)
    deployed = state.export(paths, env)
    log = event_log.read(
        paths.up_events,
        pack=given.pack,
        stack=paths.stack,
        project=PROJECT,
        preview=False,
        started=ran.started,
        ended=ran.ended,
    )
    evidence = preview.judge(
        paths,
        env,
        given,
        ran=ran,
        log=log,
        account=trace.read(paths.up_trace),
        stage=Stage.DEPLOYED,
        command="up",
        started_at=started_at,
        asked=Asked(deployed.digest, identity(paths.stack, env), awake.ask(paths.root), deployed),
        approver=approver,
    )
    stored = preview.keep(evidence, paths)
    try:
        # A verdict lets one deployment through: the state is another one now.
        paths.ticket.unlink(missing_ok=True)
    except OSError as e:
        raise GateError(f"the used verdict cannot be deleted ({e.strerror}); delete it") from None
    if stored.evidence.run.outcome is not Outcome.PASSED:
        text = "the deployment did not pass; what was made is in the state: mend and run it again"
        console.fail(text)
    return stored.evidence.run.outcome.exit_code
