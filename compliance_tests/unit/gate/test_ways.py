"""Ways past the gate that were tried by hand, one by one; each that led past is shut, and held."""

from __future__ import annotations

import json
import os
import py_compile
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gate import approval, binding, catalog, digests, git, header, people, project, trust, variables
from gate.commands import STACK_NAME
from gate.errors import GateError, NotProven
from gate.up import up
from sandbox import environment, places

from .fake_engine import Checkout
from .test_runs import approved, dev

__all__ = ["dev"]
AUTHOR, ANOTHER = "author@x.test", "another@x.test"


def run(root: Path, *args: str, who: str = AUTHOR) -> str:
    own = ["-c", f"user.email={who}", "-c", "user.name=x", "-c", "commit.gpgsign=false"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = ["git", "-C", str(root), *own, "-c", "protocol.file.allow=always", *args]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits of the author's."""
    root = tmp_path / "repository"
    (root / "infra").mkdir(parents=True)
    run(tmp_path, "init", "-q", str(root))
    for text in ("1\n", "2\n"):
        (root / "infra" / "x.py").write_text(text)
        run(root, "add", ".")
        run(root, "commit", "-qm", text)
    return root


# -- who wrote it, asked of git


def test_a_replaced_commit_does_not_change_who_wrote_it(repository: Path) -> None:
    forged = run(repository, "commit-tree", "HEAD^{tree}", "-p", "HEAD^", "-m", "x", who=ANOTHER)
    run(repository, "replace", "HEAD", forged.strip())
    assert run(repository, "log", "-1", "--format=%ae").strip() == ANOTHER
    assert people.authors(repository).mailboxes == {AUTHOR}


def test_a_graft_does_not_change_what_a_commit_brings(repository: Path) -> None:
    head, root = run(repository, "rev-parse", "HEAD", "HEAD^").split()
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "grafts").write_text(f"{head}\n")
    assert not run(repository, "log", "-1", "--format=%P").strip()
    assert git.git(repository, "log", "-1", "--format=%P") == root


def test_another_history_in_git_dir_is_not_asked(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    run(tmp_path, "init", "-q", str(other))
    run(other, "commit", "-q", "--allow-empty", "-m", "x", who=ANOTHER)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repository))
    assert people.authors(repository).mailboxes == {AUTHOR}
    assert header.commit(repository).id == run(repository, "rev-parse", "HEAD").strip()


def test_a_mailmap_does_not_change_who_wrote_a_line(repository: Path) -> None:
    (repository / ".mailmap").write_text(f"<{ANOTHER}> <{AUTHOR}>\n")
    assert ANOTHER in run(repository, "blame", "--line-porcelain", "--", "infra/x.py")
    assert people.writers(repository, "infra/x.py") == {0: AUTHOR}


def test_a_revision_that_blame_is_told_to_ignore_is_not(repository: Path) -> None:
    (repository / "infra" / "x.py").write_text("2 \n")
    run(repository, "commit", "-qam", "x", who=ANOTHER)
    ignored = repository / ".git" / "ignored"
    ignored.write_text(run(repository, "rev-parse", "HEAD"))
    run(repository, "config", "blame.ignoreRevsFile", str(ignored))
    assert ANOTHER not in run(repository, "blame", "--line-porcelain", "--", "infra/x.py")
    assert people.writers(repository, "infra/x.py") == {0: ANOTHER}


def test_a_line_that_is_not_committed_has_no_writer(repository: Path) -> None:
    (repository / "infra" / "x.py").write_text("2\n3\n")
    assert people.writers(repository, "infra/x.py") == {0: AUTHOR}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b@gmail.com", "ab+x@GoogleMail.com"),
        ("a@x.test.", "A@x.test"),
        ("a+1@x.test", " a@X.TEST "),
    ],
)
def test_one_mailbox_is_one_person(one: str, other: str) -> None:
    assert people.mailbox(one) == people.mailbox(other)
    assert people.mailbox("a.b@x.test") != people.mailbox("ab@x.test")


# -- what is checked out, asked of git


def untracked_hidden(root: Path) -> None:
    run(root, "config", "status.showUntrackedFiles", "no")
    (root / "infra" / "extra.py").write_text("")


