"""Whole runs of the gate with an engine that replays: preview, up, destroy, what may go wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence import canonical
from evidence.load import load
from evidence.model import Assurance, Commit, Outcome, Stage
from evidence.store import store
from gate import approval, attestation, binding, engine, envelope, inputs, keys, locks
from gate.cloud import Identity
from gate.destroy import destroy
from gate.errors import GateError
from gate.paths import Paths
from gate.preview import preview, write_ticket
from gate.up import Options, up

from .fake_engine import Checkout, make

ROOT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.delenv(approval.VARIABLE, raising=False)
    return make(tmp_path, monkeypatch)


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.delenv(approval.VARIABLE, raising=False)
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115, PTH123
    return make(tmp_path, monkeypatch, "dev")


def outcome(checkout: Checkout) -> Outcome:
    return preview(checkout.paths, checkout.env).evidence.run.outcome


def test_a_preview_that_passes(checkout: Checkout, capfd: pytest.CaptureFixture[str]) -> None:
    stored = preview(checkout.paths, checkout.env)
    assert stored.evidence.run.outcome is Outcome.PASSED
    assert stored.evidence.run.stage is Stage.PLANNED
    assert load(stored.file) == stored.evidence
    shown = capfd.readouterr().out
    assert shown.startswith("the engine's own output\n")
    assert "verdict: passed as planned (exit 0)" in shown
    assert checkout.paths.shown(stored.file) in shown
    (call,) = checkout.calls("preview")
    assert call["args"][:3] == ["preview", "--stack", "sandbox"]
    assert call["args"][call["args"].index("--policy-pack") + 1] == "policies"
    run = stored.evidence.run
    wanted = {"program", "lock_file", "config", "pack", "plan", "state", "events", "trace"}
    assert wanted <= set(run.digests)
    assert all(run.digests[w].startswith("sha256:") for w in wanted)


def test_flags_by_environment_do_not_reach_the_engine(checkout: Checkout) -> None:
    checkout.env["PULUMI_OPTION_POLICY_PACK_CONFIG"] = "off.json"
    preview(checkout.paths, checkout.env)
    (call,) = checkout.calls("preview")
    assert not any(name.startswith("PULUMI_OPTION_") for name in call["env"])


def test_the_signing_key_reaches_neither_the_engine_nor_the_evidence(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.generate(checkout.paths.root / "ci.pem")
    pem = (checkout.paths.root / "ci.pem").read_text()
    monkeypatch.setattr(keys, "_taken", {})
    monkeypatch.setenv(keys.VARIABLE, pem)
    checkout.env[keys.VARIABLE] = pem
    stored = preview(checkout.paths, checkout.env)
    assert all(keys.VARIABLE not in call["env"] for call in checkout.calls("preview", "stack"))
    assert keys.VARIABLE not in os.environ
    secret = pem.splitlines()[1]
    for file in stored.file.parent.iterdir():
        assert secret not in file.read_text()


def test_what_an_earlier_run_left_does_not_count(checkout: Checkout) -> None:
    assert outcome(checkout) is Outcome.PASSED
    checkout.tell(drop=["events", "trace", "plan"])
    assert outcome(checkout) is Outcome.NOT_PROVEN
    assert not checkout.paths.plan.exists()
    assert not checkout.paths.ticket.exists()


FAULTS: dict[str, tuple[dict[str, Any], Outcome]] = {
    "no event log": ({"drop": ["events"]}, Outcome.NOT_PROVEN),
    "no trace": ({"drop": ["trace"]}, Outcome.NOT_PROVEN),
    "no plan": ({"drop": ["plan"]}, Outcome.NOT_PROVEN),
    "an empty event log": ({"cut": 0}, Outcome.NOT_PROVEN),
    "half an event log": ({"cut": 0.5}, Outcome.NOT_PROVEN),
    "an event log without its last byte": ({"cut": 0.99999}, Outcome.NOT_PROVEN),
    "an engine that fails": ({"exit": 255}, Outcome.COULD_NOT_RUN),
    "an engine that fails without a log": (
        {"exit": 1, "drop": ["events", "trace"]},
        Outcome.COULD_NOT_RUN,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shuts_the_gate_and_keeps_evidence(checkout: Checkout, name: str) -> None:
    told, wanted = FAULTS[name]
    checkout.tell(**told)
    stored = preview(checkout.paths, checkout.env)
    assert stored.evidence.run.outcome is wanted
    assert stored.evidence.problems
    assert not checkout.paths.ticket.exists()
    assert load(stored.file) == stored.evidence


def test_an_engine_that_never_began_is_one_line(checkout: Checkout) -> None:
    checkout.tell(exit=1, drop=["events", "trace", "plan"])
    (problem,) = preview(checkout.paths, checkout.env).evidence.problems
    assert problem.text == "the engine stopped before it began; its output above says why"


@pytest.mark.parametrize(
    "file", ["infra/__main__.py", "policies/PulumiPolicy.yaml", "requirements.txt", "Pulumi.yaml"]
)
def test_what_changes_while_the_engine_runs_is_not_proven(checkout: Checkout, file: str) -> None:
    checkout.tell(touch=str(checkout.paths.root / file))
    assert outcome(checkout) is Outcome.NOT_PROVEN


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("policies/catalog.json", None),
        ("policies/catalog.json", "[]"),
        ("policies/catalog.json", "{"),
        ("policies/catalog.json", '[{"id": "x"}]'),
        ("policies/PulumiPolicy.yaml", None),
        ("policies/profiles.json", "["),
        ("compliance_tests/register/requirements.toml", None),
        ("compliance_tests/register/requirements.toml", "="),
        ("compliance_tests/register/register.json", None),
        ("compliance_tests/register/register.json", "{}"),
    ],
)
def test_a_damaged_file_of_ours_is_one_line_and_costs_no_preview(
    checkout: Checkout, file: str, text: str | None
) -> None:
    path = checkout.paths.root / file
    path.unlink(missing_ok=True)
    if text is not None:
        path.write_text(text)
    checkout.tell(sleep=60)
    with pytest.raises(GateError) as e:
        preview(checkout.paths, checkout.env)
    assert "\n" not in str(e.value)
    assert not checkout.paths.events.exists(), "the engine was let run to its end"
    assert not checkout.paths.ticket.exists()
    assert not checkout.paths.reports.exists()


def test_an_engine_that_does_not_end_for_a_fault_is_killed(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it has started: nothing is left that could still write a plan."""
    script = "trap '' INT; sleep 60 & echo $$ $! > pids; wait; wait"
    (checkout.bin / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    pids = checkout.paths.root / "pids"

    def fault() -> None:
        while not (pids.exists() and pids.read_text()):
            time.sleep(0.01)
        raise GateError("a fault")

    with pytest.raises(GateError, match="a fault"):
        engine.run(["preview"], env=checkout.env, root=checkout.paths.root, starting=fault)
    for pid in map(int, pids.read_text().split()):
        assert gone(pid)


def test_what_changes_while_the_engine_starts_is_seen(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read beside the engine, but its digest is older than the engine."""
    file = checkout.paths.root / "compliance_tests/register/requirements.toml"
    read = inputs.after

    def late(paths: Paths, taken: Mapping[str, str]) -> inputs.Inputs:
        found = read(paths, taken)
        file.write_text(file.read_text() + "# later\n")
        return found

    monkeypatch.setattr(inputs, "after", late)
    found = preview(checkout.paths, checkout.env).evidence
    assert found.run.outcome is Outcome.NOT_PROVEN
    assert "the register changed while the engine ran; run again" in [
        p.text for p in found.problems
    ]


def test_git_is_asked_once_and_when_the_run_begins(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([Commit("a" * 40, "main"), Commit("b" * 40, "other")])
    monkeypatch.setattr("gate.header.commit", lambda _: next(found))
    run = preview(checkout.paths, checkout.env).evidence.run
    assert (run.commit.id, run.commit.branch) == ("a" * 40, "main")
    assert next(found).branch == "other"


def test_no_engine_is_one_line(checkout: Checkout) -> None:
    (checkout.bin / "pulumi").unlink()
    checkout.env["PATH"] = str(checkout.bin)
    with pytest.raises(GateError, match="make setup"):
        preview(checkout.paths, checkout.env)


def test_two_gates_at_once(checkout: Checkout) -> None:
    with (
        locks.held(checkout.paths),
        pytest.raises(GateError, match="another gate"),
        locks.held(checkout.paths),
    ):
        pass


def test_up_deploys_the_plan_with_the_pack_and_keeps_evidence(checkout: Checkout) -> None:
    assert up(checkout.paths, checkout.env) == 0
    (call,) = checkout.calls("up")
    args = call["args"]
    assert args[args.index("--plan") + 1] == ".state/plans/sandbox.plan.json"
    assert args[args.index("--policy-pack") + 1] == "policies"
    assert "--skip-preview" in args
    found = load(checkout.paths.reports / "SANDBOX-latest-deployed.evidence.json")
    assert found.run.stage is Stage.DEPLOYED
    assert found.run.approver == "the sandbox itself"
    assert found.run.previous is not None
    assert not checkout.paths.ticket.exists()


def test_up_stops_after_a_preview_that_did_not_pass(checkout: Checkout) -> None:
    checkout.tell(cut=0.5)
    assert up(checkout.paths, checkout.env) == 2
    assert checkout.calls("up") == []


def test_up_of_a_real_stack_without_approval_is_not_proven(
    dev: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert up(dev.paths, dev.env) == 2
    assert dev.calls("up") == []
    assert "APPROVE=sha256:" in capsys.readouterr().err


def approved(dev: Checkout, monkeypatch: pytest.MonkeyPatch) -> binding.Ticket:
    preview(dev.paths, dev.env)
    ticket = binding.read(dev.paths)
    monkeypatch.setenv(approval.VARIABLE, ticket.verdict)
    return ticket


def test_up_with_the_verdicts_digest_deploys_that_plan_without_a_new_preview(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(dev, monkeypatch)
    assert up(dev.paths, dev.env) == 0
    assert len(dev.calls("preview")) == len(dev.calls("up")) == 1
    found = load(dev.paths.reports / "latest-deployed.evidence.json")
    assert found.run.assurance is Assurance.LIVE


def test_an_approval_is_good_for_one_deployment(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(dev, monkeypatch)
    assert up(dev.paths, dev.env) == 0
    with pytest.raises(GateError, match="no preview of this stack has passed"):
        up(dev.paths, dev.env)


def test_another_verdicts_digest_approves_nothing(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(dev, monkeypatch)
    monkeypatch.setenv(approval.VARIABLE, "sha256:" + "0" * 64)
    assert up(dev.paths, dev.env) == 2
    assert dev.calls("up") == []


def append(name: str) -> Callable[[Checkout], object]:
    def change(dev: Checkout) -> None:
        path = dev.paths.root / name
        path.write_text(path.read_text() + "#\n")

    return change


def forge(**changes: Any) -> Callable[[Checkout], object]:
    """Evidence with another header, attested again with the checkout's own key."""

    def change(dev: Checkout) -> None:
        found = load(dev.paths.reports / binding.read(dev.paths).evidence)
        run = replace(found.run, **changes)
        records: tuple[Any, ...] = found.records
        if "assurance" in changes:
            records = tuple(replace(r, assurance=run.assurance) for r in records)
        made = replace(found, run=run, records=records)
        stored = store(made, dev.paths.reports, lambda _: "forged")
        attestation.write(stored, keys.signer(dev.paths.root))
        write_ticket(dev.paths, stored)
        os.environ[approval.VARIABLE] = stored.digest

    return change


def edit_evidence(dev: Checkout) -> None:
    path = dev.paths.reports / binding.read(dev.paths).evidence
    path.write_text(path.read_text().replace("passed", "failed", 1))


def attestation_of(dev: Checkout) -> Path:
    return attestation.beside(dev.paths.reports / binding.read(dev.paths).evidence)


def attested_by_a_stranger(dev: Checkout) -> None:
    stranger = dev.paths.root / ".state" / "stranger.pem"
    keys.generate(stranger)
    file = attestation_of(dev)
    payload, _ = envelope.unseal(file, attestation.KIND, [keys.signer(dev.paths.root).public])
    file.write_bytes(envelope.seal(payload, attestation.KIND, keys.Signer(keys.load(stranger))))


STATE = {"deployment": {"resources": [{"urn": "urn:new", "type": "x"}]}}
CHANGES: dict[str, tuple[Callable[[Checkout], object], str]] = {
    "the program": (append("infra/__main__.py"), "program"),
    "a new file of the program": (
        lambda dev: (dev.paths.root / "infra" / "new.py").write_text(""),
        "program",
    ),
    "the lock file": (append("requirements.txt"), "lock file"),
    "the config": (append("Pulumi.dev.yaml"), "config"),
    "the project": (append("Pulumi.yaml"), "config"),
    "the pack": (append("policies/PulumiPolicy.yaml"), "pack"),
    "the plan": (append(".state/plans/dev.plan.json"), "plan"),
    "the event log": (append(".state/plans/dev.events.jsonl"), "events"),
    "the trace": (append(".state/plans/dev.trace.jsonl"), "trace"),
    "the register": (append("compliance_tests/register/requirements.toml"), "register"),
    "the state": (lambda dev: dev.tell(state=STATE), "state"),
    "no plan": (lambda dev: dev.paths.plan.unlink(), "plan"),
    "the evidence": (edit_evidence, "evidence"),
    "the waivers": (
        lambda dev: (dev.paths.root / "policies" / "waivers.yaml").write_text("version: 1\n"),
        "waivers is not the one",
    ),
    "no attestation": (lambda dev: attestation_of(dev).unlink(), "attestation.json is missing"),
    "a stranger's attestation": (attested_by_a_stranger, "not trusted here"),
    "another run's attestation": (
        lambda dev: attestation_of(dev).write_text("{}"),
        "no DSSE envelope",
    ),
    "another stack's verdict": (forge(stack="prod"), "stack prod"),
    "the sandbox's verdict": (forge(assurance=Assurance.EMULATED), "sandbox"),
    "an old verdict": (forge(finished_at="2026-01-01T00:00:00.000Z"), "minutes old"),
    "a verdict from the future": (forge(finished_at="2126-01-01T00:00:00.000Z"), "future"),
    "a verdict of another commit": (forge(commit=Commit(id="0" * 40)), "commit"),
    "a verdict about another account": (forge(account="999999999999"), "account"),
    "a verdict of another command": (forge(command="audit"), "no passed preview"),
    "a verdict of another stage": (forge(stage=Stage.DEPLOYED), "no passed preview"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_not_judged_is_refused_before_the_engine_starts(
    dev: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    approved(dev, monkeypatch)
    change, said = CHANGES[name]
    change(dev)
    assert up(dev.paths, dev.env) == 2
    assert dev.calls("up") == []
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: nothing was deployed:")
    assert said in error


@pytest.mark.parametrize("more", [{"stack": "dev"}, {"finished_at": "2126-01-01T00:00:00.000Z"}])
def test_what_is_written_beside_the_verdict_counts_for_nothing(
    dev: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    more: dict[str, str],
) -> None:
    approved(dev, monkeypatch)
    ticket = json.loads(dev.paths.ticket.read_text())
    dev.paths.ticket.write_text(json.dumps(ticket | more))
    assert up(dev.paths, dev.env) == 2
    assert dev.calls("up") == []
    assert "it names" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../../elsewhere.evidence.json", "/etc/passwd", ""])
def test_a_verdict_of_a_file_elsewhere_is_refused(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ticket = approved(dev, monkeypatch)
    dev.paths.ticket.write_text(json.dumps({"verdict": ticket.verdict, "evidence": name}))
    assert up(dev.paths, dev.env) == 2
    assert dev.calls("up") == []


def test_a_wrong_clock_deploys_nothing(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    approved(dev, monkeypatch)
    monkeypatch.setattr("gate.up.identity", lambda *_: Identity("123456789012", -900.0))
    assert up(dev.paths, dev.env) == 2
    assert dev.calls("up") == []
    assert "15 minutes behind the cloud's" in capsys.readouterr().err


@pytest.mark.parametrize(("minutes", "code"), [(60, 0), (9, 2)])
def test_a_verdict_holds_as_long_as_was_asked(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch, minutes: int, code: int
) -> None:
    approved(dev, monkeypatch)
    then = datetime.now(UTC) - timedelta(minutes=10)
    forge(finished_at=canonical.utc(then))(dev)
    assert up(dev.paths, dev.env, Options(lifetime=minutes)) == code


def test_the_exit_code_is_that_of_the_step_that_did_not_pass(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def step(name: str, code: int) -> Callable[..., int]:
        def run(*_: Any) -> int:
            steps.append(name)
            return code

        return run

    monkeypatch.setattr("gate.verify.verify", step("verify", 1))
    monkeypatch.setattr("gate.report.report", step("report", 0))
    assert up(checkout.paths, checkout.env) == 1
    assert steps == ["verify", "report"], "a live proof that fails is reported all the same"
    assert up(checkout.paths, checkout.env, Options(live_proof=False)) == 0
    assert steps == ["verify", "report"], "left to a later job"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_damaged_verdict_is_one_line(
    dev: Checkout, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    approved(dev, monkeypatch)
    dev.paths.ticket.write_text(text)
    with pytest.raises(GateError, match=r"damaged.*gate preview"):
        up(dev.paths, dev.env)


@pytest.mark.parametrize(
    ("answer", "good"), [("yes", True), ("y", False), ("", False), ("YES", False)]
)
def test_on_a_terminal_only_a_typed_yes_approves(
    monkeypatch: pytest.MonkeyPatch, answer: str, good: bool
) -> None:
    monkeypatch.delenv(approval.VARIABLE, raising=False)

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda _: answer)
    asked = approval.Request("dev", "sha256:1", "deploy", "deploy this plan to dev")
    assert (approval.ask(asked).approval is not None) is good


RESOURCES = {
    "deployment": {
        "resources": [
            {"urn": "urn:pulumi:x::p::pulumi:pulumi:Stack::s", "type": "pulumi:pulumi:Stack"},
            {
                "urn": "urn:pulumi:x::p::aws:kms/key:Key::rds-key",
                "type": "aws:kms/key:Key",
                "custom": True,
                "id": "1",
            },
            {
                "urn": "urn:pulumi:x::p::aws:ec2/vpc:Vpc::other",
                "type": "aws:ec2/vpc:Vpc",
                "custom": True,
                "external": True,
            },
        ]
    }
}


def test_destroy_names_what_is_lost_and_what_is_left(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.tell(state=RESOURCES)
    assert destroy(checkout.paths, checkout.env) == 0
    out, error = capsys.readouterr()
    assert "goes for good: rds-key (aws:kms/key:Key, delete): the key" in error
    assert "nothing of the stack sandbox is left" in out


def test_destroy_of_nothing_starts_nothing(checkout: Checkout) -> None:
    assert destroy(checkout.paths, checkout.env) == 0
    assert checkout.calls("destroy") == []


def test_destroy_that_fails_lists_what_is_left(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.tell(state=RESOURCES, exit=1)
    assert destroy(checkout.paths, checkout.env) == 3
    assert "::rds-key" in capsys.readouterr().out


def test_destroy_of_a_real_stack_needs_an_approval(dev: Checkout) -> None:
    dev.tell(state=RESOURCES)
    assert destroy(dev.paths, dev.env) == 2
    assert dev.calls("destroy") == []


def test_destroy_says_that_a_protected_resource_stays(checkout: Checkout) -> None:
    state = json.loads(json.dumps(RESOURCES))
    state["deployment"]["resources"][1]["protect"] = True
    checkout.tell(state=state)
    with pytest.raises(GateError, match="rds-key is protected"):
        destroy(checkout.paths, checkout.env)
    assert checkout.calls("destroy") == []


GATE = """
import sys
from pathlib import Path
from gate import engine
engine.run(["preview", "--event-log", "e", "--save-plan", "p"], env={env!r}, root=Path({root!r}))
"""


def running(checkout: Checkout) -> tuple[subprocess.Popen[bytes], int]:
    """A gate whose engine sleeps, and the engine's pid."""
    checkout.tell(sleep=60)
    env = {**checkout.env, "POLICY_TRACE": "t"}
    code = GATE.format(env=env, root=str(checkout.paths.root))
    gate = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    for _ in range(200):
        if checkout.calls("preview"):
            break
        time.sleep(0.05)
    command = ["ps", "-ww", "-eo", "pid=,ppid=,args="]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    processes = [line.split(None, 2) for line in found.splitlines()]
    (engine,) = [int(p) for p, pp, a in processes if int(pp) == gate.pid and "--save-plan" in a]
    return gate, engine


def gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_engine_does_not_outlive_the_gate(checkout: Checkout, number: int) -> None:
    gate, engine = running(checkout)
    gate.send_signal(number)
    gate.wait(timeout=20)
    assert gone(engine)
