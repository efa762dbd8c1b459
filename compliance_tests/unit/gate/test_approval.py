"""Who may let a plan through to production, and who may let go what it takes away."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence.load import load
from evidence.model import Loss, Outcome
from gate import approval, binding, changes, github, keys, people, signed
from gate.approve import approve
from gate.destroy import destroy
from gate.errors import GateError
from gate.events import Planned
from gate.preview import preview
from gate.up import up

from .fake_engine import Checkout, make

AUTHOR, APPROVER, STRANGER = "a@x.test", "b@x.test", "c@x.test"
KMS = {"secrets_providers": {"type": "cloud", "state": {"url": "awskms://alias/x"}}}
KEY_URN = "urn:pulumi:prod::iot-data-platform::aws:kms/key:Key::old"


@dataclass
class Production:
    """A checkout of the stack prod, its last verdict, and a key for each person and for CI."""

    checkout: Checkout
    keys: Path
    digest: str = ""
    public: dict[str, str] = field(default_factory=dict)

    def previewed(self) -> None:
        stored = preview(self.checkout.paths, self.checkout.env)
        assert stored.evidence.run.outcome is Outcome.PASSED, stored.evidence.problems
        self.digest = stored.digest

    def approve(self, who: str = APPROVER, **more: Any) -> None:
        given: dict[str, Any] = {
            "verdict": "", "destroy": "", "losses": "", "minutes": 60, "out": "",
        }  # fmt: skip
        assert approve(self.checkout.paths, key=self.keys / who, **(given | more)) == 0

    def up(self) -> int:
        return up(self.checkout.paths, self.checkout.env)

    @property
    def deployed(self) -> bool:
        return bool(self.checkout.calls("up"))


def git(root: Path, *args: str, who: str = AUTHOR) -> None:
    own = ["-c", f"user.email={who}", "-c", "user.name=x", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *own, *args], check=True, capture_output=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Made once: a preview for each test would be the same one."""
    folder = tmp_path_factory.mktemp("production")
    (folder / "keys").mkdir()
    persons = ("ci", AUTHOR, APPROVER, STRANGER)
    public = {who: keys.generate(folder / "keys" / who) for who in persons}
    trusted = {
        "attesters": [{"name": "ci", "key": public["ci"]}],
        "approvers": [
            {"email": AUTHOR, "key": public[AUTHOR], "github": "author"},
            {"email": APPROVER, "key": public[APPROVER], "github": "approver"},
        ],
    }
    files = {
        "policies/profiles.json": '{"prod": "production"}',
        "policies/trust.json": json.dumps(trusted),
        ".gitignore": "/.state\n/reports\n/bin\n",
    }
    root = folder / "checkout"
    root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        checkout = make(root, patch, "prod", files)
        checkout.tell(backend="https://api.pulumi.com", state={"deployment": KMS})
        git(root, "init", "-q")
        git(root, "add", ".")
        git(root, "commit", "-qm", "x")
        patch.setenv(keys.FILE_VARIABLE, str(folder / "keys" / "ci"))
        made = Production(checkout, folder / "keys", public=public)
        made.previewed()
        yield made


