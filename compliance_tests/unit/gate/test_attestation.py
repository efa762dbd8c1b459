"""Attestations: what they say, and that not one byte of what they stand for can change."""

from __future__ import annotations

import base64
import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evidence.model import Outcome
from gate import attest_commands, attestation, envelope, keys, trust
from gate.envelope import Refused
from gate.errors import GateError
from gate.paths import ROOT
from gate.preview import preview

from .fake_engine import make

STATEMENT = "https://in-toto.io/Statement/v1"


@dataclass(frozen=True)
class Attested:
    """A run that was attested with CI's key."""

    root: Path
    file: Path
    evidence: Path
    report: Path
    public: str

    def document(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text(encoding="utf-8")))

    def payload(self) -> dict[str, Any]:
        return dict(json.loads(base64.b64decode(self.document()["payload"])))

    def write(self, document: dict[str, Any]) -> None:
        """In the very form that the gate writes."""
        self.file.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")

    def verify(self, *trusted: str, files: Path | None = None) -> attestation.Attested:
        return attestation.verify(self.file, trusted or [self.public], files)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Attested:
    root = tmp_path_factory.mktemp("attested")
    with pytest.MonkeyPatch.context() as patch:
        checkout = make(root, patch)
        public = keys.generate(root / "ci.pem")
        patch.setenv(keys.FILE_VARIABLE, str(root / "ci.pem"))
        stored = preview(checkout.paths, checkout.env)
    assert stored.evidence.run.outcome is Outcome.PASSED
    return Attested(root, attestation.beside(stored.file), stored.file, stored.report, public)


@pytest.fixture
def made(whole: Attested, tmp_path: Path) -> Attested:
    """A copy that may be spoilt."""
    root = tmp_path / "copy"
    shutil.copytree(whole.root, root, symlinks=True)
    file, evidence, report = (
        root / p.relative_to(whole.root) for p in (whole.file, whole.evidence, whole.report)
    )
    return Attested(root, file, evidence, report, whole.public)


