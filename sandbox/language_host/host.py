"""The LanguageRuntime service: runs programs and policy packs, each in a child process.

Stands in for the vendor's pulumi-language-python, a Go module of its own that the module proxy does
not serve. It differs in one thing: requests of a policy pack are not proxied (that doubles the time
of a preview), so a pack gets the stack's config from ConfigureStack, not from PULUMI_CONFIG.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2

from sandbox.language_host.protocol import language_pb2, language_pb2_grpc, plugin_pb2

CHILD = Path(__file__).with_name("child.py")
SHOWN_TO_THE_USER = 32
"""Exit code of a program that reported its error itself: the engine then prints nothing more."""
ANSWER_SECONDS = 0.1
"""What the answer to Cancel has to leave this process before it ends."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """One per engine process; the engine asks it for everything that is Python's."""

    def __init__(self) -> None:
        self._engine = sys.argv[-1] if len(sys.argv) > 1 else ""
        self._children: set[subprocess.Popen[bytes]] = set()
        self._ending = False
        self._program_follows = False
        self._waiting: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    # -- what it is

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take the engine's address, when it was not an argument."""
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say nothing: this host has no version of its own."""
        return plugin_pb2.PluginInfo()

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Name the Python that runs programs: the one that runs this host."""
        version = ".".join(map(str, sys.version_info[:3]))
        return language_pb2.AboutResponse(executable=sys.executable, version=version)

    # -- what a program needs

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        """List the provider plugins of the installed SDKs, so that the engine sees to them."""
        self._program_follows = True  # asked before a program is run, not for a pack alone
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    name=found["name"],
                    kind="resource",
                    version=f"v{found['version'].removeprefix('v')}",
                    server=found.get("server", ""),
                )
                for found in _sdk_plugins()
            ]
        )

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        """List the installed distributions (shown by `pulumi about`)."""
        from importlib.metadata import distributions

        found = sorted((item.metadata["Name"], item.version) for item in distributions())
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=name, version=version) for name, version in found
            ]
        )

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Say where dependencies come from: this host never installs any."""
        text = "The dependencies are those of the checkout's .venv: run `make setup`.\n"
        yield language_pb2.InstallDependenciesResponse(stdout=text.encode())

    # -- running

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Run the program until it ends and every resource it declared is registered."""
        settings = {
            "program": str(Path(request.info.program_directory or request.pwd))
            if request.info.entry_point in ("", ".")
            else str(Path(request.info.program_directory, request.info.entry_point)),
            "pwd": request.pwd or request.info.program_directory,
            "args": list(request.args),
            "root_directory": request.info.root_directory,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization or "organization",
            "monitor": request.monitor_address,
            "engine": self._engine,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "config": dict(request.config),
            "secret_keys": list(request.configSecretKeys),
        }
        # On standard input, not in arguments or the environment: config holds secrets.
        child = self._program()
        if child is None:
            return language_pb2.RunResponse(error="cancelled", bail=True)
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps(settings).encode())
            child.stdin.close()
        status = self._wait(child)
        if status == 0:
            return language_pb2.RunResponse()
        if status == SHOWN_TO_THE_USER or self._ending:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"Program exited with {_told(status)}")

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Run a policy pack: its output and, last, its exit code as they come."""
        folder = request.info.program_directory or request.program
        if request.kind not in ("analyzer", ""):
            text = (
                f"this Python language host runs policy packs, not plugins of kind {request.kind}"
            )
            context.abort(grpc.StatusCode.UNIMPLEMENTED, text)
        environment = dict(item.split("=", 1) for item in request.env if "=" in item)
        child = self._start(
            ["pack", *request.args, folder],
            cwd=folder,
            env=environment or None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        if child is None:
            return
        if self._program_follows:
            self._begin_program()
        # The engine ends a pack by cancelling this call.
        context.add_callback(child.kill)
        chunks: SimpleQueue[Any] = SimpleQueue()
        for name, stream in (("stdout", child.stdout), ("stderr", child.stderr)):
            threading.Thread(target=_pump, args=(name, stream, chunks), daemon=True).start()
        open_streams = 2
        while open_streams:
            chunk = chunks.get()
            if chunk is None:
                open_streams -= 1
            else:
                yield chunk
        yield language_pb2.RunPluginResponse(exitcode=self._wait(child))

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """End the children now, and this process as soon as the answer is out."""
        self.end_children()
        timer = threading.Timer(ANSWER_SECONDS, os._exit, (0,))
        timer.daemon = True
        timer.start()
        return empty_pb2.Empty()

    def end_children(self) -> None:
        """End every program and pack at once; none starts any more."""
        # No lock: this runs in a signal handler, which may interrupt the holder of the lock.
        self._ending = True
        for child in tuple(self._children):
            with contextlib.suppress(OSError):
                child.kill()

    def _begin_program(self) -> None:
        """Start the program's process while the pack starts: it imports the SDK and then waits for
        its settings. The engine asks for the program only once the pack answers.
        """
        if self._waiting is None:
            self._waiting = self._start(["program"], stdin=subprocess.PIPE)

    def _program(self) -> subprocess.Popen[bytes] | None:
        """The process that waits for its settings, else a new one; None when all is ending."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.poll() is None:
            return waiting
        return self._start(["program"], stdin=subprocess.PIPE)

    def _start(self, arguments: list[str], **options: Any) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._ending:
                return None
            child = subprocess.Popen([sys.executable, "-u", str(CHILD), *arguments], **options)
            self._children.add(child)
        return child

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        status = child.wait()
        self._children.discard(child)
        return status


def _pump(name: str, stream: IO[bytes], chunks: SimpleQueue[Any]) -> None:
    """Move what a child writes, as it writes it: the engine waits for the line with the port."""
    while data := os.read(stream.fileno(), 65536):
        is_error = name == "stderr"
        chunks.put(
            language_pb2.RunPluginResponse(stderr=data)
            if is_error
            else language_pb2.RunPluginResponse(stdout=data)
        )
    chunks.put(None)


def _sdk_plugins() -> Iterator[dict[str, str]]:
    """Read the pulumi-plugin.json of each SDK in site-packages (PyPI's pulumi_aws has one)."""
    import sysconfig

    for path in sorted(Path(sysconfig.get_paths()["purelib"]).glob("pulumi_*/pulumi-plugin.json")):
        found = json.loads(path.read_text())
        if found.get("resource") and found.get("name") and found.get("version"):
            yield found


def _told(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"non-zero exit code: {status}"
