"""`python -m gate preview`: what would be deployed, and whether it may be."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence import canonical
from evidence.errors import EvidenceError
from evidence.formats import markdown, terminal
from evidence.model import Approval, Assurance, Evidence, Outcome, Problem, Stage
from evidence.store import Stored, store

from . import (
    attestation,
    awake,
    backend,
    binding,
    catalog,
    changes,
    console,
    decide,
    deviations,
    digests,
    engine,
    event_log,
    events,
    expected,
    header,
    keys,
    population,
    project,
    reference,
    resources,
    state,
    timings,
    trace,
    waiver_notes,
    waivers,
)
from . import verdict as verdicts
from .cloud import Identity, identity
from .errors import GateError, NotProven
from .paths import PROJECT, SANDBOX, Paths
from .state import State

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Inputs:
    """What a run is judged by, read before the engine starts: a fault in it costs no preview."""

    catalog: catalog.Catalog
    profile: str
    pack: str
    digests: Mapping[str, str]
    waivers: waivers.Book
    reference: Mapping[str, Any]  # for the reports: what was in force when the run began
    deviations: tuple[deviations.Deviation, ...]


@dataclass(frozen=True)
class Asked:
    """What was asked of the backend, of the cloud and of the pack while the engine ran."""

    state: str  # the digest of the state that the plan is made against
    identity: Identity
    awake: awake.Account
    deployed: State = field(default_factory=State)
    backend: tuple[str, ...] = ()  # what is wrong with where the state is


@timings.timed("reading register and digests")
def inputs(paths: Paths) -> Inputs:
    """Read the catalogue, the tables and the digests; raises GateError."""
    project.check(paths.root)
    population.table()
    expected.table()
    pack, _version = catalog.pack_identity(paths.root)
    known = catalog.load(paths.root)
    book = waivers.load(paths.root, known)
    if over := book.expired(paths.stack, PROJECT):
        raise NotProven("; ".join(over))
    in_force = reference.snapshot(paths.root)
    keys.signer(paths.root)  # a key that cannot sign is found before anything runs
    return Inputs(
        known,
        catalog.profile_of(paths.root, paths.stack),
        pack,
        digests.of_inputs(paths.root, paths.stack, paths.plan),
        book,
        in_force,
        deviations.of(in_force["deviations"]),
    )


def preview(paths: Paths, env: Mapping[str, str], extra: tuple[str, ...] = ()) -> Stored:
    """Run the engine's preview with the pack, judge it, store the evidence, print the table.

    Args:
        paths: the stack's files.
        env: the engine's whole environment.
        extra: more arguments for `pulumi preview`, after the gate's own.

    Raises:
        GateError: it could not even begin, or the evidence could not be kept.
    """
    given = inputs(paths)
    clear(paths.plan, paths.events, paths.trace, paths.ticket, paths.sources)
    started_at = canonical.utc()
    args = ["preview", "--stack", paths.stack, "--non-interactive", "--diff=false"]
    args += ["--policy-pack", "policies", "--save-plan", paths.shown(paths.plan)]
    args += ["--event-log", paths.shown(paths.events), *extra]
    # Meanwhile, as these take a second of their own.
    with ThreadPoolExecutor(1) as meanwhile:
        answers = meanwhile.submit(_ask, paths, env, given.profile)
        told = {"POLICY_TRACE": str(paths.trace), resources.SOURCES: str(paths.sources)}
        ran = engine.run(args, env={**env, **told}, root=paths.root, log=paths.events)
    log = event_log.read(
        paths.events,
        pack=given.pack,
        stack=paths.stack,
        project=PROJECT,
        preview=True,
        started=ran.started,
        ended=ran.ended,
    )
    evidence = judge(
        paths,
        env,
        given,
        ran=ran,
        log=log,
        account=trace.read(paths.trace),
        stage=Stage.PLANNED,
        command="preview",
        started_at=started_at,
        asked=answers.result(),
    )
    stored = keep(evidence, paths)
    for line in changes.told(stored.evidence.losses):
        console.say(f"goes for good: {line}")
    if stored.evidence.losses:
        console.say(f"to be approved apart: {changes.digest(stored.evidence.losses)}")
    if stored.evidence.run.outcome is Outcome.PASSED:
        write_ticket(paths, stored)
    return stored


def _ask(paths: Paths, env: Mapping[str, str], profile: str) -> Asked:
    try:
        deployed = state.export(paths, env)
    except GateError:
        deployed = State()  # why is said by the engine, which could not read it either
    wrong = () if paths.stack == SANDBOX else backend.faults(paths, profile, env, deployed)
    who, account = identity(paths.stack, env), awake.ask(paths.root)
    return Asked(deployed.digest, who, account, deployed, tuple(wrong))


@timings.timed("verdict")
def judge(
    paths: Paths,
    env: Mapping[str, str],
    given: Inputs,
    *,
    ran: engine.Ran,
    log: events.EventLog,
    account: trace.Trace,
    stage: Stage,
    command: str,
    started_at: str,
    asked: Asked,
    approved: Approval | None = None,
) -> Evidence:
    """The evidence of a run of the engine with the pack."""
    finished_at = canonical.utc()
    now = digests.of_inputs(paths.root, paths.stack, paths.plan)
    suffix = log.config.get(f"{PROJECT}:environmentSuffix") or paths.stack
    facts = decide.Facts(
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
            command=command,
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


def clear(*files: Path) -> None:
    """Delete what an earlier run left: an old plan or log must not pass for this run's."""
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as e:
            raise GateError(
                f"{file.name} of an earlier run cannot be deleted ({e.strerror}); "
                "delete .state/plans"
            ) from None


def write_ticket(paths: Paths, stored: Stored) -> None:
    """What `up` needs of this verdict."""
    from evidence.store import write_atomically

    ticket = {"verdict": stored.digest, "evidence": stored.file.name}
    try:
        write_atomically(paths.ticket, json.dumps(ticket, indent=1).encode())
    except OSError as e:
        raise GateError(
            f"the verdict cannot be kept ({e.strerror}); free space and run again"
        ) from None