def liar(root: Path) -> None:
    hook = root / ".git" / "liar"
    hook.write_text("#!/bin/sh\nprintf 'token\\0'\n")
    hook.chmod(0o755)
    run(root, "config", "core.fsmonitor", str(hook))
    run(root, "status")
    (root / "infra" / "x.py").write_text("other\n")


def submodule(root: Path) -> None:
    other = root.parent / "module"
    run(root.parent, "init", "-q", str(other))
    (other / "pack.py").write_text("1\n")
    run(other, "add", ".")
    run(other, "commit", "-qm", "x")
    run(root, "submodule", "add", "-q", str(other), "policies")
    run(root, "config", "-f", ".gitmodules", "submodule.policies.ignore", "all")
    run(root, "commit", "-qam", "x")
    (root / "policies" / "pack.py").write_text("2\n")


@pytest.mark.parametrize("hide", [untracked_hidden, liar, submodule])
def test_a_change_that_git_is_told_to_hide_is_a_change(
    repository: Path, hide: Callable[[Path], None]
) -> None:
    assert not header.commit(repository).dirty
    hide(repository)
    assert header.commit(repository).dirty


@pytest.mark.parametrize("name", ["infra/pulumi_aws.pyc", "infra/venv/__init__.py"])
def test_an_ignored_file_that_python_would_import_is_seen(repository: Path, name: str) -> None:
    (repository / ".git" / "info" / "exclude").write_text("*.pyc\nvenv\n")
    (repository / name).parent.mkdir(exist_ok=True)
    (repository / name).write_text("")
    assert people.overlooked(repository) == [name]


# -- what a digest does not cover


def test_a_link_to_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "components").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GateError, match="infra/components is a link to a folder"):
        digests.of_folder(tmp_path / "infra")


def test_what_is_no_file_does_not_hold_the_gate_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.py")
    with pytest.raises(GateError, match="no file that can be read"):
        digests.of_folder(tmp_path)


@pytest.mark.parametrize(
    "mode",
    [py_compile.PycInvalidationMode.UNCHECKED_HASH, py_compile.PycInvalidationMode.CHECKED_HASH],
)
def test_a_cache_that_python_takes_whatever_its_source_says_is_refused(
    tmp_path: Path, mode: py_compile.PycInvalidationMode
) -> None:
    source = tmp_path / "x.py"
    source.write_text("x = 1\n")
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
    before = digests.of_folder(tmp_path)
    py_compile.compile(str(source), invalidation_mode=mode)
    with pytest.raises(GateError, match=r"__pycache__/x\..*delete it"):
        digests.of_folder(tmp_path)
    assert before.startswith("sha256:")


def test_code_without_source_is_in_the_digest(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("")
    before = digests.of_folder(tmp_path)
    (tmp_path / "pulumi_aws.pyc").write_text("")
    assert digests.of_folder(tmp_path) != before


@pytest.mark.parametrize(
    "text",
    [
        "plugins: {providers: [{name: aws, path: ../evil}]}",
        "packages: {aws: ../evil}",
        "stackConfigDir: ../evil",
        "options: {refresh: always}",
        "main: ../evil",
        "main: infra/../evil",
        "name: other",
        "? [a]\n: b",
        "- a",
        "{",
    ],
)
def test_a_project_that_leads_past_what_is_bound_is_refused(tmp_path: Path, text: str) -> None:
    shipped = (places.ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text(shipped)
    project.check(tmp_path)
    key = text.partition(":")[0]
    lines = [line for line in shipped.splitlines() if not line.startswith(f"{key}:")]
    (tmp_path / "Pulumi.yaml").write_text("\n".join([*lines, text]) + "\n")
    with pytest.raises(GateError, match=r"Pulumi\.yaml"):
        project.check(tmp_path)


def test_a_folder_that_cannot_be_read_is_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").write_text("x")
    nothing = digests.of_folder(tmp_path / "missing")
    assert digests.of_folder(tmp_path) != nothing
    scandir = os.scandir

    def refused(place: str) -> Any:
        if place.rstrip("/").endswith("in"):
            raise PermissionError(13, "Permission denied")
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(GateError, match="in/ cannot be read"):
        digests.of_folder(tmp_path)


@pytest.mark.parametrize("depth", [10, project.SHORT - 1000, 1_000_000])
def test_a_project_that_is_nested_deeply_is_one_line_too(tmp_path: Path, depth: int) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: " + "[" * depth)
    with pytest.raises(GateError, match="cannot be read as YAML"):
        project.check(tmp_path)


# -- between the comparison and the engine


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (".state/plans/dev.plan.json", "plan"),
        ("infra/__main__.py", "program"),
        ("policies/PulumiPolicy.yaml", "pack"),
        ("gate/later.py", "gate"),
    ],
)
def test_what_is_swapped_after_the_comparison_is_not_deployed(
    dev: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: str,
    said: str,
) -> None:
    approved(dev, monkeypatch)
    asked = approval.ask

    def meanwhile(request: approval.Request) -> approval.Answer:
        (dev.paths.root / file).parent.mkdir(exist_ok=True)
        (dev.paths.root / file).write_text("version: 1.0.0\n")
        return asked(request)

    monkeypatch.setattr(approval, "ask", meanwhile)
    assert up(dev.paths, dev.env) == 2
    assert dev.calls("up") == []
    assert f"the {said} is not the one that was judged" in capsys.readouterr().err


@pytest.mark.parametrize("file", [".state/plans/dev.plan.json", "infra/__main__.py"])
def test_what_is_swapped_while_it_deploys_proves_nothing(
    dev: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
) -> None:
    approved(dev, monkeypatch)
    dev.tell(touch=str(dev.paths.root / file))
    assert up(dev.paths, dev.env) == 2
    assert len(dev.calls("up")) == 1


# -- what is read


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"verdict": "a", "verdict": "b", "evidence": "c"}']
)
def test_a_verdict_that_reads_in_two_ways_or_none_is_one_line(dev: Checkout, text: str) -> None:
    dev.paths.ticket.write_text(text)
    with pytest.raises(GateError, match="damaged"):
        binding.read(dev.paths)


