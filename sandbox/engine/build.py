"""The engine built from its Go modules, where downloads are closed and Go is there.

`module/` pins every module by go.sum. One replacement: atotto/clipboard by the fork that the vendor
itself builds with.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import places
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

MODULE = Path(__file__).with_name("module")
HOST = "pulumi-language-python"
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
TAGS = "osusergo grpcnotrace"
LINK = "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}"
PACKAGES = 1700
"""About how many packages the build compiles: only for the progress that is shown."""
TELL_SECONDS = 10


def cached(version: str) -> Path:
    """Where the build of this version is or will be."""
    return places.cache() / "engine" / f"{version}-{_digest(version)}" / "bin" / "pulumi"


def build(version: str, say: Callable[[str], None]) -> Path | None:
    """Give the newly built `pulumi`; None when there is no Go. Raises SandboxError."""
    binary = cached(version)
    folder = binary.parent.parent
    go = shutil.which("go")
    if go is None:
        return None
    say(f"setup: building Pulumi {version} from its Go modules (once, about 4 minutes)")
    began = time.monotonic()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".build-", dir=folder.parent))
    try:
        (part / "bin").mkdir()
        for path in MODULE.iterdir():
            shutil.copy(path, part / path.name)
        _compile(go, part, LINK.format(version=version), say)
        # The engine looks for the language host beside itself, and warns about one elsewhere.
        (part / HOST).rename(part / "bin" / HOST)
        for name in ("go.mod", "go.sum", "tools.go"):
            (part / name).unlink()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    say(f"setup: built in {time.monotonic() - began:.0f} s")
    return binary


def _compile(go: str, folder: Path, link: str, say: Callable[[str], None]) -> None:
    target = str(folder / "bin" / "pulumi")
    command = [go, "build", "-v", "-mod=readonly", "-tags", TAGS, "-ldflags", link]
    process = subprocess.Popen(
        [*command, "-o", target, COMMAND],
        cwd=folder,
        env=_go_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines: list[str] = []
    fetched = compiled = 0
    told = time.monotonic()
    try:
        for raw in process.stderr:
            line = raw.strip()
            if line.startswith("go: downloading"):
                fetched += 1
            elif re.fullmatch(r"[\w./~@+-]+", line):
                compiled += 1
            else:
                lines.append(line)
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                done = f"compiled {compiled} of about {PACKAGES} packages"
                say(f"setup: {done}" if compiled else f"setup: fetched {fetched} modules")
    except BaseException:
        process.kill()
        raise
    if process.wait() != 0:
        words = next((line for line in reversed(lines) if line), "it said nothing")
        raise SandboxError(
            f"Pulumi could not be built from its Go modules ({words}): install Pulumi yourself and "
            "put it on PATH"
        )


def _go_environment() -> dict[str, str]:
    """The user's own Go settings, without those that would change what is built."""
    dropped = ("GOFLAGS", "GOWORK", "GO111MODULE", "GOOS", "GOARCH")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"GOWORK": "off", "GOFLAGS": "-buildvcs=false"}


def _digest(version: str) -> str:
    """Names what was built and for what: another one is another folder of the cache."""
    parts = [version, TAGS, LINK, os.uname().sysname, os.uname().machine]
    content = "\n".join(parts).encode() + b"".join(
        path.read_bytes() for path in sorted(MODULE.iterdir())
    )
    return hashlib.sha256(content).hexdigest()[:12]
