"""Which resources a property points to: by value, by graph, or not to be told."""

from __future__ import annotations

from dataclasses import replace

from core import UNKNOWN, Item, Props, Stack, Value
from core.resources import Resource
from core.scenarios import build

KEY, DB = "aws:kms/key:Key", "aws:rds/cluster:Cluster"


def stack(value: Value, *needs: str, computed: tuple[str, ...] = (), **known: str) -> Stack:
    keys = [
        Item(KEY, name, {"arn": known[name]} if name in known else {}, computed=("id",))
        for name in ("a", "b", "c")
    ]
    props = {} if computed else {"kmsKeyId": value}
    return Stack(build([*keys, Item(DB, "db", props, {"kmsKeyId": needs}, computed=computed)]))


def points(found: Stack) -> tuple[list[str], list[str], bool, bool]:
    reference = found.refers_to(found.of(DB)[0], "kmsKeyId", (KEY,))
    names = [t.name for t in reference.targets]
    return names, list(reference.strangers), reference.undecided, reference.by_graph


def test_by_value() -> None:
    assert points(stack("arn:a", "b", a="arn:a")) == (["a"], [], False, False)
    assert points(stack("arn:x", "a", a="arn:a")) == ([], ["arn:x"], False, False)
    assert points(stack(["arn:a", "arn:x"], a="arn:a")) == (["a"], ["arn:x"], False, False)
    assert points(stack(5.0)) == ([], ["5.0"], False, False)
    assert points(stack([{"a": "b"}])) == ([], ["{'a': 'b'}"], False, False)
    assert points(stack("")) == ([], [""], False, False)
    assert points(stack([])) == ([], [], False, False)


def test_by_graph() -> None:
    assert points(stack(UNKNOWN, "a")) == (["a"], [], False, True)
    assert points(stack(UNKNOWN, "a", "b")) == (["a", "b"], [], False, True)
    assert points(stack([UNKNOWN], "a")) == (["a"], [], False, True)
    assert points(stack([UNKNOWN, UNKNOWN], "a", "b")) == (["a", "b"], [], False, True)
    assert points(stack([UNKNOWN, "arn:b"], "a", "b", b="arn:b")) == (["b", "a"], [], False, True)


def test_something_else_beside_decides_nothing() -> None:
    """A value computed from a key and from another resource may be either's."""
    for value in (UNKNOWN, [UNKNOWN], [UNKNOWN, UNKNOWN]):
        assert points(stack(value, "a", "b", "db")) == ([], [], True, True)
        assert points(stack(value, "a", "db")) == ([], [], True, True)
    assert points(stack("arn:a", "a", "db", a="arn:a")) == (["a"], [], False, False)


def test_exactly_one() -> None:
    def one(found: Stack) -> str:
        resource = found.refers_to(found.of(DB)[0], "kmsKeyId", (KEY,)).one
        return resource.name if resource else ""

    assert one(stack(UNKNOWN, "a")) == "a"
    assert one(stack("arn:a", a="arn:a")) == "a"
    assert one(stack(UNKNOWN, "a", "b")) == ""
    assert one(stack(["arn:a", "arn:x"], a="arn:a")) == ""
    assert one(stack(["arn:a", UNKNOWN], a="arn:a")) == ""
    assert one(stack(UNKNOWN)) == ""


def test_undecided() -> None:
    assert points(stack(UNKNOWN)) == ([], [], True, True)
    assert points(stack([UNKNOWN])) == ([], [], True, True)
    assert points(stack([UNKNOWN, UNKNOWN], "a")) == ([], [], True, True)
    assert points(stack([UNKNOWN], "a", "b")) == ([], [], True, True)
    assert points(stack([UNKNOWN, UNKNOWN], "a", "b", "c")) == ([], [], True, True)
    assert points(stack([UNKNOWN, "arn:b"], "b", b="arn:b")) == (["b"], [], True, True)


def test_left_out_points_to_nothing() -> None:
    assert points(stack(None, computed=("kmsKeyId",))) == ([], [], False, False)
    assert points(stack(None)) == ([], [], False, False)


def test_left_out_but_known_once_deployed() -> None:
    key = Item(KEY, "a", {"arn": "arn:a"})
    for value, names in (("arn:a", ["a"]), ("arn:x", [])):
        found = Stack(build([key, Item(DB, "db", outputs={"kmsKeyId": value})]))
        assert points(found)[0] == names


def test_declared_without_inputs() -> None:
    """Resources that a targeted run does not analyze have no inputs: the graph must do."""
    [resource] = build(
        [Item(DB, "db", {"a": "x", "b": UNKNOWN, "c": UNKNOWN, "d": None}, {"b": ()})]
    )
    bare = replace(resource, inputs=None)
    assert [bare.declared(k) for k in "abcde"] == [True, True, False, False, False]
    assert [resource.declared(k) for k in "abcde"] == [True, True, True, False, False]


def test_the_stack_and_its_types() -> None:
    found = stack(UNKNOWN, "a", "b")
    db = found.of(DB)[0]
    assert [r.name for r in found.of(KEY, DB)] == ["a", "b", "c", "db"]
    assert found.of("aws:x") == []
    assert found.by_urn[db.urn] is db
    assert [r.name for r in found.sources(db, "kmsKeyId")] == ["a", "b"]
    assert found.sources(db, "kmsKeyId", DB) == []
    assert found.sources(db, "other") == []


