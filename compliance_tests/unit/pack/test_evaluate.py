"""What becomes of whatever a check does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from controls.aurora_backups import CLUSTER
from controls.aurora_backups import CONTROL as BACKUPS
from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Malformed,
    NotASubject,
    Resource,
    Settings,
    Stack,
    Undecided,
    Verdict,
    decode,
)
from core.decode import OUTPUT, SECRET, SIGNATURE
from core.evaluate import broken, decide, decide_stack, is_subject, subjects, worst
from core.scenarios import Outcome, build, run
from core.values import SECRET_PROPERTIES, Props, SecretText
from google.protobuf import struct_pb2

NOTHING = Settings()
Steps = Iterable[Finding | BaseException | None]


def checks(*steps: Any) -> Control:
    """A control whose check yields these, raising those that are exceptions."""

    def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
        for step in steps:
            if isinstance(step, BaseException):
                raise step
            yield step

    return replace(BACKUPS, check=check)


def on(control: Control, **props: Any) -> Any:
    [resource] = build([Item(CLUSTER, "db", props)])
    return decide(control, resource, NOTHING)


BAD, OPEN = Finding("it is bad."), Finding("it is open", undecided=True)


@pytest.mark.parametrize(
    ("steps", "verdict", "count"),
    [
        ((), Verdict.PASSED, 0),
        ((BAD,), Verdict.FAILED, 1),
        ((OPEN,), Verdict.NOT_EVALUATED, 1),
        ((OPEN, BAD), Verdict.FAILED, 2),
        ((NotASubject("why"),), Verdict.NOT_APPLICABLE, 0),
        ((BAD, NotASubject("why")), Verdict.FAILED, 1),
        ((Undecided("a"),), Verdict.NOT_EVALUATED, 1),
        ((BAD, Undecided("a")), Verdict.FAILED, 2),
        ((Malformed("a", "a text"),), Verdict.FAILED, 1),
        ((OPEN, Malformed("a", "a text")), Verdict.FAILED, 2),
        ((KeyError("x"),), Verdict.ERROR, 1),
        ((OPEN, KeyError("x")), Verdict.ERROR, 2),
        ((BAD, KeyError("x")), Verdict.FAILED, 2),
        ((SystemExit(0),), Verdict.ERROR, 1),
        ((RecursionError(),), Verdict.ERROR, 1),
        (("no finding",), Verdict.ERROR, 1),
        ((None,), Verdict.ERROR, 1),
    ],
)
def test_verdicts(steps: Any, verdict: Verdict, count: int) -> None:
    decision = on(checks(*steps))
    assert (decision.verdict, len(decision.messages)) == (verdict, count)


def test_ctrl_c_is_no_verdict() -> None:
    with pytest.raises(KeyboardInterrupt):
        on(checks(KeyboardInterrupt()))


@pytest.mark.parametrize("answer", [None, [], ()])
def test_a_check_may_return_nothing(answer: Any) -> None:
    quiet: Callable[..., Any] = lambda *_: answer  # noqa: E731
    [resource] = build([Item(CLUSTER, "db")])
    assert decide(replace(BACKUPS, check=quiet), resource, NOTHING).verdict is Verdict.PASSED
    by_stack = replace(BACKUPS, check=None, stack_check=quiet)
    found = decide(by_stack, resource, NOTHING, Stack([resource]))
    assert found.verdict is Verdict.PASSED
    assert decide(by_stack, resource, NOTHING).verdict is Verdict.ERROR  # no stack to look at


def test_messages() -> None:
    [message] = on(checks(BAD)).messages
    assert message == "it is bad. Write: backup_retention_period=30"
    [message] = on(checks(Finding("it is bad", fix="this"))).messages
    assert message == "it is bad. Write: this"
    [message] = on(checks(OPEN)).messages
    assert message == "[undecided] it is open. Write: backup_retention_period=30"
    [message] = on(checks(KeyError("x"))).messages
    assert message.startswith("[error] the control itself broke (KeyError at test_evaluate.py:")
    assert message.endswith("). Report it to the pack's maintainers")
    [message] = on(checks(Finding("two\nlines"))).messages
    assert "\n" not in message


def test_messages_hide_secrets() -> None:
    told = checks(Finding("it is hunter2, abcdef, abcde, in tags hunter3, in a list hunter4"))
    [message] = on(
        told,
        masterPassword="hunter2",
        tags={"password": "hunter3", "plain": "visible"},
        secretString="abcde",
        authToken=["hunter4"],
        other=SecretText("abcdef"),
    ).messages
    assert message.startswith(
        "it is (secret), (secret), abcde, in tags (secret), in a list (secret)."
    )
    [message] = on(checks(Finding("it is visible")), tags={"plain": "visible"}).messages
    assert "visible" in message


def test_a_secret_within_another_leaves_nothing_of_either() -> None:
    def tell(found: Resource, _: Settings) -> list[Finding]:
        return [Finding(found.props.text("description") or "")]

    short, long = SecretText("hunter"), SecretText("hunter2-and-more")
    told = on(replace(BACKUPS, check=tell), description="it is hunter2-and-more", a=short, b=long)
    assert told.messages[0].startswith("it is (secret). Write")


def test_observed() -> None:
    seen = replace(
        checks(),
        properties=("a", "tags.Name", "masterPassword", "tags.password", "absent", "b.c.d"),
    )
    decision = on(
        seen,
        a=7.0,
        tags={"Name": "x", "password": "p"},
        masterPassword="p",
        b={"c": {"d": UNKNOWN}},
    )
    assert decision.observed == {
        "a": "7",
        "tags.Name": "x",
        "masterPassword": "(secret)",
        "tags.password": "(secret)",
        "absent": "absent",
        "b.c.d": "unknown",
    }
    assert on(checks(NotASubject("why")), a=7.0).observed == {}


def test_subjects() -> None:
    resources = build(
        [
            Item(CLUSTER, "db"),
            Item("aws:kms/key:Key", "key"),
            Item("my:c:C", "c", custom=False),
            Item("my:d:D", "d", custom=False),
        ]
    )
    stack = Stack(resources)
    everything = replace(BACKUPS, subjects=("*",))
    assert [r.name for r in subjects(BACKUPS, stack)] == ["db"]
    assert [r.name for r in subjects(everything, stack)] == ["db", "key"]
    beside = replace(BACKUPS, subjects=("*", "my:c:C"))
    assert [r.name for r in subjects(beside, stack)] == ["db", "key", "c"]
    assert not is_subject(BACKUPS, resources[1])
    other = decide(BACKUPS, resources[1], NOTHING)
    assert other.verdict is Verdict.NOT_APPLICABLE
    assert other.reason == "not of its types"
    assert on(checks(NotASubject("why"))).reason == "why"


def test_by_graph_or_by_value() -> None:
    def look(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
        stack.refers_to(resource, "kmsKeyId", ("aws:kms/key:Key",))
        yield from ()

    looking = replace(BACKUPS, check=None, stack_check=look)
    items = [
        Item("aws:kms/key:Key", "key", {"arn": "arn:key"}),
        Item(CLUSTER, "graph", {"kmsKeyId": UNKNOWN}, {"kmsKeyId": ("key",)}),
        Item(CLUSTER, "value", {"kmsKeyId": "arn:key"}, {"kmsKeyId": ("key",)}),
    ]
    found = decide_stack(looking, Stack(build(items)), NOTHING)
    assert [(d.subject.name, d.by) for d in found] == [("graph", "graph"), ("value", "value")]
    assert on(checks()).by == "value"


def test_only_suspects_are_looked_at_one_by_one() -> None:
    """The rest pass; what keeps the control from telling them apart makes all of them suspects."""
    looked: list[str] = []

    def look(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
        looked.append(resource.name)
        yield BAD

    def some(stack: Stack, _: Settings) -> set[int]:
        return {id(stack.resources[1])}

    def by_graph(stack: Stack, settings: Settings) -> set[int]:
        stack.used_graph = True
        return some(stack, settings)

    def breaks(*_: object) -> NoReturn:
        raise SystemExit

    def open_(*_: object) -> NoReturn:
        raise Undecided("policy")

    stack = Stack(build([Item(CLUSTER, name) for name in "abc"]))
    for suspects, names in (
        (some, "b"), (by_graph, "b"), (lambda *_: (), ""), (lambda *_: None, "abc"),
        (breaks, "abc"), (open_, "abc"), (None, "abc"),
    ):  # fmt: skip
        looked.clear()
        looking = replace(BACKUPS, check=None, stack_check=look, stack_suspects=suspects)
        found = decide_stack(looking, stack, NOTHING)
        assert "".join(looked) == names
        assert [d.subject for d in found] == list(stack.resources)
        for decision in found:
            failed = decision.subject.name in names
            assert decision.verdict is (Verdict.FAILED if failed else Verdict.PASSED)
            assert decision.by == ("graph" if suspects is by_graph and not failed else "value")
    with pytest.raises(KeyboardInterrupt):
        decide_stack(replace(looking, stack_suspects=_interrupted), stack, NOTHING)


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def test_worst() -> None:
    assert worst([]) is Verdict.NOT_APPLICABLE
    assert worst([Verdict.PASSED, Verdict.NOT_APPLICABLE]) is Verdict.PASSED
    assert worst([Verdict.NOT_EVALUATED, Verdict.PASSED]) is Verdict.NOT_EVALUATED
    assert worst([Verdict.NOT_EVALUATED, Verdict.ERROR]) is Verdict.ERROR
    assert worst([Verdict.FAILED, Verdict.ERROR]) is Verdict.FAILED


def test_what_could_not_be_read() -> None:
    [resource] = build([Item(CLUSTER, "db")])
    decision = broken(BACKUPS, resource, RecursionError())
    assert decision.by == "value"
    assert decision.verdict is Verdict.ERROR
    assert decision.messages == (
        "[error] the control itself broke (RecursionError). Report it to the pack's maintainers",
    )


def test_a_scenario_is_judged_by_verdict_and_words() -> None:
    refused = next(s for s in BACKUPS.scenarios if s.says)
    outcome = run(BACKUPS, refused)
    assert outcome.as_expected
    assert not Outcome(
        BACKUPS, replace(refused, says="something else"), outcome.decisions
    ).as_expected
    assert not Outcome(
        BACKUPS, replace(refused, verdict=Verdict.ERROR), outcome.decisions
    ).as_expected


@pytest.mark.parametrize("marked", ["masterPassword", "token", "everything"])
def test_messages_hide_secrets_of_what_the_engine_sent(marked: str) -> None:
    """The bytes of a request are looked through before its values: for a mark, or a name."""
    sent = struct_pb2.Struct()
    sent["note"] = "abcdef-and-more"
    if marked == "everything":
        for name in SECRET_PROPERTIES:
            sent[name] = "abcdef"
        sent["output"] = {SIGNATURE: OUTPUT, "value": "x"}
    by_name = marked == "masterPassword"
    sent[marked] = "abcdef" if by_name else {SIGNATURE: SECRET, "value": "abcdef"}
    props = Props(decode.View(sent))
    assert props.content() is not None
    [resource] = build([Item(CLUSTER, "db", {})])
    told = decide(checks(Finding("it is abcdef, really")), replace(resource, props=props), NOTHING)
    assert told.messages[0].startswith("it is (secret), really")


@pytest.mark.parametrize("name", sorted(SECRET_PROPERTIES))
def test_the_name_of_a_secret_property_is_found_at_any_depth(name: str) -> None:
    for values in ({name: "abcdef"}, {"list": [{"deeper": {name: ["abcdef"]}}]}):
        sent = struct_pb2.Struct()
        sent.update(values)
        [resource] = build([Item(CLUSTER, "db", {})])
        read = replace(resource, props=Props(decode.View(sent)))
        told = decide(checks(Finding("it is abcdef, really")), read, NOTHING)
        assert told.messages[0].startswith("it is (secret), really")
