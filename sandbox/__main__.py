"""`python -m sandbox start|stop|status|env|setup|recover`."""

from __future__ import annotations

import argparse
import os
import sys

from sandbox import places
from sandbox.errors import SandboxError

COULD_NOT_RUN = 3


def main() -> int:
    """Do one command; 0, or 3 with one line on standard error."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="The embedded AWS.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("start", "start the embedded AWS in the background"),
        ("stop", "stop it; what was deployed on it is gone"),
        ("status", "what is installed, running and deployed"),
        ("env", "shell lines for bare commands; sets nothing up"),
        ("setup", "install engine, language host and plugins"),
        ("recover", "after a killed run: take in what was created, clear the rest"),
    ):
        commands.add_parser(name, help=text, description=text)
    command = parser.parse_args().command
    try:
        {"start": _start, "stop": _stop, "status": _status, "env": _env, "setup": _setup}.get(
            command, _recover
        )()
        sys.stdout.flush()
    except SandboxError as error:
        print(error, file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `... | head`: whoever read has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _start() -> None:
    import sandbox

    found = sandbox.ensure(places.STACK, _say)
    print(f"sandbox: ready at {found['AWS_ENDPOINT_URL']}")


def _stop() -> None:
    from sandbox import lifecycle

    pid = lifecycle.stop()
    print("sandbox: was not running" if pid is None else f"sandbox: stopped (process {pid})")


def _status() -> None:
    from sandbox import backend, lifecycle
    from sandbox.engine import noted_engine

    engine = noted_engine()
    about = f"{engine.version} ({engine.origin}: {engine.path})" if engine else "not set up"
    found = lifecycle.running()
    print(f"engine:    {about}")
    print(f"sandbox:   {f'{found.url}, process {found.pid}' if found else 'not running'}")
    if found:
        print(f"instance:  {found.instance}")
    print(f"resources: {backend.resource_count()}")
    for item in backend.pending_operations():
        print(f"cut off:   {item['type']} {item['resource']['urn']} (run `make recover`)")


def _env() -> None:
    from sandbox.environment import shell_lines

    for line in shell_lines(os.environ.get("STACK") or places.STACK):
        print(line)
    if not (places.BIN / "pulumi").exists():
        print("nothing is set up yet: run `make sandbox`", file=sys.stderr)


def _setup() -> None:
    from sandbox.engine import noted_engine
    from sandbox.prepare import set_up

    set_up(_say)
    engine = noted_engine()
    assert engine is not None
    print(f"setup: ready, Pulumi {engine.version} ({engine.origin})")


def _recover() -> None:
    from sandbox.recover import recover

    stack = os.environ.get("STACK") or places.STACK
    if stack != places.STACK:
        raise SandboxError(
            f"recover knows the sandbox only: for {stack}, run `pulumi refresh --stack {stack}` "
            "and answer for each resource whose creation was cut off"
        )
    recover(_say)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
