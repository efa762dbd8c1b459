"""Who the cloud says we are, and what time it says it is: a clock that is off shuts the gate."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from evidence.model import Outcome
from gate import binding, preview
from gate.cloud import Identity, identity, sts
from gate.paths import Paths

from .fake_engine import make

GOOD = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>"""
REFUSED = """<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>"""


@dataclass
class Cloud:
    """STS whose clock is some seconds behind ours."""

    behind: float = 0
    refuses: bool = False
    url: str = ""
    date: str | None = None  # what it says instead of its time
    heads: list[str] = field(default_factory=list)  # of what it was asked

    @property
    def env(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }

    def asked(self, stack: str, monkeypatch: pytest.MonkeyPatch) -> Identity:
        """Of the sandbox by hand, of any other stack with botocore, which reads its environment."""
        if stack != "sandbox":
            for name, value in self.env.items():
                monkeypatch.setenv(name, value)
        return identity(stack, self.env)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud()

    class Sts(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.heads.append(str(self.headers))
            self.send_response(403 if made.refuses else 200)
            self.end_headers()
            self.wfile.write((REFUSED if made.refuses else GOOD).encode())

        def date_time_string(self, timestamp: float | None = None) -> str:
            if made.date is not None:
                return made.date
            return formatdate(time.time() - made.behind, usegmt=True)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Sts)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    server.server_close()


def wrong(found: Identity, stack: str = "sandbox") -> list[str]:
    return list(binding.clock(Paths(stack), found))


STACKS = pytest.mark.parametrize("stack", ["sandbox", "dev"])


@STACKS
@pytest.mark.parametrize("behind", [0, 60, -60])
def test_a_clock_that_is_about_right(
    cloud: Cloud, behind: float, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.behind = behind
    found = cloud.asked(stack, monkeypatch)
    assert found.account == "123456789012"
    assert found.offset is not None
    assert abs(found.offset - behind) < 30
    assert wrong(found, stack) == []


@pytest.mark.parametrize(
    ("behind", "said"),
    [(600, "10 minutes ahead of the cloud's"), (-600, "10 minutes behind the cloud's")],
)
@pytest.mark.parametrize("refuses", [False, True])
@STACKS
def test_a_clock_that_is_minutes_off(
    cloud: Cloud,
    behind: float,
    said: str,
    refuses: bool,
    stack: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud.behind, cloud.refuses = behind, refuses
    found = cloud.asked(stack, monkeypatch)
    (line,) = wrong(found, stack)
    assert said in line
    assert bool(found.account) is not refuses


def test_the_sandbox_is_asked_with_nothing_of_the_users(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "the-users-own")
    assert identity("sandbox", cloud.env).account
    assert "the-users-own" not in str(cloud.heads)
    assert "Credential=x/" in str(cloud.heads), "it was asked"


@pytest.mark.parametrize("said", ["not a date", ""])
def test_an_answer_without_a_date_says_no_time(cloud: Cloud, said: str) -> None:
    cloud.date = said
    assert identity("sandbox", cloud.env).offset is None


def test_a_cloud_that_does_not_answer_shuts_the_gate_of_a_real_stack(cloud: Cloud) -> None:
    nobody = identity("sandbox", cloud.env | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert nobody == Identity()
    assert "does not say what time it is" in wrong(nobody, "dev")[0]
    assert wrong(nobody) == []


def test_a_preview_under_a_wrong_clock_is_not_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = make(tmp_path, monkeypatch)
    monkeypatch.setattr(preview, "identity", lambda *_: Identity("123456789012", 900.0))
    run = preview.preview(checkout.paths, checkout.env).evidence
    assert run.run.outcome is Outcome.NOT_PROVEN
    assert "15 minutes ahead" in run.problems[0].text


def test_an_endpoint_of_the_users_files_is_not_taken_for_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config"
    file.write_text("[default]\nendpoint_url = http://127.0.0.1:9\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    client = sts("sa-east-1", 1, 1, aws_access_key_id="x", aws_secret_access_key="x")
    assert client.meta.endpoint_url == "https://sts.sa-east-1.amazonaws.com"
