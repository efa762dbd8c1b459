"""The pack from its start to its end: what it is told, in which order, and when it leaves."""

from __future__ import annotations

import pytest
from controls.aurora_backups import CONTROL as BACKUPS
from controls.name_suffix import CONTROL as NAME_SUFFIX
from core import Item, Settings
from core import pack as pack_module
from core.replay import Replay
from core.scenarios import build
from core.servicer import Servicer
from core.settings import PackFiles, PackSettings, SettingsError
from pulumi.runtime.proto import analyzer_pb2 as pb

STREAM = "aws:kinesis/stream:Stream"
BASELINE = Settings(stack="dev", project="p", profile="baseline", suffix="dev")


def test_what_is_told_later_counts_for_types_seen_before() -> None:
    """What a type's controls are given is worked out once; new settings must undo that."""
    stream = build([Item(STREAM, "s", {"name": "s-dev"})], BASELINE)[0]
    pack = Replay([NAME_SUFFIX], BASELINE)
    assert not pack.analyze(stream).failed
    pack.servicer.ConfigureStack(
        pb.AnalyzerStackConfigureRequest(
            stack="prod", project="p", config={"p:environmentSuffix": "prod"}
        ),
        None,
    )
    assert pack.analyze(stream).failed == {"name-suffix"}


def test_an_audit_takes_the_stack_from_the_first_urn_that_names_one() -> None:
    servicer = pack_module.in_process("x", [NAME_SUFFIX], PackSettings())
    assert isinstance(servicer, Servicer)

    def asked(urn: str, name: str) -> list[str]:
        request = pb.AnalyzeRequest(type=STREAM, urn=urn, name="s")
        request.provider.type = "pulumi:providers:aws"
        request.properties.update({"name": name})
        return [d.message for d in servicer.Analyze(request, None).diagnostics]

    [told] = asked("no-urn", "s-prod")
    assert "environmentSuffix" in told
    assert not asked(f"urn:pulumi:prod::p::{STREAM}::s", "s-prod")
    [told] = asked(f"urn:pulumi:dev::p::{STREAM}::s", "s-dev")
    assert "must end with -prod" in told


def test_an_sdk_that_builds_no_servicer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_policy.PolicyPack", lambda *_: None)
    with pytest.raises(RuntimeError, match="no longer builds its servicer"):
        pack_module.in_process("x", [BACKUPS], PackSettings())


def test_wrong_files_end_the_pack_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong() -> PackFiles:
        raise SettingsError("pack.json: it is wrong")

    monkeypatch.setattr(pack_module, "read_files", wrong)
    with pytest.raises(SystemExit, match=r"^policy pack x: pack\.json: it is wrong$"):
        pack_module.serve("x", [BACKUPS])


def test_the_pack_stays_as_long_as_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter((7, 7, 1))
    slept: list[float] = []

    def leave(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr("os.getppid", lambda: next(parents))
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("os._exit", leave)
    with pytest.raises(SystemExit) as left:
        pack_module._leave_with_engine(7)
    assert left.value.code == 1
    assert len(slept) == 2
