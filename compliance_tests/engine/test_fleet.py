"""A fleet's audit, which decides without the engine, against `pulumi policy analyze`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compliance_tests.fleet.agree import both
from gate.fleet_worker import Judge

STATE = Path(__file__).with_name("fixtures") / "telemetry.live.json"


def variant(name: str) -> bytes:
    """The exported state, or one that differs where the engine reads it in a way of its own."""
    document: dict[str, Any] = json.loads(STATE.read_bytes())
    resources = document["deployment"]["resources"]
    custom = [r for r in resources if r["custom"] and not r["type"].startswith("pulumi:")]
    if name == "deleted":
        custom[0]["delete"] = True
    elif name == "values":  # an asset, a reference, an unknown, a nested and an internal property
        custom[0]["inputs"] |= {
            "policy": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
            "__internal": {"a": 1},
            "asset": {
                "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
                "hash": "00", "text": "x",
            },
            "ref": {
                "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e",
                "urn": custom[1]["urn"], "id": "arn:aws:kms:us-east-1:999999999999:key/x",
            },
        }  # fmt: skip
    elif name == "provider":
        resources.remove(next(r for r in resources if r["type"] == "pulumi:providers:aws"))
    elif name == "plain secret":
        custom[0]["inputs"]["name"] = custom[0]["outputs"]["name"] = {
            "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
            "plaintext": '"a-name"',
        }
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "name", ["as exported", "deleted", "values", "plain secret", "provider", "broken"]
)
def test_the_fleet_says_what_the_engine_says(name: str, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(b'{"version": 3}' if name == "broken" else variant(name))
    seen = both(file, Judge())
    assert seen.differences == []
    assert seen.engine["broken"] is (name == "broken")
    assert name == "broken" or seen.engine["findings"]