def test_it_is_an_in_toto_statement_of_a_test_result(made: Attested) -> None:
    document, payload = made.document(), made.payload()
    assert document["payloadType"] == "application/vnd.in-toto+json"
    assert payload["_type"] == STATEMENT
    assert payload["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert payload["predicate"]["result"] == "PASSED"
    assert payload["predicate"]["passedTests"]
    assert {c["name"] for c in payload["predicate"]["configuration"]} >= {"config", "lock_file"}
    names = [s["name"] for s in payload["subject"]]
    assert names[:2] == [made.evidence.name, made.report.name]
    assert {".state/plans/sandbox.plan.json", "policies/"} <= set(names)
    assert all(len(v) in (40, 64) for s in payload["subject"] for v in s["digest"].values())


def test_it_holds_with_the_public_key_alone(made: Attested) -> None:
    found = made.verify(files=made.root)
    assert (found.outcome, found.stack, found.self_attested) == ("passed", "sandbox", False)
    assert attestation.verify(made.evidence, [made.public]) == found
    latest = made.evidence.with_name("SANDBOX-latest-planned.evidence.json")
    assert attestation.verify(latest, [made.public]) == found


def test_it_needs_no_network_and_no_engine(made: Attested) -> None:
    code = (
        "import socket, sys\n"
        "def no(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = no; socket.getaddrinfo = no\n"
        "from gate.__main__ import main\n"
        f"sys.exit(main(['verify-attestation', {str(made.file)!r}, '--key', {made.public!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "holds (attested)" in done.stdout
    assert made.evidence.name in done.stdout


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def flip(text: str, at: int) -> str:
    """Base64 whose byte at `at` differs in one bit."""
    data = bytearray(base64.b64decode(text))
    data[at] ^= 1
    return base64.b64encode(bytes(data)).decode()


def change(**members: Callable[[Any], Any]) -> Callable[[Attested], object]:
    def spoil(made: Attested) -> None:
        document = made.document()
        for member, how in members.items():
            document[member] = how(document[member])
        made.write(document)

    return spoil


def signature(**members: Callable[[Any], Any]) -> Callable[[Attested], object]:
    return change(signatures=lambda s: [{k: members.get(k, str)(v) for k, v in s[0].items()}])


def payload_edit(**members: Any) -> Callable[[Attested], object]:
    def spoil(made: Attested) -> None:
        payload = made.payload()
        payload["predicate"] |= members
        document = made.document()
        text = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
        document["payload"] = base64.b64encode(text).decode()
        made.write(document)

    return spoil


def resigned(made: Attested) -> None:
    """Another result, signed with a key of somebody else."""
    stranger = made.root / "stranger.pem"
    keys.generate(stranger)
    payload = made.payload()
    payload["predicate"]["result"] = "PASSED"
    signer = keys.Signer(keys.load(stranger))
    made.file.write_bytes(envelope.seal(json.dumps(payload).encode(), attestation.KIND, signer))


def claimed(made: Attested) -> None:
    """The same, under the name of the key that is trusted."""
    known = made.document()["signatures"][0]["keyid"]
    resigned(made)
    document = made.document()
    document["signatures"][0]["keyid"] = known
    made.write(document)


TAMPERINGS: dict[str, tuple[Callable[[Attested], object], str]] = {
    "a byte of the evidence": (lambda m: append(m.evidence), "evidence.json is not the one"),
    "a bit of the evidence": (
        lambda m: m.evidence.write_bytes(m.evidence.read_bytes().replace(b"passed", b"qassed", 1)),
        "evidence.json is not the one",
    ),
    "no evidence": (lambda m: m.evidence.unlink(), "evidence.json is attested and missing"),
    "a byte of the report": (lambda m: append(m.report), ".md is not the one"),
    "no report": (lambda m: m.report.unlink(), ".md is attested and missing"),
    "a byte of the plan": (
        lambda m: append(m.root / ".state/plans/sandbox.plan.json"),
        "plan.json is not the one",
    ),
    "a byte of the event log": (
        lambda m: append(m.root / ".state/plans/sandbox.events.jsonl"),
        "events.jsonl is not the one",
    ),
    "a byte of the pack": (
        lambda m: append(m.root / "policies/catalog.json"),
        "policies/ is not the one",
    ),
    "a new file in the pack": (
        lambda m: (m.root / "policies/x.py").write_text(""),
        "policies/ is not the one",
    ),
    "a blank in the envelope": (lambda m: append(m.file), "the envelope was changed"),
    "a member more in the envelope": (
        lambda m: m.write(m.document() | {"extra": 1}),
        "the envelope was changed",
    ),
    "loose base64": (
        change(payload=lambda p: p[:8] + "\n" + p[8:]),
        "no DSSE envelope",
    ),
    "bits of base64 that nobody reads": (
        signature(sig=lambda s: s[:85] + chr(ord(s[85]) + 1) + s[86:]),
        "the envelope was changed",
    ),
    "a bit of the payload": (change(payload=lambda p: flip(p, 40)), "payload or its signature"),
    "another result": (payload_edit(result="FAILED"), "payload or its signature"),
    "a control more that passed": (
        payload_edit(passedTests=["everything"]),
        "payload or its signature",
    ),
    "another payload type": (change(payloadType=lambda _: "text/plain"), "the payload is a"),
    "a bit of the signature": (
        signature(sig=lambda s: flip(s, 0)),
        "payload or its signature",
    ),
    "the signature's last bit": (
        signature(sig=lambda s: flip(s, 63)),
        "payload or its signature",
    ),
    "another key's name": (signature(keyid=lambda k: "0" * 64), "which is not trusted"),
    "a second signature": (
        change(signatures=lambda s: [*s, {**s[0], "keyid": "0" * 64}]),
        "2 signatures",
    ),
    "the same signature twice": (change(signatures=lambda s: s * 2), "not in the form"),
    "no signature": (change(signatures=lambda _: []), "0 signatures"),
    "another person's key": (resigned, "which is not trusted"),
    "another person's key under our name": (claimed, "payload or its signature"),
    "a payload type that stands twice": (
        lambda m: m.file.write_text(
            m.file.read_text().replace("{", '{"payloadType": "text/plain",', 1)
        ),
        "the envelope was changed",
    ),
    "a payload of another's signature, two envelopes in one file": (
        lambda m: m.file.write_bytes(m.file.read_bytes() * 2),
        "no DSSE envelope",
    ),
    "no envelope": (lambda m: m.file.write_text("{"), "no DSSE envelope"),
    "an empty file": (lambda m: m.file.write_text(""), "no DSSE envelope"),
    "a list": (lambda m: m.file.write_text("[]"), "no DSSE envelope"),
    "no file": (lambda m: m.file.unlink(), "is missing"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_changed_is_refused_and_named(made: Attested, name: str) -> None:
    spoil, said = TAMPERINGS[name]
    spoil(made)
    with pytest.raises(Refused) as e:
        made.verify(files=made.root)
    assert said in str(e.value)
    assert "\n" not in str(e.value)
    assert e.value.exit_code == 2


@pytest.mark.parametrize("at", range(0, 64, 7))
def test_another_key_than_the_signers_verifies_nothing(made: Attested, at: int) -> None:
    """A public key with one bit flipped, also where it bears the right name."""
    raw = bytearray(base64.b64decode(made.public))
    raw[at % 32] ^= 1 << (at % 8)
    with pytest.raises(Refused, match="not trusted"):
        made.verify(base64.b64encode(bytes(raw)).decode())


def test_an_attestation_renamed_to_another_runs_is_refused(made: Attested) -> None:
    other = made.file.with_name("SANDBOX-20260101T000000000Z-preview.attestation.json")
    made.file.rename(other)
    with pytest.raises(Refused, match="it is the attestation of"):
        attestation.verify(other, [made.public])


def test_another_statement_of_the_right_key_is_refused(made: Attested) -> None:
    signer = keys.Signer(keys.load(made.root / "ci.pem"))
    for text in ("{}", "[]", "null", '{"_type": "x", "predicateType": "y"}'):
        made.file.write_bytes(envelope.seal(text.encode(), attestation.KIND, signer))
        with pytest.raises(Refused):
            made.verify()


# Keys ---------------------------------------------------------------------------------------------


def test_a_local_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = keys.signer(tmp_path)
    path = keys.own_file(tmp_path)
    assert first.own
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.signer(tmp_path).public == first.public
    assert [p.name for p in path.parent.iterdir()] == ["self.pem"]


def test_a_key_in_the_environment_is_taken_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = keys.generate(tmp_path / "k.pem")
    monkeypatch.setattr(keys, "_taken", {})
    monkeypatch.setenv(keys.VARIABLE, (tmp_path / "k.pem").read_text())
    found = keys.signer(tmp_path)
    assert (found.public, found.own) == (public, False)
    assert keys.VARIABLE not in __import__("os").environ
    assert keys.signer(tmp_path).public == public, "it is kept for the next one who asks"


@pytest.mark.parametrize(
    "text", ["", "x", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "k.pem"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(GateError, match="keygen") as e:
        keys.load(path)
    assert "\n" not in str(e.value)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys.generate(tmp_path / "k.pem")
    (tmp_path / "k.pem").chmod(0o644)
    with pytest.raises(GateError, match="chmod 600"):
        keys.load(tmp_path / "k.pem")


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    keys.generate(tmp_path / "k.pem")
    with pytest.raises(GateError, match="there already"):
        keys.generate(tmp_path / "k.pem")


def test_verifying_without_any_key_says_so(
    made: Attested, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(attest_commands, "ROOT", tmp_path)
    with pytest.raises(GateError, match="--key"):
        attest_commands.verify(made.file, "", "")
    with pytest.raises(GateError, match="private key"):
        attest_commands.verify(made.file, str(made.root / "ci.pem"), "")


# Whom production trusts ---------------------------------------------------------------------------

WRONG = {
    "no object": "[]",
    "no JSON": "{",
    "an unknown member": '{"attesters": [], "x": []}',
    "no list": '{"attesters": {}}',
    "no key": '{"attesters": [{"name": "ci"}]}',
    "a key that is none": '{"attesters": [{"name": "ci", "key": "abc"}]}',
    "nobody": '{"approvers": [{"email": "", "key": "KEY"}]}',
    "a name for an address": '{"approvers": [{"email": "ana", "key": "KEY"}]}',
    "a key twice": '{"attesters": [{"name": "a", "key": "KEY"}, {"name": "b", "key": "KEY"}]}',
    "one key for both": (
        '{"attesters": [{"name": "a", "key": "KEY"}],'
        ' "approvers": [{"email": "b@x.test", "key": "KEY"}]}'
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_list_of_trust_is_one_line(tmp_path: Path, name: str) -> None:
    key = keys.generate(tmp_path / "k.pem")
    (tmp_path / "policies").mkdir()
    (tmp_path / trust.NAME).write_text(WRONG[name].replace("KEY", key))
    with pytest.raises(GateError) as e:
        trust.load(tmp_path)
    assert "\n" not in str(e.value)


def test_the_shipped_list_trusts_nobody() -> None:
    assert trust.load(ROOT) == trust.Trust()


def test_the_library_of_the_standard_writes_and_accepts_the_same(tmp_path: Path) -> None:
    """It is done by hand (see envelope.py): byte for byte as securesystemslib has it."""
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Signature, SSlibKey  # type: ignore[attr-defined]

    keys.generate(tmp_path / "key.pem")
    signer = keys.Signer(keys.load(tmp_path / "key.pem"))
    payload, kind = "é\n{}".encode(), "application/x; é"
    made = Envelope(payload, kind, {})
    key = keys.key_id(signer.public)
    made.signatures[key] = Signature(key, signer.sign(made.pae()).hex())
    wanted = json.dumps(made.to_dict(), indent=1, sort_keys=True) + "\n"
    sealed = envelope.seal(payload, kind, signer)
    assert sealed == wanted.encode()
    read = Envelope.from_dict(json.loads(sealed))
    read.verify([SSlibKey.from_crypto(keys.public(signer.public), keyid=key)], 1)
    (tmp_path / "sealed.json").write_bytes(sealed)
    opened = envelope.unseal(tmp_path / "sealed.json", kind, [signer.public])
    assert opened == (payload, signer.public)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b'{"payload": 1, "payloadType": "k", "signatures": []}',
        b'{"payload": "", "payloadType": "k", "signatures": [{"keyid": [], "sig": ""}]}',
        b'{"payload": "\xc3\xa9", "payloadType": "k", "signatures": []}',
        b'{"payload": "", "payloadType": "k", "signatures": [1]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_envelope_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Refused, match=r"file is no DSSE envelope \(\w+\)"):
        envelope.unseal(tmp_path / "file", "k", [])
