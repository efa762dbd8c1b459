"""The gate's commands. `python -m gate --help` lists them; the exit code is the verdict."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import Any, NoReturn

EXITS = """exit codes: 0 passed, 1 violations, 2 not proven, 3 could not run"""

STAGES = ("planned", "deployed", "live")
"""evidence.model.Stage, which takes longer to import than every command should wait."""

WORSE = """exit codes: 0 nothing is worse, 1 something fails that did not, 2 less is proven or
demanded, 3 could not compare"""


GARBAGE = 200_000
"""Objects between two searches for garbage: the 700 of the usual setting take a fifth of the time
of a verdict, and next to nothing of what a run makes refers to itself."""


def parser(named: str = "") -> argparse.ArgumentParser:
    """The command line; when a command of a stack is named, with no other than that one."""
    main = argparse.ArgumentParser(
        prog="python -m gate", description="The gate of the stack.", epilog=EXITS
    )
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    helps = {
        "preview": "run the engine's preview with the policy pack and judge it",
        "up": "preview, approve, compare, deploy exactly that plan, prove and report it",
        "verify": "test what is deployed",
        "report": "the latest evidence of each stage, as a table and as Markdown",
        "destroy": "delete the stack's resources",
    }
    wanted = [named] if named in helps else list(helps)
    for name in wanted:
        text = helps[name]
        command = commands.add_parser(name, help=text, description=text, epilog=EXITS)
        _stack(command)
        if name in ("preview", "up", "verify"):
            command.add_argument("--timings", action="store_true", help="show where the time goes")
        if name == "report":
            _report(command)
        if name in ("preview", "verify"):
            command.add_argument(
                "rest",
                nargs="*",
                help="more arguments for the engine (pytest for verify), after --",
            )
        if name == "up":
            _up(command)
    if named in helps:
        return main
    _approvals(commands)
    _diff(
        commands.add_parser("diff", help="what changed between two runs of a stack", epilog=WORSE)
    )
    _overview(commands.add_parser("overview", help="many stacks at a glance", epilog=EXITS))
    explain = commands.add_parser("explain", help="what a control demands, why, and how to comply")
    explain.add_argument("id", nargs="?", default="", help="the control's id; none lists them all")
    audit = commands.add_parser("audit", help="judge a state file, without program or account")
    one = audit.add_mutually_exclusive_group(required=True)
    one.add_argument("--state", default="", metavar="FILE", help="from `pulumi stack export`")
    one.add_argument(
        "--states",
        default="",
        metavar="FOLDER",
        help="many of them: a folder, or a file with a name in each line; see docs/fleet.md",
    )
    audit.add_argument("--shard", default="1/1", metavar="I/N", help="only this part of the states")
    audit.add_argument("--sample", type=int, default=0, metavar="N", help="only N, drawn by --seed")
    audit.add_argument("--seed", type=int, default=0, metavar="S", help="of --sample")
    audit.add_argument("--jobs", type=int, default=0, help="processes (default: one a core)")
    _out(audit)
    merge = commands.add_parser("fleet-merge", help="join the shards of a fleet's audit")
    merge.add_argument("folders", nargs="+", help="what audit --states wrote, each shard's")
    _out(merge)
    audit.add_argument(
        "--suffix", default="", help="the environment suffix (default: the stack's name)"
    )
    _kept(commands)
    policy = commands.add_parser(
        "iam-policy", help="the least permissions that the live tests need, as JSON"
    )
    policy.add_argument(
        "--with-ingestion", action="store_true", help="also to put records into the stream"
    )
    policy.add_argument("--account", default="*", help="12 digits (default: any)")
    policy.add_argument("--region", default="sa-east-1", help="default: sa-east-1")
    policy.add_argument("--suffix", default="*", help="the environment suffix (default: any)")
    return main


def _report(command: argparse.ArgumentParser) -> None:
    from evidence.formats.registry import FORMATS, LANGUAGES

    about = "; ".join(f"{f.name}: {f.about}" for f in FORMATS.values())
    command.add_argument(
        "--format", choices=FORMATS, metavar="FORMAT", help=f"{about}; none: all stages as a table"
    )
    command.add_argument(
        "--stage",
        choices=STAGES,
        help="only this one (default: all, or the newest where a format shows one run)",
    )
    command.add_argument(
        "--evidence", metavar="FILE", help="draw this file, not the stack's latest"
    )
    command.add_argument("--lang", choices=LANGUAGES, help="default: en")
    command.add_argument("--link", metavar="URL", help="of the whole report, for the short ones")
    command.add_argument("--out", metavar="FILE", help="default: standard output")


def _up(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lifetime",
        default=os.environ.get("GATE_LIFETIME", ""),
        metavar="MINUTES",
        help="how old a verdict may be; default: $GATE_LIFETIME, else 60, which is the most",
    )
    command.add_argument(
        "--no-live-proof", action="store_true", help="leave `verify` and `report` to a later job"
    )


def _approvals(commands: Any) -> None:
    text = "sign an approval with an approver's key (policies/trust.json)"
    approve = commands.add_parser("approve", help=text, description=text, epilog=EXITS)
    _stack(approve)
    approve.add_argument("--key", required=True, metavar="FILE", help="the approver's private key")
    approve.add_argument(
        "--verdict", default="", metavar="DIGEST", help="default: the last one here"
    )
    approve.add_argument("--destroy", default="", metavar="DIGEST", help="of the state to destroy")
    approve.add_argument("--losses", default="", metavar="DIGEST", help="of what goes for good")
    approve.add_argument("--minutes", type=int, default=60, help="how long it holds, at most 60")
    approve.add_argument("--out", default="", metavar="FILE", help="default: where up looks for it")
    text = "what the last preview asks to be approved, as Markdown for a job's summary"
    asked = commands.add_parser("to-approve", help=text, description=text, epilog=EXITS)
    _stack(asked)
    asked.add_argument("--digest", action="store_true", help="the verdict's digest alone")
    text = "sign a waiver of policies/waivers.yaml; the line to add to it is printed"
    waiver = commands.add_parser("approve-waiver", help=text, description=text, epilog=EXITS)
    waiver.add_argument("id", help="e.g. WVR-2026-001")
    waiver.add_argument("--key", required=True, metavar="FILE", help="the approver's private key")
    text = "verify a run's attestation, offline, with a public key"
    attest = commands.add_parser("verify-attestation", help=text, description=text, epilog=EXITS)
    attest.add_argument("file", help="the *.attestation.json, or the evidence beside it")
    attest.add_argument(
        "--key", default="", help="public key or its file; default: those known here"
    )
    attest.add_argument("--files", default="", metavar="FOLDER", help="compare plan and pack too")
    text = "make an Ed25519 key pair for CI or for an approver"
    keygen = commands.add_parser("keygen", help=text, description=text)
    keygen.add_argument("file", help="where the private key goes; the public one is printed")


def _diff(command: argparse.ArgumentParser) -> None:
    from evidence.formats.registry import LANGUAGES

    command.add_argument("old", metavar="OLD", help="an evidence file")
    command.add_argument("new", metavar="NEW", help="a later one of the same stack and stage")
    formats = ("terminal", "markdown", "html", "json")
    command.add_argument("--format", choices=formats, default="terminal")
    command.add_argument("--lang", choices=LANGUAGES, default="en", help="of html; default: en")
    command.add_argument("--out", metavar="FILE", default="-", help="default: standard output")


def _overview(command: argparse.ArgumentParser) -> None:
    from evidence.formats.registry import LANGUAGES

    command.add_argument(
        "paths", nargs="*", metavar="PATH", help="evidence files, or folders; default: reports/"
    )
    command.add_argument("--format", choices=("terminal", "html", "json"), default="terminal")
    command.add_argument("--lang", choices=LANGUAGES, default="en", help="of html; default: en")
    command.add_argument("--out", metavar="FILE", default="-", help="default: standard output")


def _out(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", default="reports/fleet", metavar="FOLDER", help="for the results")


def _kept(commands: Any) -> None:
    history = commands.add_parser("history", help="is the chain of runs whole, and none missing?")
    _stack(history)
    history.add_argument("--of", default="verify", metavar="COMMAND", help="default: verify")
    history.add_argument(
        "--every",
        type=float,
        metavar="HOURS",
        help="how often it must run; default: $GATE_CADENCE_HOURS, else 168, a week",
    )
    text = "delete runs older than they must be kept, from the old end of the chain"
    prune = commands.add_parser("prune", help=text, description=text, epilog=EXITS)
    _stack(prune)
    _months(prune)
    text = "keep the evidence in a versioned bucket with object lock, or compare it with that"
    kept = commands.add_parser("store", help=text, description=text, epilog=EXITS)
    kept.add_argument("action", choices=("push", "verify"))
    _stack(kept)
    kept.add_argument("--bucket", default="", help="default: $GATE_STORE_BUCKET")
    kept.add_argument("--folder", default="evidence", help="in the bucket (default: evidence)")
    _months(kept)


def _months(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--months",
        default=os.environ.get("GATE_RETENTION_MONTHS") or "13",
        help="how long runs are kept; default: $GATE_RETENTION_MONTHS, else 13, which is the least",
    )


def _stack(command: argparse.ArgumentParser) -> None:
    default = os.environ.get("STACK") or "sandbox"
    command.add_argument("--stack", default=default, help="default: $STACK, else sandbox")


def main(arguments: list[str]) -> int:
    """Run one command; every foreseeable error is one line and exit code 3."""
    gc.set_threshold(GARBAGE)
    from gate import console, keys
    from gate.errors import GateError
    from sandbox.errors import SandboxError

    try:
        args = parser(*arguments[:1]).parse_args(arguments)
    except SystemExit as e:
        return 3 if e.code else 0  # argparse's 2 means "not proven" here
    try:
        from gate import commands

        keys.take()
        return commands.run(args)
    except GateError as e:
        console.fail(str(e))
        return e.exit_code
    except SandboxError as e:
        console.fail(str(e))
    except KeyboardInterrupt:
        console.fail("interrupted; nothing was decided, run it again")
    except RecursionError:
        console.fail("a file is nested more deeply than any of ours; restore it from git")
    except OSError as e:
        where = f" ({e.filename})" if e.filename else ""
        console.fail(f"{e.strerror or e}{where}; free space or mend permissions, then run it again")
    return 3


def leave(code: int) -> NoReturn:
    """End at once: all is written and closed, and taking the interpreter apart is a tenth of a
    second that nobody needs to wait for. Not under a profiler, which writes at the end.
    """
    if sys.getprofile() or sys.gettrace():
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 3  # what was said did not arrive
    os._exit(code)


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
