"""The emulator as a process: where it listens, how it starts, ends and refuses."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from compliance_tests.unit.emulator.account import REGION, Account, refused
from sandbox.emulator import Emulator, start
from sandbox.providers.clients import Clients

COMMAND = [sys.executable, "-m", "sandbox.emulator"]


def instance_at(url: str) -> str:
    host, port = url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.request("GET", "/sandbox/instance")
    with connection.getresponse() as answer:
        return str(json.load(answer)["instance"])


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """The emulator on a free port, which is its first line of output."""
    running = subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, text=True)
    yield running
    running.kill()
    running.wait()


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_it_says_where_it_is_and_which_one_it_is(process: subprocess.Popen[str]) -> None:
    url = url_of(process)
    assert url.startswith("http://127.0.0.1:")
    assert instance_at(url) == instance_at(url)


def test_each_start_is_another_instance(running: Emulator, process: subprocess.Popen[str]) -> None:
    assert instance_at(running.url) == running.instance
    assert instance_at(url_of(process)) != running.instance


def test_it_ends_at_once_when_it_is_told_to(process: subprocess.Popen[str]) -> None:
    url_of(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0


def test_a_port_in_use_is_one_line_with_the_remedy(running: Emulator) -> None:
    done = subprocess.run(
        [*COMMAND, "--port", str(running.port)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "SANDBOX_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_but_this_machine_reaches_it(running: Emulator) -> None:
    with socket.create_connection(("127.0.0.1", running.port), 2):
        pass
    with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        socket.create_connection(
            (
                socket.gethostbyname(socket.gethostname()).replace("127.0.0.1", "127.0.0.2"),
                running.port,
            ),
            2,
        )


def test_a_stopped_one_frees_its_port() -> None:
    emulator = start()
    emulator.stop()
    again = start(emulator.port)
    assert again.port == emulator.port
    assert again.instance != emulator.instance
    again.stop()


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("rds", "describe_certificates", {}),
        ("kms", "list_key_policies", {"KeyId": "x", "Limit": 1}),
        ("ec2", "describe_local_gateways", {}),
        ("elasticache", "describe_events", {}),
        ("kinesis", "describe_account_settings", {}),
    ],
)
def test_what_it_cannot_do_is_an_answer_of_aws_not_a_page(
    account: Account, service: str, call: str, arguments: dict[str, Any]
) -> None:
    message = refused(
        "NotImplemented|InternalFailure|NotFoundException",
        getattr(getattr(account, service), call),
        **arguments,
    )
    assert "<" not in message


def test_many_at_once_lose_nothing(account: Account) -> None:
    def make(number: int) -> str:
        account.kinesis.create_stream(StreamName=f"s{number}", ShardCount=1)
        return str(account.kms.create_key()["KeyMetadata"]["KeyId"])

    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(make, range(48)))
    assert len(keys) == 48
    assert len(account.kinesis.list_streams(Limit=100)["StreamNames"]) == 48


def test_15_4_comes_back_when_it_is_asked_for(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused("InvalidParameterCombination", account.cluster, EngineVersion="15.4")
    monkeypatch.setenv("SANDBOX_AURORA_15_4", "1")
    account.cluster(EngineVersion="15.4")
    found = account.rds.describe_db_engine_versions(
        Engine="aurora-postgresql", EngineVersion="15.4"
    )
    assert found["DBEngineVersions"][0]["Status"] == "available"


def test_a_reset_leaves_nothing(running: Emulator) -> None:
    account = Account(Clients(running.url, REGION))
    account.stream()
    running.reset()
    assert account.kinesis.list_streams()["StreamNames"] == []
