"""Each command of the gate, from arguments to exit code. Modules are imported when needed."""

from __future__ import annotations

import argparse
import re

from . import timings
from .console import say
from .errors import GateError
from .paths import Paths

STACK_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def run(args: argparse.Namespace) -> int:
    """Run the command that the arguments name."""
    try:
        return _run(args)
    finally:
        if getattr(args, "timings", False):
            say(timings.table())


def _run(args: argparse.Namespace) -> int:
    return {
        "preview": _preview,
        "up": _up,
        "verify": _verify,
        "report": _report,
        "destroy": _destroy,
        "approve": _approve,
        "to-approve": _to_approve,
        "approve-waiver": _approve_waiver,
        "verify-attestation": _verify_attestation,
        "keygen": _keygen,
        "explain": _explain,
        "audit": _audit,
        "fleet-merge": _fleet_merge,
        "diff": _diff,
        "overview": _overview,
        "iam-policy": _iam_policy,
        "history": _history,
        "prune": _prune,
        "store": _store,
    }[args.command](args)


def _paths(args: argparse.Namespace) -> Paths:
    if not STACK_NAME.fullmatch(args.stack):
        raise GateError(f"{args.stack!r} is no name of a stack; write letters, digits, - _ .")
    return Paths(args.stack)


def _ready(paths: Paths) -> dict[str, str]:
    """The engine's environment; raises when the stack cannot be reached, or not as it must be."""
    import sandbox

    from . import account

    env = sandbox.ensure(paths.stack, say, timings.part)
    with timings.part("checking the account"):
        account.check(paths)
    return env


def _preview(args: argparse.Namespace) -> int:
    from . import awake, whole

    paths = _paths(args)
    whole.check(args.rest)
    awake.begin(paths.root)

    from .locks import held
    from .preview import preview

    env = _ready(paths)
    with held(paths):
        return preview(paths, env, tuple(args.rest)).evidence.run.outcome.exit_code


def _up(args: argparse.Namespace) -> int:
    from . import awake

    paths = _paths(args)
    awake.begin(paths.root)

    from .binding import lifetime
    from .locks import held
    from .up import Options, up

    options = Options(lifetime(args.lifetime), live_proof=not args.no_live_proof)
    env = _ready(paths)
    with held(paths):
        return up(paths, env, options)


def _destroy(args: argparse.Namespace) -> int:
    from .destroy import destroy
    from .locks import held

    paths = _paths(args)
    env = _ready(paths)
    with held(paths):
        return destroy(paths, env)


def _verify(args: argparse.Namespace) -> int:
    from .locks import held
    from .verify import verify

    paths = _paths(args)
    env = _ready(paths)
    with held(paths):
        return verify(paths, env, tuple(args.rest))


def _report(args: argparse.Namespace) -> int:
    from .report import report

    return report(_paths(args), args)


def _approve(args: argparse.Namespace) -> int:
    from pathlib import Path

    from .approve import approve

    return approve(
        _paths(args),
        key=Path(args.key),
        verdict=args.verdict,
        destroy=args.destroy,
        losses=args.losses,
        minutes=args.minutes,
        out=args.out,
    )


def _to_approve(args: argparse.Namespace) -> int:
    from .to_approve import to_approve

    return to_approve(_paths(args), digest=args.digest)


def _approve_waiver(args: argparse.Namespace) -> int:
    from pathlib import Path

    from . import catalog, console, waivers
    from .paths import ROOT

    signature = waivers.sign(ROOT, catalog.load(ROOT), args.id, Path(args.key))
    console.say(f"add this line to {args.id}; it holds as long as nothing else of it changes:")
    console.show(f"    signature: {signature}\n")
    return 0


def _verify_attestation(args: argparse.Namespace) -> int:
    from pathlib import Path

    from .attest_commands import verify

    return verify(Path(args.file), args.key, args.files)


def _keygen(args: argparse.Namespace) -> int:
    from pathlib import Path

    from .attest_commands import keygen

    return keygen(Path(args.file))


def _explain(args: argparse.Namespace) -> int:
    from .explain import explain

    return explain(args.id)


def _audit(args: argparse.Namespace) -> int:
    from pathlib import Path

    if args.states:
        import os

        from . import fleet

        wanted = fleet.plan(Path(args.states), args.shard, args.sample, args.seed, args.suffix)
        return fleet.audit(wanted, Path(args.out), args.jobs or os.cpu_count() or 1)
    from .audit import audit

    return audit(Path(args.state), args.suffix)


def _fleet_merge(args: argparse.Namespace) -> int:
    import time
    from pathlib import Path

    from . import fleet_report

    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    return fleet_report.report([Path(f) for f in args.folders], out, time.time())


def _diff(args: argparse.Namespace) -> int:
    from .diff import diff

    return diff(args)


def _overview(args: argparse.Namespace) -> int:
    from .overview import overview

    return overview(args)


def _iam_policy(args: argparse.Namespace) -> int:
    from .iam import Where, print_policy
    from .paths import ROOT

    where = Where(args.account, args.region, args.suffix)
    return print_policy(ROOT, where, ingestion=args.with_ingestion)


def _history(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from .history import every, history

    return history(_paths(args), args.of, every(args.every), datetime.now(UTC))


def _prune(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from .locks import held
    from .prune import least, prune

    paths = _paths(args)
    least(args.months)
    with held(paths):
        return prune(paths, args.months, datetime.now(UTC))


def _store(args: argparse.Namespace) -> int:
    import os

    from . import store
    from .paths import SANDBOX
    from .prune import least

    paths, months = _paths(args), least(args.months)
    # the sandbox's is in its emulator; any other is reached as the user reaches it
    env = _ready(paths) if paths.stack == SANDBOX else dict(os.environ)
    bucket = args.bucket or os.environ.get("GATE_STORE_BUCKET", "")
    return store.run(paths, args.action, store.opened(paths, bucket, args.folder, env), months)
