"""Where the judges are: installed when they are missing and can be, else named with the remedy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".state" / "tools"
HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
VENV = ROOT / ".venv" / "bin"
GO = {"actionlint": "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"}
#: What a browser is called; `apt-get install chromium` has the first.
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(*names: str) -> str | None:
    """The first of the programs that is there."""
    path = os.pathsep.join([str(BIN), str(VENV), os.environ.get("PATH", os.defpath)])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def need(*names: str, remedy: str) -> str:
    """The program. Raises AssertionError with what to install."""
    found = find(*names)
    assert found, f"{names[0]} is missing: {remedy}"
    return found


def package(path: str) -> Path:
    """A file of a package from npm. Raises AssertionError with what to run."""
    found = MODULES / path
    assert found.exists(), f"{path} is missing: run make outside (needs npm 10 or newer)"
    return found


def install() -> None:
    """Install what is missing; what cannot be installed here is named by the test that needs it."""
    lock, done = HERE / "package-lock.json", MODULES / ".package-lock.json"
    stale = not done.exists() or done.stat().st_mtime < lock.stat().st_mtime
    if stale and find("npm") is not None:
        print("outside: installing the judges from npm", flush=True)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(["npm", "ci", *options], cwd=HERE, check=False)
    for name, module in GO.items():
        if find(name) is None and find("go") is not None:
            print(f"outside: building {name}", flush=True)
            BIN.mkdir(parents=True, exist_ok=True)
            subprocess.run(["go", "install", module], env=_go(), cwd="/", check=False)
    if find(*CHROMIUM) is None and os.geteuid() == 0 and find("apt-get") is not None:
        print("outside: installing chromium", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(
                ["apt-get", *command],
                env=quiet,
                stdout=subprocess.DEVNULL,
                stderr=sys.stderr,
                check=False,
            )


def _go() -> dict[str, str]:
    return {**os.environ, "GOBIN": str(BIN), "GOFLAGS": "-mod=mod"}
