"""The pack on the wire: a real gRPC server and client, against the same calls in this process."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from controls import CONTROLS
from core import Item, Settings, Stack
from core.pack import with_servicer
from core.replay import Replay
from core.scenarios import build
from core.wire import SERVICE, register
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

SETTINGS = Settings(stack="dev", project="p", profile="baseline", suffix="dev")
BOTH = pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])
KEY, CLUSTER = "aws:kms/key:Key", "aws:rds/cluster:Cluster"


@pytest.fixture
def served(stock: bool) -> Iterator[tuple[Replay, analyzer_pb2_grpc.AnalyzerStub]]:
    pack = Replay(CONTROLS, SETTINGS, stock)
    server = grpc.server(futures.ThreadPoolExecutor(1))
    register(pack.servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield pack, analyzer_pb2_grpc.AnalyzerStub(channel)
    server.stop(None)


@BOTH
def test_every_method_answers_over_the_wire(served: tuple[Replay, Any]) -> None:
    pack, stub = served
    empty = empty_pb2.Empty()
    [key, cluster] = build([Item(KEY, "k", {}), Item(CLUSTER, "db", {})], SETTINGS)
    one = pb.AnalyzeRequest(type=cluster.type, urn=cluster.urn, name="db")
    one.properties.update({"backupRetentionPeriod": 7})
    plain = pb.AnalyzeRequest(type="random:index/randomId:RandomId", urn=key.urn, name="k")
    whole = pb.AnalyzeStackRequest()
    for each in (key, cluster):
        whole.resources.add(type=each.type, urn=each.urn, name=each.name)
    asked: list[tuple[str, Any]] = [
        ("Handshake", pb.AnalyzerHandshakeRequest()),
        ("GetPluginInfo", empty),
        ("GetAnalyzerInfo", empty),
        ("ConfigureStack", pb.AnalyzerStackConfigureRequest(stack="dev", project="p")),
        ("Configure", pb.ConfigureAnalyzerRequest()),
        ("Remediate", one),
        ("Analyze", one),
        ("Analyze", plain),
        ("Analyze", plain),
        ("AnalyzeStack", whole),
        ("Cancel", empty),
    ]
    assert {name for name, _ in asked} == {method.name for method in SERVICE.methods}
    for name, request in asked:
        answer = getattr(stub, name)(request)
        direct = getattr(pack.servicer, name)(request, None)
        assert answer == direct, name
        if name in ("Remediate", "Analyze", "AnalyzeStack"):
            assert answer.not_applicable, name
    told = stub.Analyze(one)
    assert "aurora-backups" in {d.policyName for d in told.diagnostics}


@pytest.mark.parametrize("stock", [False], ids=["ours"])
def test_a_stack_is_let_go_after_the_answer(served: tuple[Replay, Any]) -> None:
    _, stub = served
    whole = pb.AnalyzeStackRequest()
    whole.resources.add(type=KEY, urn=f"urn:pulumi:d::p::{KEY}::n", name="let-go")
    assert stub.AnalyzeStack(whole).not_applicable
    patience = time.monotonic() + 20
    while _held("let-go"):
        assert time.monotonic() < patience, "a stack is still held"
        time.sleep(0.01)


def _held(name: str) -> bool:
    stacks = (each for each in gc.get_objects() if isinstance(each, Stack))
    return any(resource.name == name for stack in stacks for resource in stack.resources)


@pytest.mark.parametrize("stock", [False], ids=["ours"])
def test_an_answer_kept_ready_is_the_one_of_its_settings(served: tuple[Replay, Any]) -> None:
    """What is serialized once is forgotten when the levels change."""
    pack, stub = served
    request = pb.AnalyzeRequest(type="random:index/randomId:RandomId", urn="urn:pulumi:d::p::t::n")
    before = {n.policy_name for n in stub.Analyze(request).not_applicable}
    off = pb.ConfigureAnalyzerRequest()
    for name, level in pack.levels.items():
        off.policyConfig[name].enforcementLevel = level
    off.policyConfig["aurora-backups"].enforcementLevel = pb.DISABLED
    stub.Configure(off)
    after = {n.policy_name for n in stub.Analyze(request).not_applicable}
    assert before - after == {"aurora-backups"}


def test_the_pack_is_put_on_the_wire_by_our_own_code() -> None:
    """PolicyPack adds its servicer by a function of its own; ours stands in for it, and goes."""
    original = analyzer_pb2_grpc.add_AnalyzerServicer_to_server
    added: list[object] = []

    class Server:
        def add_generic_rpc_handlers(self, handlers: object) -> None:
            added.append(handlers)

    server: Any = Server()

    servicer = Replay(CONTROLS, SETTINGS).servicer
    with_servicer(
        lambda _: servicer,
        lambda: analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server),
    )
    assert len(added) == 1
    assert analyzer_pb2_grpc.add_AnalyzerServicer_to_server is original
