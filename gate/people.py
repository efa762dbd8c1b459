"""Who wrote what is checked out, as far as git knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .git import git

# What decides what a deployment does, and what Python leaves there by itself.
DECIDING = ("infra", "policies", "gate", "evidence", "sandbox")
CACHES = re.compile(r"(^|/)(__pycache__/[^/]+\.pyc$|\.[a-z]+_cache/)")
# Mailboxes of these are the same with and without dots.
DOTLESS = ("gmail.com", "googlemail.com")
# In ASCII: two addresses that look alike must be alike.
ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Authors:
    """Everybody who wrote the commit that is checked out; `unknown` says why nobody can tell."""

    mailboxes: frozenset[str] = frozenset()
    unknown: str = ""


def mailbox(address: str) -> str:
    """One form for one mailbox; case, +tags and Gmail's dots do not make another person."""
    name, at, domain = address.strip().casefold().rpartition("@")
    name, domain = name.split("+", 1)[0], domain.rstrip(".")
    if domain in DOTLESS:
        name, domain = name.replace(".", ""), DOTLESS[0]
    return name + at + domain


def authors(root: Path) -> Authors:
    """Authors, committers and co-authors of HEAD; of a merge, those of everything it brings.

    Who merged is no author of what was merged: of a merge only the committer counts, which is the
    host itself where it was merged there, and whoever could have slipped something in elsewhere.
    """
    if not (head := git(root, "rev-parse", "--verify", "HEAD")):
        return Authors(unknown="there is no git history")
    if git(root, "rev-parse", "--is-shallow-repository") == "true":
        return Authors(unknown="the clone is shallow (fetch-depth: 0 fetches the history)")
    first = git(root, "rev-parse", "--verify", "--quiet", "HEAD^1")
    wanted = [f"{first}..{head}"] if first else [head]
    form = "--format=%x1e%P%x1f%ae%x1f%ce%x1f%(trailers:key=Co-authored-by,valueonly)"
    found: set[str] = set()
    for commit in git(root, "log", form, *wanted).split("\x1e")[1:]:
        parents, author, committer, others = commit.split("\x1f", 3)
        named = [committer] if " " in parents else [author, committer]
        named += [_address(line) for line in others.splitlines()]
        found |= {mailbox(n) for n in named if "@" in n}
    if not found:
        return Authors(unknown="git names no author")
    return Authors(frozenset(found))


def _address(line: str) -> str:
    return line.rpartition("<")[2].rstrip("> ") if "<" in line else line


def overlooked(root: Path) -> list[str]:
    """Files that decide what is deployed and that git is told not to see: they look clean."""
    flagged = [
        line[2:]
        for line in git(root, "ls-files", "-v").splitlines()
        if line[:1].islower() or line[:1] == "S"  # assume-unchanged, skip-worktree
    ]
    shown = git(root, "ls-files", "--others", "--ignored", "--exclude-standard", "--", *DECIDING)
    ignored = [n for n in shown.splitlines() if not CACHES.search(n)]
    return sorted(flagged + ignored)


def writers(root: Path, name: str) -> dict[int, str]:
    """Line number (from 0) to the mailbox that wrote it; what is not committed has none.

    Blame gives commits, and their authors are asked for apart: blame itself would name whom a
    .mailmap says.
    """
    shown = git(root, "blame", "--ignore-revs-file=", "--line-porcelain", "--", name)
    commits: dict[int, str] = {}
    first = True
    for line in shown.split("\n"):
        if line.startswith("\t"):
            first = True
        elif first and line:
            first = False
            commits[len(commits)] = line.split(" ", 1)[0]
    known = {c for c in commits.values() if c.strip("0")}  # zeros: not committed yet
    asked = git(root, "log", "--no-walk=unsorted", "--format=%H %ae", *sorted(known))
    people = dict(line.split(" ", 1) for line in asked.splitlines() if " " in line)
    return {n: mailbox(people[c]) for n, c in commits.items() if c in people} if known else {}
