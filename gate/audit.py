"""`python -m gate audit --state FILE`: the pack on a state, without program or account."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from evidence import canonical
from evidence.model import Evidence, Stage

from . import analysis, console, digests, header, judging, reference, resources, states
from . import verdict as verdicts
from .paths import SANDBOX, Paths

PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


def audit(file: Path, suffix: str) -> int:
    """Judge the state, store the evidence under reports/audit-<stack>; raises GateError."""
    from sandbox.environment import environment
    from sandbox.prepare import set_up

    state = states.read(file)
    paths = Paths(f"audit-{state.stack}")
    set_up(console.say)
    env = environment(SANDBOX)  # without the user's accounts: none is needed
    # whoever has the stack's passphrase may let its secrets be judged as well
    env |= {name: os.environ[name] for name in PASSPHRASES if os.environ.get(name)}
    if not suffix:
        console.say(f"suffix: {state.stack}, the stack's name; give another one with --suffix")
    started_at = canonical.utc()
    made = analysis.analyze(file, state, paths, env, suffix)
    facts = made.facts
    evidence = Evidence(
        run=replace(
            header.run(
                stack=state.stack,
                stage=Stage.DEPLOYED,
                command="audit",
                outcome=verdicts.worst_outcome(made.problems),
                started_at=started_at,
                finished_at=canonical.utc(),
                root=paths.root,
                env={},
                digests={"state": digests.of_file(file), "pack": facts.pack_digest},
                suffix=facts.suffix,
                profile=facts.profile,
                engine_exit=facts.engine_exit,
                engine_result=facts.log.result,
            ),
            project=state.project,
            assurance=facts.assurance,
        ),
        controls=made.found.controls,
        requirements=made.found.requirements,
        records=made.records,
        outside=made.found.outside,
        problems=made.problems,
        waivers=made.found.waivers,
        resources=resources.of_file(file),
        reference=reference.snapshot(paths.root),
    )
    return judging.keep(evidence, paths).evidence.run.outcome.exit_code
