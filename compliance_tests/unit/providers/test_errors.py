"""A bad answer is one clear line; what exists stays in the state; secrets stay secret."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from compliance_tests.unit.providers.engine import REGION, Engine, RpcError, engine_for, urn
from compliance_tests.unit.providers.world import World
from sandbox.providers import clients as clients_module
from sandbox.providers.aws.package import AwsPackage
from sandbox.providers.clients import Clients
from sandbox.providers.errors import ProviderError, explain, made
from sandbox.providers.values import SECRET, SIGNATURE, from_struct, to_struct

VPC = "aws:ec2/vpc:Vpc"
THROTTLED = (
    b"<Response><Errors><Error><Code>RequestLimitExceeded</Code>"
    b"<Message>slow</Message></Error></Errors></Response>"
)


@contextmanager
def answering(status: int, body: bytes, seconds: float = 0.0) -> Iterator[tuple[str, list[str]]]:
    """An endpoint that answers everything alike."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            time.sleep(seconds)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def failing(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> RpcError:
    """Create a VPC at an endpoint and give the failure."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    engine = Engine()
    inputs, _ = engine.check(VPC, {"cidrBlock": "10.0.0.0/16"})
    with pytest.raises(RpcError) as failure:
        engine.create(VPC, inputs)
    assert "\n" not in str(failure.value)
    assert "Traceback" not in str(failure.value)
    return failure.value


def test_an_html_page_instead_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(500, b"<!doctype html>\n<title>500</title>\n<h1>Internal Server Error</h1>") as (
        url,
        asked,
    ):
        error = failing(url, monkeypatch)
    assert str(error).startswith("the sandbox's AWS cannot do")
    assert len(asked) == 1


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, b"") as (url, _):
        pass
    error = failing(url, monkeypatch)
    assert "does not answer" in str(error)
    assert "make sandbox" in str(error)


def test_a_throttled_request_is_tried_again_and_then_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sandbox.providers.retries.FIRST_WAIT_SECONDS", 0.001)
    with answering(503, THROTTLED) as (url, asked):
        error = failing(url, monkeypatch)
    assert "RequestLimitExceeded" in str(error)
    assert len(asked) == 5


def test_a_create_that_hangs_ends_and_is_never_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients_module, "READ_SECONDS", 0.2)
    with answering(200, b"", seconds=1) as (url, asked):
        error = failing(url, monkeypatch)
    assert "took too long" in str(error)
    assert len(asked) == 1
    assert error.code is grpc.StatusCode.UNKNOWN, "nobody knows whether it was done"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://kms.sa-east-1.amazonaws.com",
        "http://10.0.0.1:5000",
        "http://169.254.169.254",
        "ftp://127.0.0.1",
        "",
        "http://127.0.0.1.nip.io",
        "http://[::ffff:8.8.8.8]:1",
    ],
)
def test_an_endpoint_that_is_not_this_machine_is_refused(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(RpcError, match="AWS_ENDPOINT_URL"):
        Engine()


def test_an_endpoint_in_the_configuration_is_refused_too(emulator: object) -> None:
    with pytest.raises(RpcError, match="this machine only"):
        Engine(config={"region": REGION, "endpoints": '[{"kms": "https://kms.amazonaws.com"}]'})


def test_real_credentials_are_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.setenv(name, "REAL")
    seen: list[str] = []
    with answering(200, b"") as (url, _):
        client = Clients(url, REGION).client("ec2")
        client.meta.events.register(
            "before-send.*", lambda request, **_: seen.append(str(request.headers))
        )
        with pytest.raises(Exception):  # noqa: B017, PT011 - the empty answer is no matter here
            client.describe_vpcs()
    assert seen
    assert "REAL" not in "".join(seen)


def test_an_account_that_is_not_allowed_is_refused(emulator: object) -> None:
    with pytest.raises(RpcError, match="AWS account ID not allowed: 123456789012"):
        Engine(config={"region": REGION, "allowedAccountIds": '["999999999999"]'})


def test_a_failure_after_the_id_keeps_the_resource(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.providers.aws.services.ec2_network import Vpc

    def broken(*_: object) -> None:
        raise ProviderError("the attribute cannot be set")

    engine = engine_for(VPC)
    inputs, _ = engine.check(VPC, {"cidrBlock": "10.5.0.0/16"})
    monkeypatch.setattr(Vpc, "_set", broken)
    with pytest.raises(RpcError) as failure:
        engine.create(VPC, inputs)
    kept = failure.value.kept
    assert kept.id.startswith("vpc-")
    assert list(kept.reasons) == ["the attribute cannot be set"]
    state = from_struct(kept.properties)
    assert state["id"] == kept.id
    assert state["cidrBlock"] == "10.5.0.0/16"
    assert from_struct(kept.inputs) == inputs
    monkeypatch.undo()
    engine.update(VPC, kept.id, state, inputs)
    engine.delete(VPC, kept.id, state)


def test_a_failed_update_keeps_what_is_there(world: World) -> None:
    token = "aws:ec2/internetGateway:InternetGateway"
    engine = engine_for(token)
    inputs, _ = engine.check(token, {"vpcId": world.vpc})
    id_, state = engine.create(token, inputs)
    news, _ = engine.check(token, {"vpcId": "vpc-0123456789abcdef0"}, inputs)
    with pytest.raises(RpcError) as failure:
        engine.update(token, id_, state, news)
    assert "InvalidVpcID.NotFound" in str(failure.value)
    assert from_struct(failure.value.kept.properties)["vpcId"] == "", (
        "detached, and the state says so"
    )


def test_made_carries_the_id_of_any_failure() -> None:
    with pytest.raises(ProviderError) as failure, made("vpc-1"):
        raise ValueError("odd")
    assert failure.value.id == "vpc-1"


def test_a_refused_request_does_not_show_its_values(world: World) -> None:
    with pytest.raises(Exception) as failure:  # noqa: PT011 - botocore makes its classes late
        world.aws.secretsmanager.create_secret(Name="x", SecretString=["not-a-secret"])
    text = explain(failure.value)
    assert "SecretString" in text
    assert "not-a-secret" not in text
    assert "\n" not in text


def test_a_type_without_a_handler_is_refused_at_deploy(emulator: object) -> None:
    engine = Engine()
    inputs, _ = engine.check("aws:ec2/natGateway:NatGateway", {"subnetId": "subnet-1"})
    with pytest.raises(
        RpcError, match="can preview aws:ec2/natGateway:NatGateway but not deploy it"
    ):
        engine.create("aws:ec2/natGateway:NatGateway", inputs)


def test_a_type_the_sdk_does_not_have_is_refused(emulator: object) -> None:
    with pytest.raises(RpcError, match="no resource type aws:ec2/nothing:Nothing"):
        Engine().check("aws:ec2/nothing:Nothing", {})


@pytest.mark.parametrize(
    ("token", "news", "secrets"),
    [
        (
            "aws:rds/cluster:Cluster",
            {"engine": "aurora-postgresql", "masterPassword": "not-a-secret"},
            {"masterPassword"},
        ),
        (
            "aws:secretsmanager/secretVersion:SecretVersion",
            {"secretId": "s", "secretString": "not-a-secret"},
            {"secretString"},
        ),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"description": "d", "authToken": "not-a-secret-at-all"},
            {"authToken"},
        ),
        ("random:index/randomPassword:RandomPassword", {"length": 32}, {"result", "bcryptHash"}),
    ],
)
def test_secrets_are_marked_whether_or_not_the_program_did(
    emulator: object, token: str, news: dict[str, object], secrets: set[str]
) -> None:
    engine = engine_for(token)
    inputs, mistakes = engine.check(token, news)
    assert mistakes == []
    request = provider_pb2.CreateRequest(urn=urn(token), properties=to_struct(inputs), preview=True)
    fields = engine.call("Create", request).properties.fields
    for name in secrets:
        assert fields[name].struct_value.fields[SIGNATURE].string_value == SECRET, name
    checked = engine.call(
        "Check", provider_pb2.CheckRequest(urn=urn(token), news=to_struct(news), name="thing")
    )
    for name in secrets & set(news):
        assert checked.inputs.fields[name].struct_value.fields[SIGNATURE].string_value == SECRET, (
            name
        )


def test_the_configuration_is_checked_and_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    inputs, mistakes = AwsPackage().check_config({"version": "7.51.1"})
    assert mistakes == []
    assert inputs == {
        "version": "7.51.1",
        "region": REGION,
        "skipCredentialsValidation": "false",
        "skipRegionValidation": "true",
    }
    _, mistakes = AwsPackage().check_config({"regon": "x"})
    assert mistakes == ["`aws:regon` is not a valid configuration key for the aws provider."]
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert "no AWS region" in AwsPackage().check_config({})[1][0]
