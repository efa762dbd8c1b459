"""Who the cloud says we are, and what time it says it is: a clock that is off shuts the gate."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
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

    @property
    def env(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud()

    class Sts(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(403 if made.refuses else 200)
            self.end_headers()
            self.wfile.write((REFUSED if made.refuses else GOOD).encode())

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(time.time() - made.behind, usegmt=True)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Sts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    server.server_close()


def wrong(found: Identity, stack: str = "sandbox") -> list[str]:
    return list(binding.clock(Paths(stack), found))


@pytest.mark.parametrize("behind", [0, 60, -60])
def test_a_clock_that_is_about_right(cloud: Cloud, behind: float) -> None:
    cloud.behind = behind
    found = identity("sandbox", cloud.env)
    assert found.account == "123456789012"
    assert wrong(found) == []


@pytest.mark.parametrize(
    ("behind", "said"),
    [(600, "10 minutes ahead of the cloud's"), (-600, "10 minutes behind the cloud's")],
)
@pytest.mark.parametrize("refuses", [False, True])
def test_a_clock_that_is_minutes_off(cloud: Cloud, behind: float, said: str, refuses: bool) -> None:
    cloud.behind, cloud.refuses = behind, refuses
    (line,) = wrong(identity("sandbox", cloud.env))
    assert said in line


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
