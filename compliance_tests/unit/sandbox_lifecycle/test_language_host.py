"""The language host: what it says of itself, how it runs a pack, and that it never lingers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from sandbox import places

PACK = """
import os, sys
print("argument", sys.argv[1], "trace", os.environ.get("POLICY_TRACE"), "cwd", os.getcwd())
print("on standard error", file=sys.stderr, flush=True)
import sibling
if os.environ.get("LINGER"):
    import time
    open("pid", "w").write(str(os.getpid()))
    print("lingers", flush=True)
    time.sleep(60)
sys.exit(7)
"""


class Host:
    """A running language host."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.language_host", "127.0.0.1:1"],
            stdout=subprocess.PIPE,
            cwd=places.ROOT,
        )
        assert self.process.stdout is not None
        port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub: Any = language_pb2_grpc.LanguageRuntimeStub(self.channel)

    def run_pack(self, folder: Path, **environment: str) -> Any:
        """Start the pack as the engine does."""
        return self.stub.RunPlugin(
            language_pb2.RunPluginRequest(
                pwd="/",
                args=["127.0.0.1:1"],
                env=[f"{key}={value}" for key, value in (os.environ | environment).items()],
                info=language_pb2.ProgramInfo(program_directory=str(folder), entry_point="."),
                kind="analyzer",
            )
        )


@pytest.fixture
def host() -> Iterator[Host]:
    found = Host()
    yield found
    found.channel.close()
    found.process.kill()
    found.process.wait()
    assert found.process.stdout is not None
    found.process.stdout.close()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "a pack's"
    folder.mkdir()
    (folder / "__main__.py").write_text(PACK)
    (folder / "sibling.py").write_text("")
    return folder


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_a_handshake_and_what_it_is(host: Host) -> None:
    host.stub.Handshake(language_pb2.LanguageHandshakeRequest(engine_address="127.0.0.1:1"))
    host.stub.GetPluginInfo(empty_pb2.Empty())
    assert host.stub.About(language_pb2.AboutRequest()).executable == sys.executable


def test_the_sdks_tell_which_plugins_a_program_needs(host: Host) -> None:
    answer = host.stub.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest())
    assert {item.name for item in answer.packages} == {"aws", "random"}
    assert all(item.version.startswith("v") and item.kind == "resource" for item in answer.packages)


def test_a_pack_runs_in_its_folder_with_the_engines_environment(host: Host, pack: Path) -> None:
    answers = list(host.run_pack(pack, POLICY_TRACE="/a trace"))
    output = b"".join(item.stdout for item in answers).decode()
    assert output == f"argument 127.0.0.1:1 trace /a trace cwd {pack}\n"
    assert b"on standard error" in b"".join(item.stderr for item in answers)
    assert answers[-1].exitcode == 7


def test_ending_the_call_ends_the_pack(host: Host, pack: Path) -> None:
    call = host.run_pack(pack, LINGER="1")
    _wait_for_line(call, b"lingers")
    pid = int((pack / "pid").read_text())
    call.cancel()
    _wait_until_gone(pid)


def test_an_interrupt_ends_host_and_pack_at_once(host: Host, pack: Path) -> None:
    _wait_for_line(host.run_pack(pack, LINGER="1"), b"lingers")
    host.process.send_signal(signal.SIGINT)
    assert host.process.wait(timeout=5) == 0  # the grace that the engine gives, in seconds
    _wait_until_gone(int((pack / "pid").read_text()))


def test_a_killed_host_leaves_no_pack_behind(host: Host, pack: Path) -> None:
    _wait_for_line(host.run_pack(pack, LINGER="1"), b"lingers")
    host.process.kill()
    _wait_until_gone(int((pack / "pid").read_text()))


def test_cancel_is_answered_and_ends_the_host(host: Host, pack: Path) -> None:
    _wait_for_line(host.run_pack(pack, LINGER="1"), b"lingers")
    host.stub.Cancel(empty_pb2.Empty())
    assert host.process.wait(timeout=2) == 0


def test_a_program_that_cannot_reach_its_engine_is_an_error_not_a_hang(
    host: Host, tmp_path: Path
) -> None:
    (tmp_path / "__main__.py").write_text("raise SystemExit(5)")
    answer = host.stub.Run(
        language_pb2.RunRequest(
            project="p",
            stack="s",
            pwd=str(tmp_path),
            parallel=4,
            dryRun=True,
            monitor_address="127.0.0.1:1",
            info=language_pb2.ProgramInfo(program_directory=str(tmp_path), entry_point="."),
        ),
        timeout=20,
    )
    assert answer.error or answer.bail


def programs(host: Host) -> list[int]:
    """The processes that the host started for a program."""
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(host.process.pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    return [int(line.split()[0]) for line in found if line.endswith(" program")]


def waiting(host: Host, pack: Path) -> int:
    """The process of a program that was begun beside its pack and waits for its settings."""
    host.stub.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest())
    _wait_for_line(host.run_pack(pack, LINGER="1"), b"lingers")
    (pid,) = programs(host)
    return pid


def run_program(host: Host, folder: Path) -> None:
    host.stub.Run(
        language_pb2.RunRequest(
            project="p",
            stack="s",
            pwd=str(folder),
            monitor_address="127.0.0.1:1",
            info=language_pb2.ProgramInfo(program_directory=str(folder), entry_point="."),
        ),
        timeout=20,
    )


def test_a_program_begins_beside_its_pack_and_is_the_one_that_runs(
    host: Host, pack: Path, tmp_path: Path
) -> None:
    pid = waiting(host, pack)
    (tmp_path / "__main__.py").write_text("")
    run_program(host, tmp_path)
    assert not lives(pid), "the settings went to another process"


def test_a_program_that_waits_in_vain_ends_with_the_host(host: Host, pack: Path) -> None:
    pid = waiting(host, pack)
    host.process.send_signal(signal.SIGINT)
    assert host.process.wait(timeout=5) == 0
    _wait_until_gone(pid)


def test_a_program_that_died_while_it_waited_is_begun_again(
    host: Host, pack: Path, tmp_path: Path
) -> None:
    pid = waiting(host, pack)
    os.kill(pid, signal.SIGKILL)
    _wait_until_gone(pid)
    (tmp_path / "__main__.py").write_text("")
    run_program(host, tmp_path)  # by a new process, which then says that no engine answers
    assert not programs(host)


def test_a_pack_alone_begins_no_program(host: Host, pack: Path) -> None:
    _wait_for_line(host.run_pack(pack, LINGER="1"), b"lingers")
    assert not programs(host)


def test_the_host_starts_without_the_sdk() -> None:
    code = (
        "import sandbox.language_host.__main__, sys;"
        "print(sorted({'pulumi', 'pulumi.runtime'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=places.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def _wait_for_line(call: Any, wanted: bytes) -> None:
    """Read on until the pack says `wanted`; go on reading in the background."""
    seen = b""
    for item in call:
        seen += item.stdout
        if wanted in seen:
            break

    def drain() -> None:
        try:
            for _ in call:
                pass
        except grpc.RpcError:
            pass

    threading.Thread(target=drain, daemon=True).start()


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 3
    while lives(pid):
        assert time.monotonic() < deadline, f"process {pid} lives on"
        time.sleep(0.02)