@pytest.fixture
def prod(whole: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Production:
    for name in (approval.VARIABLE, approval.FILE_VARIABLE, approval.LOSS_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name in ("GITHUB_ACTIONS", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdin", open("/dev/null"))  # noqa: SIM115, PTH123
    root = tmp_path / "checkout"
    shutil.copytree(whole.checkout.paths.root, root, symlinks=True)
    return Production(Checkout(root, "prod"), whole.keys, whole.digest, whole.public)


def test_another_persons_signature_over_the_verdict_deploys_it(prod: Production) -> None:
    prod.approve()
    assert prod.up() == 0
    found = load(prod.checkout.paths.reports / "latest-deployed.evidence.json").run
    assert found.approval is not None
    assert (found.approval.by, found.approval.how) == (APPROVER, "signed")
    assert found.approval.verdict == prod.digest
    assert found.approval.key == keys.key_id(prod.public[APPROVER])
    assert found.approver == APPROVER
    assert not prod.checkout.paths.approval.exists(), "it is good for one deployment"


def by_variable(prod: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(approval.VARIABLE, prod.digest)


def by_actor(prod: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", "approver")
    monkeypatch.setenv(approval.VARIABLE, prod.digest)


def by_terminal(prod: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda _: "yes")


def expired(prod: Production, _: Any) -> None:
    request = approval.Request("prod", prod.digest, "deploy", "", root=prod.checkout.paths.root)
    then = datetime.now(UTC) - timedelta(minutes=31)
    content = signed.make(request, "", prod.keys / APPROVER, 30, then)
    prod.checkout.paths.approval.write_bytes(content)


def from_the_future(prod: Production, _: Any) -> None:
    request = approval.Request("prod", prod.digest, "deploy", "", root=prod.checkout.paths.root)
    then = datetime.now(UTC) + timedelta(minutes=30)
    content = signed.make(request, "", prod.keys / APPROVER, 60, then)
    prod.checkout.paths.approval.write_bytes(content)


def of_another_stack(prod: Production, _: Any) -> None:
    request = approval.Request("dev", prod.digest, "deploy", "", root=prod.checkout.paths.root)
    content = signed.make(request, "", prod.keys / APPROVER, 60)
    prod.checkout.paths.approval.write_bytes(content)


def edited(prod: Production, _: Any) -> None:
    prod.approve()
    file = prod.checkout.paths.approval
    file.write_text(file.read_text().replace('"payload": "ey', '"payload": "fy'))


Way = Callable[[Production, pytest.MonkeyPatch], object]
REFUSED: dict[str, tuple[Way, str]] = {
    "nobody": (lambda p, _: None, "nobody approved"),
    "the commit's author": (lambda p, _: p.approve(AUTHOR), "wrote the commit and cannot approve"),
    "a word of the environment": (by_variable, "nobody approved"),
    "the name of who started the job": (by_actor, "nobody approved"),
    "a yes at a terminal": (by_terminal, "nobody approved"),
    "another verdict": (lambda p, _: p.approve(verdict="sha256:" + "0" * 64), "another digest"),
    "an approval that is over": (expired, "expired at"),
    "an approval that is yet to begin": (from_the_future, "dated wrongly"),
    "another stack's approval": (of_another_stack, "another stack"),
    "an approval of a destroy": (lambda p, _: p.approve(destroy=p.digest), "another action"),
    "an edited approval": (edited, "nobody approved"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_production_refuses(
    prod: Production,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    way, said = REFUSED[name]
    way(prod, monkeypatch)
    assert prod.up() == 2
    assert not prod.deployed
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("error: ")
    assert said in line


def test_a_strangers_key_signs_nothing(prod: Production) -> None:
    with pytest.raises(GateError, match="no approver's"):
        prod.approve(STRANGER)


@pytest.mark.parametrize("minutes", [0, 61, -1])
def test_an_approval_holds_for_an_hour_at_most(prod: Production, minutes: int) -> None:
    with pytest.raises(GateError, match="1 to 60 minutes"):
        prod.approve(minutes=minutes)


def test_production_deploys_a_commit_and_no_local_change(
    prod: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    prod.approve()
    (prod.checkout.paths.root / "notes.txt").write_text("x")
    assert prod.up() == 2
    assert "not committed" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_is_told_not_to_see_is_seen(
    prod: Production, capsys: pytest.CaptureFixture[str], flag: str
) -> None:
    root = prod.checkout.paths.root
    git(root, "update-index", flag, "infra/__main__.py")
    (root / "infra" / "__main__.py").write_text("import os\n")
    prod.previewed()
    prod.approve()
    assert prod.up() == 2
    assert "git overlooks infra/__main__.py" in capsys.readouterr().err


def test_a_program_file_that_git_ignores_is_seen(
    prod: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    root = prod.checkout.paths.root
    (root / ".git" / "info" / "exclude").write_text("extra.py\n__pycache__\n")
    (root / "infra" / "__pycache__").mkdir()
    (root / "infra" / "__pycache__" / "x.pyc").write_text("")
    assert people.overlooked(root) == []
    (root / "infra" / "extra.py").write_text("")
    prod.previewed()
    prod.approve()
    assert prod.up() == 2
    assert "git overlooks infra/extra.py" in capsys.readouterr().err


def test_production_refuses_what_this_checkout_attested_itself(
    prod: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(keys.FILE_VARIABLE)
    prod.previewed()
    prod.approve()
    assert prod.up() == 2
    assert "not trusted" in capsys.readouterr().err
    assert not prod.deployed


def test_production_refuses_its_own_key_even_where_it_is_listed(
    prod: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(keys.FILE_VARIABLE)
    own = keys.own_file(prod.checkout.paths.root)
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes((prod.keys / "ci").read_bytes())
    own.chmod(0o600)
    prod.previewed()
    prod.approve()
    assert prod.up() == 2
    assert "self-attested" in capsys.readouterr().err


# Who wrote the commit -----------------------------------------------------------------------------


def test_a_co_author_is_an_author(prod: Production) -> None:
    root = prod.checkout.paths.root
    message = "x\n\nCo-authored-by: Somebody <B+work@X.test>\n"
    git(root, "commit", "--allow-empty", "-qm", message)
    assert people.authors(root).mailboxes == {AUTHOR, APPROVER}


def test_who_committed_under_another_name_is_an_author(prod: Production) -> None:
    root = prod.checkout.paths.root
    git(root, "commit", "--allow-empty", "-qm", "x", f"--author=x <{STRANGER}>", who=APPROVER)
    assert people.authors(root).mailboxes == {APPROVER, STRANGER}


def test_a_merges_authors_are_those_of_what_it_brings(prod: Production) -> None:
    root = prod.checkout.paths.root
    git(root, "checkout", "-qb", "topic")
    git(root, "commit", "--allow-empty", "-qm", "x", who=STRANGER)
    git(root, "commit", "--allow-empty", "-qm", "y", who=AUTHOR)
    git(root, "checkout", "-q", "-")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "topic", who="noreply@host.test")
    assert people.authors(root).mailboxes == {STRANGER, AUTHOR, "noreply@host.test"}


def test_a_shallow_clone_does_not_know(prod: Production, tmp_path: Path) -> None:
    root = prod.checkout.paths.root
    git(root, "commit", "--allow-empty", "-qm", "y")
    shallow = tmp_path / "shallow"
    git(root, "clone", "-q", "--depth", "1", f"file://{root}", str(shallow))
    assert "shallow" in people.authors(shallow).unknown
    assert people.authors(tmp_path).unknown


# GitHub's own account -----------------------------------------------------------------------------


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """GitHub, as far as it tells who approved a run."""
    reviews: list[dict[str, Any]] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.path == "/repos/o/r/actions/runs/7/approvals"
            good = good and self.headers["Authorization"] == "Bearer token"
            body = json.dumps(reviews).encode()
            self.send_response(200 if good else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_TOKEN": "token",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_RUN_ID": "7",
        "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    yield reviews
    server.shutdown()
    server.server_close()


def review(login: str, comment: str, state: str = "approved") -> dict[str, Any]:
    return {"state": state, "comment": comment, "user": {"login": login}}


@pytest.fixture
def in_actions(prod: Production, host: list[dict[str, Any]]) -> Production:
    return prod


def test_the_environments_reviewer_approves_over_the_digest(
    in_actions: Production, host: list[dict[str, Any]]
) -> None:
    host.append(review("Approver", f"fine: {in_actions.digest}"))
    assert in_actions.up() == 0
    found = load(in_actions.checkout.paths.reports / "latest-deployed.evidence.json").run
    assert found.approval is not None
    assert (found.approval.by, found.approval.how) == (APPROVER, "environment")


OTHERS: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "nobody": lambda d: [],
    "a reviewer who names no digest": lambda d: [review("approver", "fine")],
    "a reviewer who names another": lambda d: [review("approver", "sha256:" + "0" * 64)],
    "a reviewer who is no approver": lambda d: [review("stranger", d)],
    "the author": lambda d: [review("author", d)],
    "a reviewer who said no": lambda d: [review("approver", d, "rejected")],
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_reviews_approve_nothing(
    in_actions: Production, host: list[dict[str, Any]], name: str
) -> None:
    host.extend(OTHERS[name](in_actions.digest))
    assert in_actions.up() == 2
    assert not in_actions.deployed


def test_a_host_that_does_not_answer_is_one_line(
    in_actions: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_RUN_ID", "8")
    assert in_actions.up() == 2
    assert "actions: read" in capsys.readouterr().err.splitlines()[-1]
    monkeypatch.delenv("GITHUB_TOKEN")
    assert not github.running()


# What goes for good -------------------------------------------------------------------------------

KEY = "aws:kms/key:Key"
CLUSTER = "aws:rds/cluster:Cluster"


def planned(kind: str, *ops: str, name: str = "x") -> Planned:
    return Planned(f"urn:pulumi:dev::p::{kind}::{name}", kind, ops, custom=True)


def test_every_loss_is_named_and_nothing_else() -> None:
    found = changes.losses(
        [
            planned(KEY, "delete"),
            planned(CLUSTER, "create-replacement", "replace", "delete-replaced"),
            planned("aws:rds/cluster:Cluster", "update", name="kept"),
            planned("aws:ec2/subnet:Subnet", "delete"),
            planned("aws:dynamodb/table:Table", "delete"),
            Planned("urn:x::my:own:Component::c", "my:own:Component", ("delete",), custom=False),
        ]
    )
    assert [(loss.type, loss.op) for loss in found] == [
        (KEY, "delete"),
        (CLUSTER, "replace"),
        ("aws:dynamodb/table:Table", "delete"),
    ]
    assert found[2].what == changes.UNHEARD


def test_an_approval_of_some_losses_is_none_of_others() -> None:
    one, two = changes.losses([planned(KEY, "delete")]), changes.losses([planned(KEY, "replace")])
    assert changes.digest(one) != changes.digest(two)
    assert changes.digest(()) == ""


LOSS = (Loss(KEY_URN, KEY, "delete", "the key"),)


def request(stack: str = "dev", action: str = "deploy") -> approval.Request:
    return approval.Request(stack, "sha256:1", action, "deploy this plan", LOSS)


def test_a_loss_needs_an_approval_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(approval.VARIABLE, "sha256:1")
    monkeypatch.delenv(approval.LOSS_VARIABLE, raising=False)
    wanted = changes.digest(LOSS)
    answer = approval.ask(request())
    assert answer.approval is None
    assert f"APPROVE=sha256:1 APPROVE_LOSS={wanted}" in answer.missing
    monkeypatch.setenv(approval.LOSS_VARIABLE, "sha256:2")
    assert approval.ask(request()).approval is None
    monkeypatch.setenv(approval.LOSS_VARIABLE, wanted)
    given = approval.ask(request()).approval
    assert given is not None
    assert given.losses == wanted


@pytest.mark.parametrize(("typed", "good"), [("dev", True), ("yes", False), ("", False)])
def test_at_a_terminal_the_stacks_name_lets_it_go(
    monkeypatch: pytest.MonkeyPatch, typed: str, good: bool
) -> None:
    for name in (approval.VARIABLE, approval.LOSS_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    by_terminal(None, monkeypatch)  # type: ignore[arg-type]
    answers = iter(["yes", typed])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    assert (approval.ask(request()).approval is not None) is good


def test_the_sandbox_lets_go_by_itself_on_destroy_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (approval.VARIABLE, approval.LOSS_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    assert approval.ask(request("sandbox", "destroy")).approval is not None
    answer = approval.ask(request("sandbox"))
    assert answer.approval is None
    assert answer.missing.endswith(f"with APPROVE_LOSS={changes.digest(LOSS)}")


def deployed_key(prod: Production) -> str:
    """Production with one key; gives the digest of the loss."""
    entry = {"urn": KEY_URN, "type": KEY, "custom": True, "id": "1"}
    prod.checkout.tell(state={"deployment": KMS | {"resources": [entry]}})
    return changes.digest(LOSS)


def test_destroying_production_needs_a_signature_over_state_and_losses(
    prod: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    losses = deployed_key(prod)
    where = prod.checkout.paths, prod.checkout.env
    assert destroy(*where) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    digest = told.partition("--destroy ")[2].split()[0]
    assert f"--losses {losses}" in told
    prod.approve(destroy=digest)
    assert destroy(*where) == 2, "the losses are not in it"
    prod.approve(AUTHOR, destroy=digest, losses=losses)
    assert destroy(*where) == 2, "the author cannot approve"
    assert prod.checkout.calls("destroy") == []
    prod.approve(destroy=digest, losses=losses)
    assert destroy(*where) == 0


# Where production keeps its state -----------------------------------------------------------------

PLACES: dict[str, tuple[dict[str, Any], str]] = {
    "a folder": ({"backend": "file:///home/x"}, "file://, which keeps no versions"),
    "another cloud": ({"backend": "gs://x"}, "gs://, which keeps no versions"),
    "nobody knows": ({"backend": None}, "keeps no versions"),
    "a passphrase": (
        {"state": {"deployment": {"secrets_providers": {"type": "passphrase", "state": {}}}}},
        "encrypted with passphrase, not with a KMS key",
    ),
    "another cloud's key": (
        {
            "state": {
                "deployment": {
                    "secrets_providers": {"type": "cloud", "state": {"url": "gcpkms://x"}}
                }
            }
        },
        "encrypted with gcpkms://",
    ),
    "no provider": ({"state": {"deployment": {}}}, "not with a KMS key"),
}


@pytest.mark.parametrize("name", PLACES)
def test_production_is_not_proven_with_its_state_in(prod: Production, name: str) -> None:
    told, said = PLACES[name]
    prod.checkout.tell(**told)
    run = preview(prod.checkout.paths, prod.checkout.env)
    assert run.evidence.run.outcome is Outcome.NOT_PROVEN
    assert any(said in p.text for p in run.evidence.problems), run.evidence.problems
    assert not prod.checkout.paths.ticket.exists()


@pytest.mark.parametrize(
    ("answer", "good"), [("<Status>Enabled</Status>", True), ("<Status>Suspended</Status>", False),
                         ("", False), (None, False)],
)  # fmt: skip
def test_a_bucket_must_keep_versions(
    prod: Production, monkeypatch: pytest.MonkeyPatch, answer: str | None, good: bool
) -> None:
    class Bucket(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(403 if answer is None else 200)
            self.end_headers()
            body = f"<VersioningConfiguration>{answer}</VersioningConfiguration>"
            self.wfile.write(b"" if answer is None else body.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    prod.checkout.tell(backend="s3://states?region=sa-east-1")
    run = preview(prod.checkout.paths, prod.checkout.env)
    server.shutdown()
    server.server_close()
    assert (run.evidence.run.outcome is Outcome.PASSED) is good, run.evidence.problems


def test_a_verdict_holds_shorter_when_asked_and_never_longer(prod: Production) -> None:
    assert binding.lifetime("") == 60
    assert binding.lifetime("5") == 5
    for wrong in ("0", "61", "-1", "1.5", "x", "1e1"):
        with pytest.raises(GateError, match="1 to 60 minutes"):
            binding.lifetime(wrong)