def test_the_graph_is_seen_to_be_used_also_from_memory() -> None:
    found = stack(UNKNOWN, "a")
    db = found.of(DB)[0]
    calls = []

    def compute() -> int:
        calls.append(1)
        found.refers_to(db, "kmsKeyId", (KEY,))
        return 5

    assert not found.used_graph
    assert found.once("x", compute) == 5
    assert found.used_graph
    found.used_graph = False
    assert found.once("x", compute) == 5
    assert found.used_graph
    assert calls == [1]
    found.used_graph = False
    assert found.once("y", lambda: 6) == 6
    assert not found.used_graph
    assert found.once("y", lambda: 0) == 6
    assert not found.used_graph
    found.used_graph = True
    assert found.once("z", lambda: 7) == 7
    assert found.used_graph
    found.used_graph = False
    found.sources(db, "kmsKeyId")
    assert found.used_graph
    found.used_graph = True
    assert found.once("nested", lambda: found.once("inner", lambda: 8)) == 8
    assert found.used_graph
    known = stack("arn:a", "a", a="arn:a")
    known.sources(known.of(DB)[0], "kmsKeyId")
    assert not known.used_graph


def test_what_is_governed() -> None:
    kinds = [
        (KEY, True, True),
        ("aws-native:rds:DbCluster", True, True),
        ("pulumi-python:dynamic:Resource", True, True),
        ("my:component:Thing", False, False),
        ("pulumi:pulumi:Stack", False, False),
        ("pulumi:providers:aws", True, False),
        ("pulumi:pulumi:StackReference", True, False),
    ]
    for kind, custom, governed in kinds:
        [resource] = build([Item(kind, "x", custom=custom)])
        assert resource.is_governed is governed, kind
        assert list(Stack([resource]).governed) == [resource] * governed, kind
    bare = Resource("urn", KEY, "x", Props({}))
    assert (bare.is_custom, bare.options.parent, dict(bare.property_dependencies)) == (
        False,
        "",
        {},
    )
    assert not bare.options.protect
    assert not bare.options.delete_before_replace


def test_scenario_resources() -> None:
    child, parent = build(
        [Item(KEY, "parent"), Item(DB, "child", parent="parent", outputs={"arn": "x"})]
    )[::-1]
    assert child.urn.endswith(f"::{KEY}${DB}::child")
    assert child.options.parent == parent.urn
    assert (child.props.raw("arn"), child.inputs and child.inputs.raw("arn")) == ("x", None)
    assert parent.options.parent.endswith("pulumi:pulumi:Stack::scenario-test")
    assert child.provider is not None
    assert child.provider.type == "pulumi:providers:aws"


def test_the_other_way_round_is_the_same_for_each_resource() -> None:
    """`referring` answers for all subjects at once what `refers_to` answers for one."""
    for found in (
        stack("arn:a", a="arn:a"),
        stack(UNKNOWN, "b"),
        stack(UNKNOWN, "a", "b"),
        stack(UNKNOWN),
        stack("elsewhere", a="arn:a"),
    ):
        one = found.refers_to(found.of(DB)[0], "kmsKeyId", (KEY,))
        every = found.referring((DB,), "kmsKeyId", (KEY,))
        assert [(r.name, reference) for r, reference in every.every] == [("db", one)]
        pointed = [key.name for key in found.of(KEY) if every.to(key)]
        assert pointed == [t.name for t in one.targets]


def test_what_the_graph_decided_is_remembered_with_the_answer() -> None:
    def one(s: Stack) -> object:
        return s.refers_to(s.of(DB)[0], "kmsKeyId", (KEY,))

    def every(s: Stack) -> object:
        return s.referring((DB,), "kmsKeyId", (KEY,))

    for ask in (one, every):
        found = stack(UNKNOWN, "b")
        for _ in range(2):  # the second time it comes from memory
            found.used_graph = False
            ask(found)
            assert found.used_graph
        known = stack("arn:a", a="arn:a")
        ask(known)
        assert not known.used_graph


def test_two_resources_of_one_urn_are_two() -> None:
    """A memory by urn would answer for the second what it found for the first."""
    found = stack("arn:a", a="arn:a")
    db = found.of(DB)[0]
    twin = replace(db, props=Props({"kmsKeyId": "elsewhere"}))
    assert found.refers_to(db, "kmsKeyId", (KEY,)).one
    assert found.refers_to(twin, "kmsKeyId", (KEY,)).strangers == ("elsewhere",)


def test_by_id_by_arn_or_by_name_when_nothing_else_is_said() -> None:
    for identity in ("id", "arn", "name"):
        key = Item(KEY, "a", {identity: "it"})
        found = Stack(build([key, Item(DB, "db", {"kmsKeyId": "it"})]))
        assert points(found) == (["a"], [], False, False)
        [a] = found.of(KEY)
        assert [r.name for r, _ in found.referring((DB,), "kmsKeyId", (KEY,)).to(a)] == ["db"]


def test_what_is_computed_from_another_stacks_resource_is_undecided() -> None:
    found = stack(UNKNOWN, "a")
    db = found.of(DB)[0]
    graph = {"kmsKeyId": ("urn:pulumi:elsewhere::p::t::n",)}
    strange = replace(db, property_dependencies=graph)
    alone = Stack([*found.of(KEY), strange])
    assert alone.sources(strange, "kmsKeyId") == []
    assert points(alone) == ([], [], True, True)
