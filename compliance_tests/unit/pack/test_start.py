"""What the pack does not do when it starts to serve an engine, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PACK = Path(__file__).parents[3] / "policies"
LOOK = """
import json, sys
import core.pack
from controls import CONTROLS
modules = sorted(sys.modules)
made = [c.id for c in CONTROLS if not callable(vars(c)["scenarios"])]
twice = [c.id for c in CONTROLS if c.scenarios is not c.scenarios or not c.scenarios]
print(json.dumps({"made": made, "twice": twice, "modules": modules}))
"""


def look() -> dict[str, list[str]]:
    ran = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=PACK, text=True, capture_output=True, check=True
    )
    found: dict[str, list[str]] = json.loads(ran.stdout)
    return found


def test_it_makes_no_scenarios_and_imports_nothing_that_only_they_need() -> None:
    found = look()
    assert found["made"] == []
    assert found["twice"] == [], "scenarios are made once, and no control is without"
    assert "core.servicer" in found["modules"]
    heavy = {"core.scenarios", "pulumi_aws", "boto3", "jsonschema"}
    assert heavy.isdisjoint(found["modules"])
    written = [
        m for m in found["modules"] if m.startswith("controls._") and m.endswith("_scenarios")
    ]
    assert written in ([], ["controls._policy_scenarios"])  # short functions that controls share
