"""What is looked up by index, once for a stack, against the same looked up one by one; and nothing
of one stack is told of the next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from controls import CONTROLS, aurora_log_export, foreign_accounts, password_generated
from controls._in_clear import _NEAR, SHORTEST, in_clear
from core import Resource, SecretText, Settings, Stack, Value
from core.decode import SECRET, SIGNATURE, View, properties
from core.evaluate import decide_stack, look
from core.in_place import InPlace
from core.replay import encode
from core.resources import Provider
from core.values import Props
from core.wire import accounts_in, ends_of_resources, whole_stack
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

PASSWORD = "random:index/randomPassword:RandomPassword"
TOPIC = "aws:sns/topic:Topic"
OURS, OTHERS = "111111111111", "222222222222"
OUR_ARN, THEIR_ARN = (f"arn:aws:sns:sa-east-1:{account}:t" for account in (OURS, OTHERS))


def resource(type_: str, name: str, props: Mapping[str, Value], view: bool) -> Resource:
    """As the engine's message gives it, read in place, or converted at once."""
    struct = struct_pb2.Struct()
    for key, value in props.items():
        encode(value, struct.fields[key])
    urn = f"urn:pulumi:dev::p::{type_}::{name}"
    provider = Provider(
        "urn:pulumi:dev::p::pulumi:providers:aws::d", "pulumi:providers:aws", "d", Props({})
    )
    read = Props(View(struct)) if view else properties(struct)
    return Resource(urn, type_, name, read, provider=provider)


def secret(text: str) -> Value:
    return {SIGNATURE: SECRET, "value": text}


def test_a_password_is_found_wherever_it_stands_and_only_there() -> None:
    chance = Random(7)  # noqa: S311 (the same ones each time)
    letters = "abcdefgé-0123"
    for view in (True, False):
        for _ in range(60):
            texts = [
                "".join(chance.choices(letters, k=chance.randint(SHORTEST, 40))) for _ in range(4)
            ]
            held = [
                resource(PASSWORD, f"p{i}", {"result": secret(t)}, view)
                for i, t in enumerate(texts)
            ]
            shown = []
            for i in range(12):
                before = "".join(chance.choices(letters, k=chance.randint(0, 30)))
                inside = chance.choice([*texts, texts[0][1:], texts[1][:-1], ""])
                value = f"{before}{inside}{before[::-1]}"
                shown.append((f"t{i}.displayName", value))
            others = [
                resource(TOPIC, where.split(".")[0], {"displayName": value}, view)
                for where, value in shown
            ]
            stack = Stack([*held, *others])
            for text, password in zip(texts, held, strict=True):
                slow = [w for w, value in shown if len(value) >= SHORTEST and text in value]
                assert isinstance(password.props.raw("result"), SecretText)
                assert list(in_clear(password, stack)) == slow


def sent(resources: list[Resource]) -> bytes:
    """The stack as it comes over the wire."""
    request = pb.AnalyzeStackRequest()
    for each in resources:
        found = request.resources.add(urn=each.urn, type=each.type, name=each.name)
        for key in each.props.keys():  # noqa: SIM118
            encode(each.props.raw(key), found.properties.fields[key])
        assert each.provider is not None
        found.provider.urn, found.provider.type = each.provider.urn, each.provider.type
    return request.SerializeToString()


def whole(content: bytes) -> Stack:
    """The same as it is read, the accounts of its ARNs with it."""
    read = whole_stack(content)
    assert read.take() == content
    assert read.take() == b""  # it is kept no longer than it is needed
    return Stack([InPlace(r, {}, {}) for r in read.resources], accounts_in(content))


def test_a_password_is_found_in_the_bytes_of_the_whole_stack_as_by_walking() -> None:
    """Wherever it stands: in the first resource, the last, between two, and in none."""
    chance = Random(11)  # noqa: S311 (the same ones each time)
    letters, looked_at, found = "abcdefgé-0123", [], 0
    for _ in range(80):
        texts = ["".join(chance.choices(letters, k=chance.randint(SHORTEST, 70))) for _ in range(3)]
        held = [
            resource(PASSWORD, f"p{i}", {"result": secret(t)}, False) for i, t in enumerate(texts)
        ]
        others = []
        for i in range(14):
            inside = chance.choice([*texts, texts[0][1:], "", "", "", ""])
            value = f"{'x' * chance.randint(0, 1500)}{inside}{'y' * chance.choice((0, 9, 900))}"
            others.append(resource(TOPIC, f"t{i}", {"displayName": value}, False))
        content = sent(chance.sample([*held, *others], 17))
        walked, looked = whole(content), whole(content)
        look([password_generated.CONTROL], looked, content)
        near = looked.once(_NEAR, lambda: None)
        looked_at.append(len(near or ()))
        for each, other in zip(walked.of(PASSWORD), looked.of(PASSWORD), strict=True):
            shown = list(in_clear(each, walked))
            assert shown == list(in_clear(other, looked))
            found += len(shown)
    assert found > 80
    assert 3 <= min(looked_at) < 10  # the passwords themselves, and what is near
    nothing_known = whole(sent([resource(TOPIC, "t", {}, False)]))
    look([password_generated.CONTROL], nothing_known, sent([resource(TOPIC, "t", {}, False)]))
    assert nothing_known.once(_NEAR, lambda: "nobody looked") == "nobody looked"


