"""A copy of the product with a sandbox of its own, in which the program can be spoilt.

The user's own state, stack and emulator are never touched. Two copies work at the same time: the
machine a test runs on has two processors more often than one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("infra", "policies", "gate", "evidence", "sandbox", "compliance_tests")
LEFT = shutil.ignore_patterns("__pycache__", ".*", "*.pyc")
TIMEOUT = 600  # seconds; a preview takes about five, on a machine with nothing else to do


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    text: str


@dataclass(frozen=True)
class Checkout:
    """One copy, ready to preview."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    def python(self, *arguments: str) -> Ran:
        """Run `python ARGUMENTS` of the copy, in the environment a user has."""
        return run([sys.executable, *arguments], self.root, dict(os.environ))

    def pulumi(self, *arguments: str) -> Ran:
        """Run the bare engine, in the environment that `make env` gives."""
        return run(["pulumi", *arguments], self.root, self.environ)

    @contextmanager
    def changed(self, changes: Sequence[tuple[str, str, str]]) -> Iterator[None]:
        """The copy with (file, old, new) replaced, for a while.

        `old` must stand there exactly once, so that an edit which no longer fits the program is
        noticed; "" is the end of the file.
        """
        before: dict[Path, str] = {}
        try:
            for name, old, new in changes:
                file = self.root / name
                text = file.read_text(encoding="utf-8")
                before.setdefault(file, text)
                count = text.count(old) if old else 1
                assert count == 1, f"{name} holds {old!r} {count} times: the edit no longer fits"
                changed = text.replace(old, new) if old else text + new
                file.write_text(changed, encoding="utf-8")
            yield
        finally:
            for file, text in before.items():
                file.write_text(text, encoding="utf-8")


def run(command: Sequence[str], root: Path, environ: dict[str, str]) -> Ran:
    """Run a command to its end; both of its streams as one text."""
    done = subprocess.run(
        command,
        cwd=root,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    return Ran(done.returncode, done.stdout)


@contextmanager
def checkout(folder: Path) -> Iterator[Checkout]:
    """A copy in `folder` with its sandbox started; stopped when done with."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT)
    for file in (*ROOT.glob("Pulumi*.yaml"), *ROOT.glob("requirements*"), ROOT / "pyproject.toml"):
        shutil.copy2(file, folder / file.name)
    shutil.copy2(Path(__file__).with_name("leave_out.py"), folder / "infra" / "leave_out.py")
    # the packages are the same; the engine and its plugins find them where a checkout has them
    (folder / ".venv").symlink_to(ROOT / ".venv")
    made = Checkout(folder)
    started = made.python("-m", "sandbox", "start")
    assert started.code == 0, started.text
    try:
        yield Checkout(folder, environment(made))
    finally:
        made.python("-m", "sandbox", "stop")


def environment(made: Checkout) -> dict[str, str]:
    """What `eval "$(make -s env)"` gives in the copy."""
    printed = made.python("-m", "sandbox", "env")
    assert printed.code == 0, printed.text
    environ = dict(os.environ)
    for line in printed.text.splitlines():
        words = shlex.split(line)
        if words[:1] == ["unset"]:
            for name in words[1:]:
                environ.pop(name, None)
        elif words[:1] == ["export"]:
            name, _, value = words[1].partition("=")
            environ[name] = value
    return environ
