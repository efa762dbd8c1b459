"""A checkout with a small catalogue, and a `pulumi` that replays the recorded run.

What it does is told by fake.json beside it: `exit`, `drop` (files it leaves out), `cut` (how much
of the event log it writes), `state`, `sleep`, `touch` (a file that changes while it runs).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gate import awake, catalog, destroy, digests, expected, population, preview, report, up, verify
from gate.cloud import Identity
from gate.paths import Paths

from .recorded import CATALOG, NEEDS, POPULATIONS, recorded

SCRIPT = """#!{python}
import json, os, sys, time
from pathlib import Path
folder = Path(__file__).parent
told = json.loads((folder / "fake.json").read_text())
args = sys.argv[1:]
with (folder / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps({{"args": args, "env": dict(os.environ)}}) + "\\n")
if args[:2] == ["stack", "export"]:
    print(json.dumps(told["state"]))
    sys.exit(0)
if args[0] == "whoami":
    print(json.dumps({{"url": told["backend"]}}))
    sys.exit(0)
if args[0] == "destroy":
    if told["exit"] == 0:
        told["state"] = {{"deployment": {{"resources": []}}}}
        (folder / "fake.json").write_text(json.dumps(told))
    sys.exit(told["exit"])
time.sleep(told["sleep"])
if told["touch"]:
    Path(told["touch"]).write_text("changed")
def after(flag):
    return args[args.index(flag) + 1]
now = int(time.time())
lines = []
for event in json.loads((folder / "events.json").read_text()):
    event["timestamp"] = now
    if args[0] == "up":
        if "resourcePreEvent" in event:
            event["resourcePreEvent"]["planning"] = False
        if "summaryEvent" in event:
            event["summaryEvent"]["isPreview"] = False
    lines.append(json.dumps(event) + "\\n")
text = "".join(lines)
if "events" not in told["drop"]:
    Path(after("--event-log")).write_text(text[: int(len(text) * told["cut"])])
if "trace" not in told["drop"]:
    Path(os.environ["POLICY_TRACE"]).write_text((folder / "trace.jsonl").read_text())
if "--save-plan" in args and "plan" not in told["drop"]:
    Path(after("--save-plan")).write_text("a plan")
print("the engine's own output")
sys.exit(told["exit"])
"""


class Checkout:
    """The checkout and its fake engine."""

    def __init__(self, root: Path, stack: str):
        self.paths = Paths(stack, root)
        self.bin = root / "bin"
        self.env = {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "HOME": str(root)}

    def tell(self, **changes: Any) -> None:
        """Change what the engine does from now on."""
        path = self.bin / "fake.json"
        told = json.loads(path.read_text()) if path.exists() else dict(DEFAULTS)
        path.write_text(json.dumps(told | changes))

    def calls(self, *verbs: str) -> list[dict[str, Any]]:
        """How the engine was called."""
        path = self.bin / "calls.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [c for c in map(json.loads, lines) if c["args"][0] in verbs]


DEFAULTS = {
    "exit": 0,
    "drop": [],
    "cut": 1.0,
    "sleep": 0,
    "touch": "",
    "state": {"deployment": {"resources": []}},
    "backend": "s3://bucket",
}


def make(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    stack: str = "sandbox",
    more: Mapping[str, str] | None = None,
) -> Checkout:
    """A fresh checkout under `root`, with `more` files by name."""
    files = {
        "Pulumi.yaml": "name: iot-data-platform\nmain: infra\n",
        f"Pulumi.{stack}.yaml": "config: {}\n",
        "requirements.txt": "pulumi==3.272.0\n",
        "infra/__main__.py": "import pulumi\n",
        "policies/PulumiPolicy.yaml": "runtime: python\nversion: 1.0.0\n",
        "policies/catalog.json": json.dumps([vars(c) for c in CATALOG.controls], default=list),
        "compliance_tests/register/requirements.toml": "".join(
            f'[[requirement]]\nid = "{r.id}"\ntitle = "{r.title}"\ncontrols = {list(r.controls)}\n'
            for r in CATALOG.requirements
        ),
    }
    requirements = files["compliance_tests/register/requirements.toml"]
    files["compliance_tests/register/register.json"] = json.dumps(
        {
            "digests": {"requirements.toml": hashlib.sha256(requirements.encode()).hexdigest()},
            "requirements": [{"id": r.id, "title": r.title} for r in CATALOG.requirements],
            "frameworks": [{"id": "soc-2", "title": "SOC 2", "clauses": []}],
            "deviations": [],
        }
    )
    for name, text in (files | dict(more or {})).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(population, "table", lambda: POPULATIONS)
    monkeypatch.setattr(expected, "table", lambda: NEEDS)
    for module in (preview, up, destroy):
        monkeypatch.setattr(module, "identity", lambda *_: Identity("123456789012", 0.1))
    fine = {"planted": "a violation", "refused": True, "compliant": "a stack", "accepted": True}
    monkeypatch.setattr(verify, "verify", lambda *_: 0)
    monkeypatch.setattr(report, "report", lambda _: 0)
    known = {c.id: fine for c in CATALOG.controls}
    monkeypatch.setattr(
        awake, "ask", lambda root: awake.Account(digests.of_folder(root / "policies"), known)
    )
    made = Checkout(root, stack)
    made.bin.mkdir()
    made.paths.plans.mkdir(parents=True)
    script = made.bin / "pulumi"
    script.write_text(SCRIPT.format(python=sys.executable))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    events = json.dumps(recorded("passing")).replace("pulumi:sandbox::", f"pulumi:{stack}::")
    (made.bin / "events.json").write_text(events)
    header, *decisions = recorded("passing", "trace")
    header |= {
        "digest": digests.of_folder(root / "policies").removeprefix("sha256:"),
        "suffix": stack,
        "profile": catalog.profile_of(root, stack),
    }
    if stack != "sandbox":
        # The stream of the recorded run is called s-sandbox.
        monkeypatch.setattr(expected, "table", lambda: expected.Expected(()))
    lines = "".join(json.dumps(line) + "\n" for line in (header, *decisions))
    text = lines.replace("pulumi:sandbox::", f"pulumi:{stack}::")
    (made.bin / "trace.jsonl").write_text(text)
    made.tell()
    return made
