"""The user's own `pulumi` first, then the vendor's download, then a build; never a wrong one."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sandbox import SandboxError, install, places
from sandbox import engine as bootstrap
from sandbox.engine import VERSION, build, download, ensure_engine, noted_engine


def put_pulumi(folder: Path, version: str, status: int = 0) -> Path:
    """A `pulumi` that only knows its version, and counts how often it was asked."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pulumi"
    path.write_text(f'#!/bin/sh\necho asked >> "$0.asked"\necho "{version}"\nexit {status}\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def offline(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder, no vendor, no Go: give the folder."""
    folder = checkout / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("SANDBOX_NO_DOWNLOAD", "1")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    return folder


@pytest.mark.parametrize("version", [f"v{VERSION}", "v3.300.1", "v4.0.0", "v3.260.0-dev.1+abc"])
def test_a_pulumi_on_path_that_will_do_is_taken(
    offline: Path, said: list[str], version: str
) -> None:
    path = put_pulumi(offline, version)
    found = ensure_engine(said.append)
    assert (found.path, found.origin) == (str(path), "path")
    assert said == []


def test_it_is_asked_once_until_it_changes(offline: Path, said: list[str]) -> None:
    path = put_pulumi(offline, "v3.260.0")
    ensure_engine(said.append)
    ensure_engine(said.append)
    asked = path.with_name("pulumi.asked")
    assert asked.read_text().count("asked") == 1
    assert noted_engine() is not None

    put_pulumi(offline, "v3.261.00")
    assert noted_engine() is None
    assert ensure_engine(said.append).version == "3.261.00"


@pytest.mark.parametrize(
    ("version", "status", "says"),
    [
        ("v3.258.9", 0, "3.259.0 or newer is needed"),
        ("no", 0, "left alone"),
        ("v9.9.9", 1, "alone"),
    ],
)
def test_one_that_will_not_do_is_named_and_the_remedy_too(
    offline: Path, said: list[str], version: str, status: int, says: str
) -> None:
    put_pulumi(offline, version, status)
    with pytest.raises(SandboxError, match=f"install Pulumi {VERSION} or newer"):
        ensure_engine(said.append)
    assert says in said[0]
    assert noted_engine() is None


def test_the_link_of_another_checkout_is_not_the_users_own(offline: Path, said: list[str]) -> None:
    real = put_pulumi(offline.parent / "elsewhere", "v3.260.0")
    other = offline.parent / "other" / ".state" / "bin"
    other.mkdir(parents=True)
    (other / "pulumi").symlink_to(real)
    os.environ["PATH"] = f"{other}:{os.environ['PATH']}"
    with pytest.raises(SandboxError, match="no Pulumi engine"):
        ensure_engine(said.append)


def test_a_build_in_the_cache_is_used_without_asking_anybody(
    offline: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SANDBOX_NO_DOWNLOAD")
    monkeypatch.setattr(download, "ARCHIVE", "http://127.0.0.1:9/must-not-be-asked")
    path = put_pulumi(build.cached(VERSION).parent, f"v{VERSION}")
    found = ensure_engine(said.append)
    assert (found.path, found.origin, said) == (str(path), "build", [])


def test_the_users_own_wins_once_it_will_do(offline: Path, said: list[str]) -> None:
    put_pulumi(build.cached(VERSION).parent, f"v{VERSION}")
    old = put_pulumi(offline, "v3.1.0")  # and later upgraded in place
    assert ensure_engine(said.append).origin == "build"
    assert ensure_engine(said.append).origin == "build"
    assert old.with_name("pulumi.asked").read_text().count("asked") == 1

    old.unlink()
    put_pulumi(offline, "v3.259.1")
    assert ensure_engine(said.append).origin == "path"


def test_links_lead_to_the_engine_and_to_its_own_language_host(
    offline: Path, said: list[str]
) -> None:
    path = put_pulumi(offline, f"v{VERSION}")
    install.install_engine(ensure_engine(said.append))
    assert (places.BIN / "pulumi").resolve() == path
    assert (places.BIN / "pulumi-language-python").resolve() == bootstrap.OWN_HOST

    host = path.with_name("pulumi-language-python")
    host.write_text("#!/bin/sh\n")
    install.install_engine(ensure_engine(said.append))
    assert (places.BIN / "pulumi-language-python").resolve() == host


class Vendor(BaseHTTPRequestHandler):
    """Serves the release: an archive and the list of checksums."""

    archive = b""
    listed = ""

    def do_GET(self) -> None:
        """Answer the one or the other."""
        body = self.archive if self.path.endswith(".tar.gz") else self.listed.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep the test's output clean."""


@pytest.fixture
def vendor(offline: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Vendor]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.delenv("SANDBOX_NO_DOWNLOAD")
    monkeypatch.setattr(download, "ARCHIVE", base + "/pulumi-v{version}-{system}-{machine}.tar.gz")
    monkeypatch.setattr(download, "CHECKSUMS", base + "/checksums.txt")
    monkeypatch.setattr(download, "_platform", lambda: ("linux", "x64"))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("pulumi", "pulumi-language-python"):
            content = f"#!/bin/sh\necho v{VERSION}\n".encode()
            entry = tarfile.TarInfo(f"pulumi/{name}")
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    Vendor.archive = buffer.getvalue()
    digest = hashlib.sha256(Vendor.archive).hexdigest()
    Vendor.listed = f"{digest}  pulumi-v{VERSION}-linux-x64.tar.gz\n"
    yield Vendor
    server.shutdown()
    server.server_close()


def test_the_vendors_download_is_installed_whole(vendor: type[Vendor], said: list[str]) -> None:
    found = ensure_engine(said.append)
    assert found.origin == "download"
    assert os.access(found.path, os.X_OK)
    assert found.host == Path(found.path).with_name("pulumi-language-python")
    assert not list((places.cache() / "engine").glob(".download-*"))


def test_a_download_with_another_checksum_is_refused(vendor: type[Vendor], said: list[str]) -> None:
    vendor.archive += b"tampered"
    with pytest.raises(SandboxError, match="does not have the vendor's checksum"):
        ensure_engine(said.append)
    assert [path.name for path in (places.cache() / "engine").iterdir()] == ["lock"]


def test_a_closed_network_costs_little(
    offline: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SANDBOX_NO_DOWNLOAD")
    monkeypatch.setattr(download, "CHECKSUMS", "http://127.0.0.1:9/none")
    with pytest.raises(SandboxError, match="no Pulumi engine"):
        ensure_engine(said.append)
    assert "not to be had here" in said[-1]
