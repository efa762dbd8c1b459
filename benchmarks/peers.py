"""What a user would pick instead: two Node packs behind the same protocol, Checkov, OPA.

They are installed on demand into the user's cache, pinned, and nothing of them is kept here. What
they check differs from what this pack checks, in number and in content: a row says what such a
tool costs on so many resources, not which engine is faster at the same rules.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import ROOT
from .plan import planned
from .requests import asked
from .results import Results, say, turns
from .wire import Pack, measure

CHECKOV, OPA, AWSGUARD, POLICY = "3.3.30", "v1.22.2", "0.3.1", "1.21.0"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "iot-data-platform"
PEERS = CACHE / "benchmarks"
SIZES = (500, 5_000)
OURS = "pack"
PACKS, FILES = ("Node, 1 empty policy", "awsguard"), ("Checkov, plan JSON", "OPA, plan JSON")

EMPTY_NODE = """const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("empty", { policies: [{ name: "none", description: "Nothing.",
  enforcementLevel: "mandatory", validateResource: () => {} }] });
"""
AWSGUARD_NODE = """const { AwsGuard } = require("@pulumi/awsguard");
new AwsGuard({ all: "mandatory" });
"""
REGO = """package bench
import rego.v1
resources := input.planned_values.root_module.resources
deny contains r.name if { some r in resources; r.type == "aws_kms_key"; not r.values.enable_key_rotation }
deny contains r.name if { some r in resources; r.type == "aws_kinesis_stream"; r.values.shard_count < 2 }
deny contains r.name if { some r in resources; r.type == "aws_kinesis_stream"; r.values.retention_period < 24 }
deny contains r.name if { some r in resources; r.type == "aws_kinesis_stream"; r.values.encryption_type != "KMS" }
deny contains r.name if { some r in resources; r.type == "aws_cloudwatch_log_group"; r.values.retention_in_days < 7 }
deny contains r.name if { some r in resources; r.type == "aws_rds_cluster"; r.values.backup_retention_period < 30 }
deny contains r.name if { some r in resources; r.type == "aws_rds_cluster"; not r.values.storage_encrypted }
deny contains r.name if { some r in resources; r.type == "aws_elasticache_replication_group"; not r.values.transit_encryption_enabled }
deny contains r.name if { some r in resources; endswith(r.name, "-bad") }
"""  # noqa: E501


def run(results: Results, sizes: Sequence[int], runs: int) -> None:
    """Install what is missing, then measure in turns; a peer that cannot be had is left out."""
    packs = {OURS: Pack(OURS, ROOT / "policies")}
    packs |= {n: p for n in PACKS if (p := _had(n, lambda n=n: _node(n))) is not None}  # type: ignore[misc]
    tools: dict[str, Callable[[Path], Sequence[str]]] = {}
    if (checkov := _had(FILES[0], _checkov)) is not None:
        tools[FILES[0]] = lambda folder: [
            str(checkov), "--quiet", "--compact", "--skip-download", "--framework",
            "terraform_plan", "-f", str(folder / "plan.json"), "-o", "json",
        ]  # fmt: skip
    if (opa := _had(FILES[1], _opa)) is not None:
        tools[FILES[1]] = lambda folder: [
            str(opa), "eval", "-d", str(folder / "rules.rego"), "-i", str(folder / "plan.json"),
            "data.bench.deny",
        ]  # fmt: skip
    for size in sizes:
        requests, folder = asked(size), _stack(size)
        for repetition in range(runs):
            for name in turns((*packs, *tools), repetition):
                if name in packs:
                    work = lambda n=name, asked=requests: measure(packs[n], asked)  # noqa: E731
                else:
                    work = lambda n=name, at=folder: _timed(tools[n](at))  # noqa: E731
                results.once(name, size, repetition, work)


def _had(name: str, install: Callable[[], Any]) -> Any:
    try:
        return install()
    except (OSError, subprocess.SubprocessError) as e:
        say(f"peers: {name} cannot be had here ({type(e).__name__}); it is left out")
        return None


def _run(command: Sequence[str], folder: Path, **env: str) -> None:
    subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, check=True, capture_output=True, timeout=900
    )


def _node(name: str) -> Pack:
    folder = PEERS / name.split(",", maxsplit=1)[0].lower()
    wanted = [f"@pulumi/policy@{POLICY}"] if name == PACKS[0] else [f"@pulumi/awsguard@{AWSGUARD}"]
    folder.mkdir(parents=True, exist_ok=True)
    package = '{"name": "bench", "version": "1.0.0", "main": "index.js"}'
    (folder / "package.json").write_text(package, "utf-8")
    if not (folder / "node_modules" / "@pulumi" / "policy").exists():
        say(f"peers: installing {name} from npm")
        _run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *wanted], folder)
    text = EMPTY_NODE if name == PACKS[0] else AWSGUARD_NODE
    (folder / "index.js").write_text(text, "utf-8")
    settings = "runtime: nodejs\nversion: 1.0.0\ndescription: for benchmarks\n"
    (folder / "PulumiPolicy.yaml").write_text(settings, "utf-8")
    runner = folder / "node_modules" / "@pulumi" / "pulumi" / "cmd" / "run-policy-pack"
    if not runner.exists():
        raise OSError("no runner of policy packs in it")
    return Pack(name, folder, (shutil.which("node") or "node", str(runner)))


def _checkov() -> Path:
    place = PEERS / f"checkov-{CHECKOV}"
    if not (place / "bin" / "checkov").exists():
        say("peers: installing Checkov from PyPI")
        _run([sys.executable, "-m", "venv", str(place)], PEERS.parent)
        _run([str(place / "bin" / "pip"), "install", "--quiet", f"checkov=={CHECKOV}"], place)
    return place / "bin" / "checkov"


def _opa() -> Path:
    place = PEERS / f"opa-{OPA}"
    if not (place / "opa").exists():
        say("peers: building OPA from its Go module")
        place.mkdir(parents=True, exist_ok=True)
        _run(["go", "install", f"github.com/open-policy-agent/opa@{OPA}"], place, GOBIN=str(place))
    return place / "opa"


def _stack(size: int) -> Path:
    """The same stack as the packs are asked about, as a plan that the other tools read."""
    folder = PEERS / f"stack-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.json").write_text(json.dumps(planned(asked(size).analyze)), "utf-8")
    (folder / "rules.rego").write_text(REGO, "utf-8")
    return folder


def _timed(command: Sequence[str]) -> dict[str, Any]:
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, timeout=900)
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-200:])
    return {"whole": time.perf_counter() - began}


def lines(results: Results) -> list[str]:
    """The table, as Markdown; the ratio is of runs side by side."""
    found = [
        "| resources | tool | rules | whole s (median) | whole, × this pack | start s | peak MB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for size in results.sizes():
        for name in (OURS, *PACKS, *FILES):
            row = {
                f: results.median(name, size, f) for f in ("whole", "policies", "start", "peak_mb")
            }
            if row["whole"] is None:
                continue
            rules = (
                f"{row['policies']:.0f}" if row["policies"] else "its own" if "Ch" in name else "9"
            )
            start, peak = (f"{row[f]:.2f}" if row[f] else "" for f in ("start", "peak_mb"))
            ratio = results.ratio(name, OURS, size, "whole") or ""
            found.append(
                f"| {size:,} | {name} | {rules} | {row['whole']:.2f} | {ratio} | {start} | {peak} |"
            )
    return found