def test_evidence_of_any_size_is_not_read(
    dev: Checkout,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticket = approved(dev, monkeypatch)
    with (dev.paths.reports / ticket.evidence).open("ab") as file:
        file.truncate(binding.LARGEST + 1)
    with pytest.raises(NotProven, match="larger than any"):
        binding.read(dev.paths)


def test_evidence_that_is_nested_without_end_is_one_line(
    dev: Checkout,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticket = approved(dev, monkeypatch)
    file = dev.paths.reports / ticket.evidence
    file.write_text("[" * 100_000)
    entry = {"verdict": digests.of_file(file), "evidence": ticket.evidence}
    dev.paths.ticket.write_text(json.dumps(entry))
    with pytest.raises(NotProven, match="proves nothing"):
        binding.read(dev.paths)


def test_of_two_lists_of_approvers_the_second_does_not_win(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "trust.json").write_text('{"approvers": [], "approvers": []}')
    with pytest.raises(GateError, match="'approvers' stands twice"):
        trust.load(tmp_path)
    (tmp_path / "policies" / "profiles.json").write_text('{"prod": "production", "prod": "x"}')
    with pytest.raises(GateError, match="'prod' stands twice"):
        catalog.profile_of(tmp_path, "prod")


# -- names and variables


@pytest.mark.parametrize(
    "name", ["..", ".", "-x", "--exclude", "", "a b", "prod\n", "pr\u043ed", "a/b"]
)
def test_what_is_no_name_of_a_stack_is_refused(name: str) -> None:
    assert not STACK_NAME.fullmatch(name)


def test_code_that_the_environment_puts_before_the_programs_own_stays_out() -> None:
    given = {"PYTHONPATH": "/evil", "PYTHONSTARTUP": "/evil.py", "PYTHONHOME": "/evil", "A": "b"}
    given |= {"PYTHONUSERBASE": "/evil", "PYTHONPLATLIBDIR": "x", "PYTHONINSPECT": "1"}
    assert variables.kept({**given, "PYTHONUNBUFFERED": "1"}) == {"A": "b", "PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize("stack", ["sandbox", "dev"])
def test_another_engine_first_on_the_path_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, stack: str
) -> None:
    monkeypatch.setenv("PATH", f"/evil{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(environment.MARK, raising=False)
    monkeypatch.setattr("sandbox.lifecycle.endpoint", lambda: "http://127.0.0.1:1")
    first = environment.environment(stack)["PATH"].split(os.pathsep)
    assert first[0] == str(places.BIN)
    assert first.index("/evil") > 1
