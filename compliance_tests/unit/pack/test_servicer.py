"""The pack's servicer and the stock one over the same decisions, asked as the engine asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from controls import CONTROLS
from controls.aurora_backups import CLUSTER
from controls.aurora_backups import CONTROL as BACKUPS
from controls.default_group_managed import CONTROL as DEFAULT_GROUP
from core import UNKNOWN, Control, Finding, Item, Level, Resource, Settings, Value, Verdict
from core import pack as pack_module
from core.evaluate import worst
from core.replay import Answer, Replay, ask
from core.scenarios import build, run
from core.servicer import Servicer
from core.settings import PackFiles, PackSettings
from core.stock import Watched
from core.values import SecretText
from pulumi.runtime.proto import analyzer_pb2 as pb

BASELINE = Settings(stack="dev", project="p", profile="baseline", suffix="dev")
PRODUCTION = Settings(stack="prod", project="p", profile="production", suffix="prod")
BOTH = pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])


def said(answer: Answer) -> list[tuple[Any, ...]]:
    return [
        (d.policyName, d.message, d.urn, d.enforcementLevel, d.severity, d.description)
        for d in answer.diagnostics
    ]


def db(days: Value, kind: str = CLUSTER) -> Resource:
    [resource] = build([Item(kind, "db", {"backupRetentionPeriod": days})], BASELINE)
    return resource


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.id)
def test_ours_and_stock_give_the_same_answers(control: Control) -> None:
    for scenario in control.scenarios:
        if "in clear in" in scenario.says:
            continue  # the stock servicer does not tell which values are secret
        ours, stock = ask(control, scenario), ask(control, scenario, use_stock=True)
        outcome = run(control, scenario)
        assert worst(a.verdict(control) for a in ours) is outcome.verdict, scenario.name
        assert [said(a) for a in ours] == [said(a) for a in stock], scenario.name
        assert [a.not_applicable for a in ours] == [a.not_applicable for a in stock], scenario.name
        assert [a.passed for a in ours] == [a.passed for a in stock], scenario.name
        assert [d[1] for a in ours for d in said(a)] == list(outcome.messages), scenario.name


@BOTH
def test_every_control_of_a_phase_is_passed_failed_or_not_applicable(stock: bool) -> None:
    pack = Replay(CONTROLS, BASELINE, stock)
    on = {c.id: c for c in CONTROLS if pack.levels[c.id] != pb.DISABLED}
    answer = pack.analyze(db(30.0))
    resource = {i for i, c in on.items() if c.kind == "resource"}
    assert answer.passed | answer.failed | set(answer.not_applicable) == resource
    assert "aurora-backups" in answer.passed
    spoken = {i for i in resource if {CLUSTER, "*"} & set(on[i].subjects)}
    assert answer.passed | answer.failed <= spoken
    answer = pack.analyze_stack([db(30.0)])
    stack = {i for i, c in on.items() if c.kind == "stack"}
    assert answer.passed | answer.failed | set(answer.not_applicable) == stack
    assert answer.not_applicable["vpc-flow-logs"] == "the stack has no such resource"


@BOTH
def test_components_providers_and_the_stack_are_no_subjects(stock: bool) -> None:
    pack = Replay(CONTROLS, BASELINE, stock)
    for kind, custom in (
        ("pulumi:pulumi:Stack", False),
        ("pulumi:providers:aws", False),
        ("my:component:Network", False),
        ("pulumi:pulumi:StackReference", True),
    ):
        [resource] = build([Item(kind, "x", {"name": "x"}, custom=custom)], BASELINE)
        answer = pack.analyze(resource)
        assert not answer.passed | answer.failed, kind


@BOTH
def test_remediate_lists_nothing_as_passed(stock: bool) -> None:
    pack = Replay(CONTROLS, BASELINE, stock)
    response = pack.servicer.Remediate(pb.AnalyzeRequest(type=CLUSTER), None)
    assert not response.remediations
    names = {n.policy_name for n in response.not_applicable}
    assert names == {c.id for c in CONTROLS if c.kind == "resource"}


@BOTH
@pytest.mark.parametrize(
    ("settings", "level"), [(BASELINE, pb.ADVISORY), (PRODUCTION, pb.MANDATORY)]
)
def test_the_level_is_the_profiles(stock: bool, settings: Settings, level: int) -> None:
    pack = Replay([DEFAULT_GROUP], settings, stock)
    pack.configure({})
    assert pack.levels[DEFAULT_GROUP.id] == level
    answer = pack.analyze_stack(build([Item("aws:ec2/vpc:Vpc", "vpc")], settings))
    assert [d.enforcementLevel for d in answer.diagnostics] == [level]


@BOTH
def test_a_control_that_is_off_in_the_profile_says_nothing(stock: bool) -> None:
    off = replace(BACKUPS, levels={"baseline": Level.OFF, "production": Level.MANDATORY})
    pack = Replay([off], BASELINE, stock)
    pack.configure({})
    assert pack.levels[off.id] == pb.DISABLED
    answer = pack.analyze(db(1.0))
    assert not answer.diagnostics
    assert not answer.passed | set(answer.not_applicable)


@BOTH
@pytest.mark.parametrize(
    ("level", "said_at", "seen"),
    [
        (pb.ADVISORY, [pb.ADVISORY], Level.ADVISORY),
        (pb.DISABLED, [], Level.OFF),
        (pb.REMEDIATE, [pb.MANDATORY], Level.MANDATORY),
    ],
)
def test_a_level_of_the_config_is_honoured_and_seen(
    stock: bool, level: pb.EnforcementLevel.ValueType, said_at: list[int], seen: Level
) -> None:
    pack = Replay([BACKUPS], BASELINE, stock)
    pack.levels[BACKUPS.id] = level
    pack.configure({})
    answer = pack.analyze(db(1.0))
    assert [d.enforcementLevel for d in answer.diagnostics] == said_at
    assert pack.settings.level(BACKUPS) is seen
    assert pack.settings.announced(BACKUPS) is Level.MANDATORY


@BOTH
def test_parameters_of_the_config_reach_the_control(stock: bool) -> None:
    pack = Replay([BACKUPS], BASELINE, stock)
    pack.configure({BACKUPS.id: {"minimumDays": 35}})
    assert "35 days" in pack.analyze(db(34.0)).diagnostics[0].message


@BOTH
def test_a_crash_is_mandatory_whatever_the_level(stock: bool) -> None:
    def crash(resource: Resource, settings: Settings) -> Iterator[Finding]:
        raise KeyError("secret text")
        yield

    broken = replace(BACKUPS, check=crash, levels={"baseline": Level.ADVISORY})
    pack = Replay([broken], BASELINE, stock)
    pack.configure({})
    [diagnostic] = pack.analyze(db(30.0)).diagnostics
    assert diagnostic.enforcementLevel == pb.MANDATORY
    assert diagnostic.message.startswith("[error] the control itself broke (KeyError at test_")
    assert "secret text" not in diagnostic.message


@BOTH
def test_an_unknown_value_is_a_violation_at_the_controls_level(stock: bool) -> None:
    pack = Replay([BACKUPS], BASELINE, stock)
    [diagnostic] = pack.analyze(db(UNKNOWN)).diagnostics
    assert diagnostic.enforcementLevel == pb.MANDATORY
    assert diagnostic.message.startswith("[undecided] `backupRetentionPeriod`")


def test_what_cannot_be_read_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = Replay([BACKUPS, DEFAULT_GROUP], BASELINE)

    def unreadable(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("core.decode.resource", unreadable)
    monkeypatch.setattr("core.servicer.InPlace", unreadable)
    assert pack.analyze(db(30.0)).verdict(BACKUPS) is Verdict.ERROR
    assert pack.analyze_stack([db(30.0)]).verdict(DEFAULT_GROUP) is Verdict.ERROR


@BOTH
def test_an_audit_names_the_stack_by_its_urns(stock: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLICY_SUFFIX", raising=False)
    monkeypatch.delenv("POLICY_STACK", raising=False)
    pack = Replay([DEFAULT_GROUP], PRODUCTION, stock)
    pack.settings.__init__(PackFiles({"prod": "production"}))  # type: ignore[misc]
    assert (pack.settings.told, pack.settings.suffix) == (False, None)
    resources = build([Item("aws:ec2/vpc:Vpc", "vpc")], PRODUCTION)
    pack.servicer._begin(resources[0].urn)
    assert (pack.settings.stack, pack.settings.project) == ("prod", "p")
    assert (pack.settings.profile, pack.settings.suffix) == ("production", "prod")


def test_the_stack_phase_knows_what_was_left_out() -> None:
    """A left-out computed property is unknown among the outputs, but not among the inputs."""
    seen: list[bool] = []

    def look(resource: Resource, stack: Any, settings: Settings) -> Iterator[Finding]:
        seen.append(resource.declared("port"))
        yield from ()

    looking = replace(DEFAULT_GROUP, stack_check=look, subjects=(CLUSTER,))
    for props, computed in (({}, ("port",)), ({"port": UNKNOWN}, ())):
        pack = Replay([looking], BASELINE)
        resources = build([Item(CLUSTER, "db", props, computed=computed)], BASELINE)
        pack.analyze(resources[0])
        pack.analyze_stack(resources)
    assert seen == [False, True]


def test_settings_of_a_stack() -> None:
    settings = PackSettings()
    settings.configure_stack(
        "dev", "p", {"other:environmentSuffix": "x", "p:environmentSuffix": "y"}
    )
    assert settings.suffix == "y"
    settings.configure_stack("dev", "p", {"p:environmentSuffix": ""})
    assert settings.suffix == "dev"
    settings.configure_stack("dev", "p", {})
    assert settings.suffix is None
    settings.configure_stack(
        "dev", "p", {"p:environmentSuffix": "s"}, frozenset({"p:environmentSuffix"})
    )
    assert settings.suffix is None
    settings.params["name-suffix"] = {"suffix": "configured"}
    assert settings.suffix == "configured"


@pytest.mark.parametrize(("version", "falls_back"), [("1.21.0", False), ("9.9.9", True)])
def test_an_unknown_sdk_is_answered_by_the_stock_servicer_and_says_so(
    version: str,
    falls_back: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served: list[object] = []
    monkeypatch.setattr(pack_module, "VERSION", version)
    monkeypatch.setattr("core.pack.signal.signal", lambda *_: None)
    monkeypatch.setattr(pack_module, "with_servicer", lambda wrap, _: served.append(wrap(None)))
    monkeypatch.delenv("POLICY_STOCK", raising=False)
    pack_module.serve("a-pack", [BACKUPS])
    assert isinstance(served[0], Watched if falls_back else Servicer)
    assert ("9.9.9 answers itself: slower, same decisions" in capsys.readouterr().err) is falls_back


@BOTH
def test_other_settings_are_heard_between_two_resources(stock: bool) -> None:
    """What is worked out for a type of resource is worked out again when the settings change."""
    pack = Replay([BACKUPS], BASELINE, stock)
    assert pack.analyze(db(30.0)).passed
    pack.configure({BACKUPS.id: {"minimumDays": 35}})
    assert pack.analyze(db(30.0)).failed
    if not stock:  # the stock servicer keeps the level that it was told first
        pack.levels[BACKUPS.id] = pb.DISABLED
        pack.configure({})
        assert not pack.analyze(db(1.0)).failed


@BOTH
def test_what_can_be_configured_is_announced(stock: bool) -> None:
    info = Replay(CONTROLS, BASELINE, stock).servicer.GetAnalyzerInfo(None, None)
    announced = {p.name: set(p.configSchema.properties) for p in info.policies}
    assert announced == {c.id: set(c.config_schema) for c in CONTROLS}


@BOTH
def test_a_check_sees_the_parent_and_which_values_are_secret(stock: bool) -> None:
    seen: list[tuple[str, object]] = []

    def look(resource: Resource, settings: Settings) -> Iterator[Finding]:
        seen.append((resource.options.parent, resource.props.raw("note")))
        yield from ()

    items = [
        Item("my:component:Data", "data", custom=False),
        Item(CLUSTER, "db", {"note": SecretText("hidden")}, parent="data"),
        Item(CLUSTER, "orphan", {"note": "shown"}),
    ]
    parent, *clusters = build(items, BASELINE)
    pack = Replay([replace(BACKUPS, check=look)], BASELINE, stock)
    for cluster in clusters:
        pack.analyze(cluster)
    [(of, secret), (_, plain)] = seen
    assert of == parent.urn
    assert isinstance(secret, SecretText)
    assert (secret.reveal(), plain, isinstance(plain, SecretText)) == ("hidden", "shown", False)
