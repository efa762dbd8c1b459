"""From a run of the engine to its evidence: the verdict, the files, the table.

Imported while the engine runs (see preview.py): nothing of it is needed before.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from evidence import canonical
from evidence.errors import EvidenceError
from evidence.formats import markdown, terminal
from evidence.model import Approval, Assurance, Evidence, Outcome, Problem, Stage
from evidence.schema import get_ready as get_schema_ready
from evidence.store import Stored, store

from . import (
    attestation,
    awake,
    binding,
    changes,
    console,
    digests,
    engine,
    event_log,
    events,
    expected,
    header,
    keys,
    population,
    resources,
    timings,
    trace,
    waiver_notes,
)
from . import verdict as verdicts
from .errors import GateError
from .facts import Facts
from .paths import PROJECT, Paths

if TYPE_CHECKING:
    from pathlib import Path

    from .inputs import Inputs
    from .preview import Asked


@timings.timed("getting ready to judge (meanwhile)")
def get_ready() -> None:
    """Load what the verdict needs and takes long to load, while nothing waits for it."""
    get_schema_ready()
    header.versions("")


def judged(
    paths: Paths,
    env: Mapping[str, str],
    given: Inputs,
    ran: engine.Ran,
    *,
    stage: Stage,
    started_at: str,
    asked: Asked,
    approved: Approval | None = None,
) -> Stored:
    """Read what a run of the engine with the pack left, judge it, and keep the evidence."""
    log = event_log.read(
        _events(paths, stage),
        pack=given.pack,
        stack=paths.stack,
        project=PROJECT,
        preview=stage is Stage.PLANNED,
        started=ran.started,
        ended=ran.ended,
    )
    account = trace.read(_trace(paths, stage))
    return keep(
        _judge(paths, env, given, ran, log, account, stage, started_at, asked, approved), paths
    )


@timings.timed("verdict")
def _judge(
    paths: Paths,
    env: Mapping[str, str],
    given: Inputs,
    ran: engine.Ran,
    log: events.EventLog,
    account: trace.Trace,
    stage: Stage,
    started_at: str,
    asked: Asked,
    approved: Approval | None,
) -> Evidence:
    finished_at = canonical.utc()
    now = digests.of_inputs(paths.root, paths.stack, paths.plan)
    suffix = log.config.get(f"{PROJECT}:environmentSuffix") or paths.stack
    facts = Facts(
        catalog=given.catalog,
        populations=population.table(),
        needs=expected.table(),
        log=log,
        trace=account,
        profile=given.profile,
        suffix=suffix,
        pack=given.pack,
        pack_folder="policies",
        pack_digest=given.digests["pack"],
        engine_exit=ran.exit,
        engine_error=ran.error,
        stage=stage,
        assurance=header.assurance_of(paths.stack),
        at=finished_at,
        stack=paths.stack,
        project=PROJECT,
        waivers=given.waivers,
        deviations=given.deviations,
    )
    found = verdicts.judge(facts)
    controls, asleep = awake.told(found.controls, asked.awake, given.digests["pack"])
    problems = [*found.problems, *asleep]
    for what, digest in given.digests.items():
        if (what != "plan" or stage is Stage.DEPLOYED) and now[what] != digest:
            text = f"the {what.replace('_', ' ')} changed while the engine ran; run again"
            problems.append(Problem(Outcome.NOT_PROVEN, text))
    problems += [Problem(Outcome.NOT_PROVEN, text) for text in asked.backend]
    if asked.identity.offset is not None:
        late = binding.clock(paths, asked.identity)
        problems += [Problem(Outcome.NOT_PROVEN, text) for text in late]
    if stage is Stage.PLANNED and not ran.exit and now["plan"] == digests.NOTHING:
        problems.append(Problem(Outcome.NOT_PROVEN, "the engine left no plan; run it again"))
    if ran.interrupted and ran.exit:
        # What is missing is missing because of it.
        problems = [Problem(Outcome.COULD_NOT_RUN, "it was interrupted; run it again")]
    if ran.silent and ran.exit:
        text = f"the engine said nothing for {ran.silent} s and was stopped; run it again"
        problems = [Problem(Outcome.COULD_NOT_RUN, text)]
    outcome = verdicts.worst_outcome(problems)
    return Evidence(
        run=header.run(
            stack=paths.stack,
            stage=stage,
            command="preview" if stage is Stage.PLANNED else "up",
            outcome=outcome,
            started_at=started_at,
            finished_at=finished_at,
            root=paths.root,
            env=env,
            digests={
                **now,
                "events": digests.of_file(_events(paths, stage)),
                "trace": digests.of_file(_trace(paths, stage)),
                "state": asked.state,
            },
            suffix=suffix,
            profile=given.profile,
            account=asked.identity.account,
            clock_offset=asked.identity.offset,
            region=log.config.get("aws:region", ""),
            approved=approved,
            engine_exit=ran.exit,
            engine_result=log.result,
            changes=log.changes,
            checked_out=asked.commit,
            tools={"pack": f"{given.pack} {account.header.get('version', '')}".strip()},
        ),
        controls=controls,
        requirements=found.requirements,
        records=found.records,
        outside=found.outside,
        problems=tuple(problems),
        waivers=found.waivers,
        notes=waiver_notes.notes(found.waivers, given.waivers.today),
        resources=resources.of_run(paths, log, asked.deployed),
        reference=given.reference,
        losses=changes.losses(log.resources.values()),
    )


def _events(paths: Paths, stage: Stage) -> Path:
    return paths.events if stage is Stage.PLANNED else paths.up_events


def _trace(paths: Paths, stage: Stage) -> Path:
    return paths.trace if stage is Stage.PLANNED else paths.up_trace


def keep(evidence: Evidence, paths: Paths) -> Stored:
    """Store the evidence, then print the table and where the evidence is."""
    try:
        with timings.part("rendering Markdown and storing"):
            stored = store(evidence, paths.reports, markdown.render, _secrets(evidence))
    except EvidenceError as e:
        console.show(terminal.render(evidence, console.columns(), console.colour()))
        raise GateError(str(e)) from None
    attestation.write(stored, keys.signer(paths.root))
    with timings.part("rendering the table"):
        console.show(terminal.render(stored.evidence, console.columns(), console.colour()))
    console.show(f"evidence: {paths.shown(stored.file)}\n")
    console.show(f"report:   {paths.shown(stored.report)}\n")
    return stored


SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "GITHUB_TOKEN",
)


def _secrets(evidence: Evidence) -> list[str]:
    """What a message of the engine might quote. The sandbox's own are words of every day."""
    if evidence.run.assurance is Assurance.EMULATED:
        return []
    found = [os.environ[name] for name in SECRET_VARIABLES if os.environ.get(name)]
    return found + [line for line in keys.secret().splitlines() if len(line) > 30]