def test_where_resources_end_is_told_of_nothing_else() -> None:
    request = pb.AnalyzeStackRequest()
    for size in (0, 1, 127, 128, 300, 20_000, 0, 70_000):
        request.resources.add(name="n" * size)
    content, ends = request.SerializeToString(), ends_of_resources(request.SerializeToString())
    assert ends is not None
    begins = [0, *ends[:-1]]
    for each, begin, end in zip(request.resources, begins, ends, strict=True):
        one = pb.AnalyzeStackRequest.FromString(content[begin:end])
        assert list(one.resources) == [each]
    assert ends[-1] == len(content)
    assert ends_of_resources(content + b"\x12\x00") is None
    assert ends_of_resources(b"") == []


def test_a_look_that_breaks_is_one_nobody_took() -> None:
    def breaks(stack: Stack, content: bytes) -> None:
        looks.append(content)
        raise RuntimeError

    looks: list[bytes] = []
    breaking = replace(password_generated.CONTROL, stack_look=breaks)
    look([breaking, foreign_accounts.CONTROL], Stack([]), b"some")
    assert looks == [b"some"]
    look([breaking], Stack([]), b"")
    assert looks == [b"some"]


def test_accounts_are_found_by_bytes_as_by_walking() -> None:
    """Where the bytes of the whole stack name no foreign account, no resource is looked at."""
    texts = (
        THEIR_ARN, OUR_ARN, "arn:aws:s3:::b", "", f"text {THEIR_ARN}", f"{THEIR_ARN}\n",
        f"arn:aws-cn:sns::{OTHERS}:t",
    )  # fmt: skip
    role: dict[str, Value] = {
        "assumeRolePolicy": json.dumps(
            {
                "Statement": [
                    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": OTHERS}}
                ]
            }
        )
    }
    for text in texts:
        for key in ("kmsMasterKeyId", "policy", "description"):
            for arn in (OUR_ARN, None):
                for beside in ({}, role):
                    props: dict[str, Value] = {key: text, "nested": [{"a": OUR_ARN}], "arn": arn}
                    resources = [
                        resource(TOPIC, "t", props, False),
                        resource(TOPIC, "u", {"displayName": "u"}, False),
                        resource("aws:iam/role:Role", "r", beside, False),
                    ]
                    walked, quick = (
                        decide_stack(foreign_accounts.CONTROL, stack, Settings("dev"))
                        for stack in (Stack(resources), whole(sent(resources)))
                    )
                    assert [(d.verdict, d.messages) for d in walked] == [
                        (d.verdict, d.messages) for d in quick
                    ], (text, key, arn, beside)


def test_one_stack_tells_nothing_of_the_next() -> None:
    """The same urns with other values, one after the other, and the first again."""
    every = {c.id: c for c in CONTROLS}
    cluster, group = "aws:rds/cluster:Cluster", "aws:cloudwatch/logGroup:LogGroup"
    password = "a-password-of-many-letters"
    name = "/aws/rds/cluster/c/postgresql"

    def stack(good: bool) -> Stack:
        database: dict[str, Value] = {
            "clusterIdentifier": "c",
            "enabledCloudwatchLogsExports": ["postgresql"],
            "masterPassword": secret(password),
        }
        shown = "no secret here" if good else password
        every: list[tuple[str, str, dict[str, Value]]] = [
            (PASSWORD, "p", {"result": secret(password), "length": 40}),
            (cluster, "db", database),
            (group, "g", {"name": name if good else "/other", "retentionInDays": 7}),
            (TOPIC, "t", {"displayName": shown, "arn": OUR_ARN}),
            (TOPIC, "u", {"kmsMasterKeyId": OUR_ARN if good else THEIR_ARN}),
        ]
        return Stack([resource(*each, view=True) for each in every])

    def said(good: bool, *listed: str) -> list[str]:
        asked = (aurora_log_export, foreign_accounts, password_generated)
        settings = Settings("dev", external_keys=listed)
        here = stack(good)
        ids = [m.CONTROL.id for m in asked]
        return [m for i in ids for d in decide_stack(every[i], here, settings) for m in d.messages]

    first, second = said(True), said(False)
    told = {
        "no log group of this stack": second,
        f"names account {OTHERS}": second,
        "whose text stands in clear in t.displayName": second,
    }
    for text, where in told.items():
        assert any(text in m for m in where), text
        assert not any(text in m for m in first), text
    assert said(True) == first
    assert said(False) == second
    listed = said(False, THEIR_ARN)
    assert not any(OTHERS in m for m in listed), "other settings, the same stack"
    assert said(False) == second


def test_a_password_that_is_not_marked_or_too_short_is_left_out() -> None:
    text, short = "abcdefghijkl", "abcdefghijk"
    held = [
        resource(PASSWORD, "marked", {"result": secret(text)}, True),
        resource(PASSWORD, "plain", {"result": f"{text}-2"}, True),
        resource(PASSWORD, "short", {"result": secret(short)}, True),
    ]
    topic = resource(TOPIC, "t", {"name": f"{text}-2 {short}"}, True)
    stack = Stack([*held, topic])
    assert list(in_clear(held[0], stack)) == ["t.name"]
    assert [list(in_clear(p, stack)) for p in held[1:]] == [[], []]
