"""The vendor's own download: version pinned, checked against the checksums of its release.

The checksums come from another host than the archive, over TLS; they are not pinned in this
repository. SANDBOX_NO_DOWNLOAD=1 skips the attempt (a closed network that drops packets silently
would cost its time-out).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sandbox import places
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

ARCHIVE = "https://get.pulumi.com/releases/sdk/pulumi-v{version}-{system}-{machine}.tar.gz"
CHECKSUMS = (
    "https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-{version}-checksums.txt"
)
CONNECT_SECONDS = 3
STALL_SECONDS = 30
PIECE_BYTES = 1 << 20


def cached(version: str) -> Path:
    """Where the download of this version is or will be."""
    return places.cache() / "engine" / f"{version}-vendor" / "bin" / "pulumi"


def download(version: str, say: Callable[[str], None]) -> Path | None:
    """Give the downloaded `pulumi`; None when the vendor cannot be reached.

    Raises SandboxError when what came is not what the vendor published.
    """
    import tarfile  # this and what speaks HTTP takes longer to load than a warm set-up takes

    binary = cached(version)
    folder = binary.parent.parent
    system, machine = _platform()
    if os.environ.get("SANDBOX_NO_DOWNLOAD") or not machine:
        return None
    names = {"version": version, "system": system, "machine": machine}
    url = ARCHIVE.format(**names)
    say(f"setup: asking the vendor for Pulumi {version}")
    part = None
    try:
        expected = _checksum(CHECKSUMS.format(**names), url.rsplit("/", 1)[1])
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".download-", dir=folder.parent))
        archive = part / "archive.tar.gz"
        found = _fetch(url, archive, say)
        if found != expected:
            raise SandboxError(
                f"the download of Pulumi {version} does not have the vendor's checksum: run "
                "`make setup` again, or install Pulumi yourself and put it on PATH"
            )
        with tarfile.open(archive) as content:
            content.extractall(part, filter="data")
        (part / "pulumi").rename(part / "bin")
        archive.unlink()
        part.rename(folder)
    except (OSError, ValueError, tarfile.TarError) as error:
        reason = getattr(error, "reason", None) or error
        say(f"setup: the vendor's download is not to be had here ({reason})")
        return None
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    return binary


def _checksum(url: str, name: str) -> str:
    import urllib.request

    with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as answer:  # noqa: S310 - https, ours
        for line in answer.read().decode().splitlines():
            digest, _, file = line.partition("  ")
            if file.strip() == name:
                return str(digest)
    raise ValueError(f"no checksum is published for {name}")


def _fetch(url: str, target: Path, say: Callable[[str], None]) -> str:
    import urllib.request

    digest = hashlib.sha256()
    with urllib.request.urlopen(url, timeout=STALL_SECONDS) as answer:  # noqa: S310 - https, ours
        total = int(answer.headers.get("Content-Length") or 0)
        with target.open("wb") as output:
            _copy(answer, output, digest.update, total, say)
    return digest.hexdigest()


def _copy(
    source: IO[bytes],
    output: IO[bytes],
    update: Callable[[bytes], None],
    total: int,
    say: Callable[[str], None],
) -> None:
    done, told = 0, time.monotonic()
    while piece := source.read(PIECE_BYTES):
        update(piece)
        output.write(piece)
        done += len(piece)
        if time.monotonic() - told > 3:
            told = time.monotonic()
            say(f"setup: downloaded {done >> 20} of {total >> 20} MB")


def _platform() -> tuple[str, str]:
    machines = {"x86_64": "x64", "amd64": "x64", "arm64": "arm64", "aarch64": "arm64"}
    here = os.uname()
    return here.sysname.lower(), machines.get(here.machine.lower(), "")
