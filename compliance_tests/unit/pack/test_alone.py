"""The pack copied out of this repository, with its own two packages and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

ROOT = Path(__file__).parents[3]
PACK = ROOT / "policies"
CLUSTER = "aws:rds/cluster:Cluster"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the copied pack; beside it `site`, what its requirements install."""
    folder = tmp_path_factory.mktemp("elsewhere")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACK, folder / "guard", ignore=ignored)
    site = folder / "site"
    site.mkdir()
    for name in distributions(requirements()):
        for file in metadata.files(name) or ():
            top = file.parts[0]
            installed = Path(str(file.locate())).parents[len(file.parts) - 1] / top
            if top not in ("..", "__pycache__") and not (site / top).exists():
                (site / top).symlink_to(installed)
    return folder / "guard"


def requirements(name: str = "requirements.in") -> dict[str, str]:
    """What a requirements file of the pack pins."""
    lines = (PACK / name).read_text("utf-8").splitlines()
    pinned = [re.match(r"([\w.-]+)==([\w.]+)", line) for line in lines]
    return {match[1]: match[2] for match in pinned if match}


def distributions(names: Iterable[str]) -> set[str]:
    """These and what they need, as pip would install them."""
    found: set[str] = set()
    queue = list(names)
    while queue:
        name = re.sub(r"[-_.]+", "-", queue.pop()).lower()
        if name in found:
            continue
        try:
            needs = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:
            continue  # for another Python or system
        found.add(name)
        queue += [re.split(r"[^\w.-]", n)[0] for n in needs if "extra ==" not in n]
    return found


def run(pack: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", *arguments], cwd=pack, env=environment(pack), text=True,
        capture_output=True, check=False,
    )  # fmt: skip


def environment(pack: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(pack.parent / "site")}


def test_its_requirements_are_pinned_as_the_repository_pins_them() -> None:
    ours = (ROOT / "requirements.in").read_text("utf-8").splitlines()
    assert set(requirements()) == {"pulumi", "pulumi-policy"}
    assert {f"{n}=={v}" for n, v in requirements().items()} <= set(ours)


def test_what_is_installed_is_all_pinned_and_hashed() -> None:
    """Each line as the repository's own file has it, and nothing that only that one needs."""
    text = (PACK / "requirements.txt").read_text("utf-8")
    blocks = re.findall(r"^[\w.-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
    assert len(blocks) == len(requirements("requirements.txt")) > len(requirements())
    whole = (ROOT / "requirements.txt").read_text("utf-8")
    assert [b for b in blocks if b.rstrip("\\ ") not in whole] == []
    assert "pulumi-aws" not in text


def test_nothing_else_can_be_imported(alone: Path) -> None:
    for name in ("pulumi_aws", "pulumi_random", "boto3", "pytest", "gate", "evidence", "sandbox"):
        assert run(alone, "-c", f"import {name}").returncode != 0, name
    assert run(alone, "-c", "import pulumi, pulumi_policy").returncode == 0


def test_all_its_examples_come_out_as_expected(alone: Path) -> None:
    ran = run(alone, "-m", "core.scenarios")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    count = re.search(r"^(\d+) of \1 scenarios as expected$", ran.stdout, flags=re.MULTILINE)
    assert count
    assert int(count[1]) > 1000


def test_every_control_is_awake(alone: Path) -> None:
    ran = run(alone, "-m", "core.awake")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    controls = json.loads(ran.stdout)["controls"]
    assert len(controls) == len(json.loads((PACK / "catalog.json").read_text("utf-8")))


@pytest.mark.parametrize(("days", "refused"), [(7, True), (30, False)])
def test_it_guards_the_stack_of_another_project(alone: Path, days: int, refused: bool) -> None:
    (alone / "profiles.json").write_text('{"live": "production"}')
    process = subprocess.Popen(
        [sys.executable, "-S", "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(alone)],
        cwd=alone, env=environment(alone), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            pack = analyzer_pb2_grpc.AnalyzerStub(channel)
            config = {"billing:environmentSuffix": "eu"}
            pack.ConfigureStack(
                pb.AnalyzerStackConfigureRequest(stack="live", project="billing", config=config)
            )
            info = pack.GetAnalyzerInfo(empty_pb2.Empty())
            snapshot = {p.name: p.enforcementLevel for p in info.policies}["aurora-final-snapshot"]
            assert snapshot == pb.MANDATORY  # the owned file made the stack a production one
            request = pb.AnalyzeRequest(
                type=CLUSTER, name="ledger", urn=f"urn:pulumi:live::billing::{CLUSTER}::ledger"
            )
            request.provider.type = "pulumi:providers:aws"
            request.properties.update({"backupRetentionPeriod": days})
            failed = {d.policyName for d in pack.Analyze(request).diagnostics}
            assert ("aurora-backups" in failed) is refused
    finally:
        process.kill()
        process.communicate(timeout=10)
