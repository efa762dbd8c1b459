"""What a child of the language host runs: a Pulumi program, or a policy pack.

A script, started by its path with the program's folder as its only root, so nothing of this
checkout is importable from a program by accident. It ends when the host dies.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from types import FrameType
from typing import Any

PARENT_POLL_SECONDS = 0.25
SHOWN_TO_THE_USER = 32


def main() -> None:
    """Run `program` (settings as JSON on standard input) or `pack ENGINE_ADDRESS FOLDER`."""
    _end_with_the_host()
    sys.path.pop(0)  # this script's own folder
    if sys.argv[1] == "pack":
        _run_pack(sys.argv[2:])
    else:
        sys.exit(_run_program())


def _run_pack(arguments: list[str]) -> None:
    """Run the pack as `python -m pulumi.policy` does: its folder is the working directory."""
    import runpy

    sys.path.insert(0, "")
    sys.argv = ["pulumi.policy", *arguments]
    runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)


def _run_program() -> int:
    """Run the program in a stack of its own; give 0, or 32 when its error was shown already."""
    import asyncio
    import json
    import logging
    import runpy
    import traceback
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    import pulumi
    from pulumi.runtime import run_in_stack, set_all_config
    from pulumi.runtime.settings import Settings, configure

    # After the imports: the host starts this process before it has the settings (see host.py).
    told = sys.stdin.read()
    if not told:
        return 0  # the host ended without a word: there is no program to run
    settings = json.loads(told)
    if settings["pwd"]:
        os.chdir(settings["pwd"])

    set_all_config(settings["config"], settings["secret_keys"])
    configure(
        Settings(
            project=settings["project"],
            stack=settings["stack"],
            organization=settings["organization"],
            monitor=settings["monitor"],
            engine=settings["engine"],
            parallel=settings["parallel"],
            dry_run=settings["dry_run"],
            root_directory=settings["root_directory"],
        )
    )
    sys.argv = [settings["program"], *settings["args"]]
    if not os.path.isdir(settings["program"]):  # noqa: PTH112 - pathlib costs start-up time here
        sys.path.insert(0, os.path.dirname(settings["program"]))  # noqa: PTH120 - the same
    # asyncio logs each exception that nobody awaited; the engine shows the one that matters.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    if settings["parallel"] > 0:
        loop.set_default_executor(ThreadPoolExecutor(max_workers=settings["parallel"] * 4))

    sources = _note_sources(settings["program"]) if os.environ.get("PROGRAM_SOURCES") else []

    def program() -> None:
        runpy.run_path(settings["program"], run_name="__main__")

    try:
        loop.run_until_complete(run_in_stack(program))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return SHOWN_TO_THE_USER
    except grpc.RpcError as error:
        # The engine went away or refused a resource: it has said why.
        if error.code() != grpc.StatusCode.UNAVAILABLE:
            pulumi.log.error(f"RPC error: {error.details()}")
        return SHOWN_TO_THE_USER
    except Exception:  # noqa: BLE001 - whatever a program raises is shown as the program's
        text = "Program failed with an unhandled exception:\n" + _users_part(traceback.format_exc())
        pulumi.log.error(text)
        return SHOWN_TO_THE_USER
    finally:
        _write_sources(sources)
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _note_sources(program: str) -> list[dict[str, str]]:
    """Note, as each resource is declared, which line of the program does it.

    The engine puts it into the state, but shows it to nobody in a preview.
    """
    from pulumi import resource as sdk

    noted: list[dict[str, str]] = []
    register = vars(sdk)["register_resource"]
    folder = program if os.path.isdir(program) else os.path.dirname(program)  # noqa: PTH112, PTH120
    inside, root = folder + os.sep, os.path.dirname(folder)  # noqa: PTH120

    def declared(resource: object, kind: str, name: str, *rest: Any, **named: Any) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            path = frame.f_code.co_filename
            # A component's own constructor is not where the program declares it.
            if path.startswith(inside) and frame.f_locals.get("self") is not resource:
                source = f"{os.path.relpath(path, root)}:{frame.f_lineno}"
                noted.append({"type": kind, "name": name, "source": source})
                break
            frame = frame.f_back
        register(resource, kind, name, *rest, **named)

    vars(sdk)["register_resource"] = declared
    return noted


def _write_sources(noted: list[dict[str, str]]) -> None:
    """Leave the notes where the gate asks for them. Without them its reports name no lines."""
    import contextlib
    import json

    path = os.environ.get("PROGRAM_SOURCES")
    if not path:
        return
    with contextlib.suppress(OSError), open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.writelines(json.dumps(entry) + "\n" for entry in noted)


def _users_part(text: str) -> str:
    """Leave out the frames above the program's first one: they are this file's and runpy's."""
    lines = text.splitlines()
    marks = [n for n, line in enumerate(lines) if line.startswith('  File "<frozen runpy>')]
    if not marks:
        return text
    return "\n".join([lines[0], *lines[marks[-1] + 1 :]])


def _end_with_the_host() -> None:
    host = os.getppid()

    def watch() -> None:
        while os.getppid() == host:
            time.sleep(PARENT_POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="watch-host", daemon=True).start()


if __name__ == "__main__":
    main()
