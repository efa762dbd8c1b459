"""The engine, found or fetched: the user's own `pulumi`, the vendor's download, or a build.

Nothing is installed system-wide: a download or a build goes into the user's cache, once for all
checkouts; `.state/bin` of the checkout has a link to it and the language host.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import places
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = "3.259.0"
"""Tested, and the oldest that will do: `policy analyze`, the event log, packs by RunPlugin."""

OWN_HOST = Path(__file__).with_name("module") / "pulumi-language-python"


@dataclass(frozen=True)
class Engine:
    """A `pulumi` that will do."""

    path: str
    version: str
    origin: str
    """`path` (the user's own), `download` (the vendor's) or `build` (from its Go modules)."""
    stamp: str = ""
    """Size and time of the file: an upgrade in place is looked at again."""
    refused: str = ""
    """The user's own `pulumi`, and its stamp, that was too old when this one was got."""

    @property
    def host(self) -> Path | None:
        """The language host for Python beside it: the vendor's, or with a build our own."""
        found = Path(self.path).resolve().with_name("pulumi-language-python")
        return found if found.is_file() else None


def ensure_engine(say: Callable[[str], None]) -> Engine:
    """Give an engine, fetched or built when there is none. Raises SandboxError."""
    noted = _noted()
    if noted is not None and _is_current(noted):
        return noted
    engine = _find(say) or _obtain(say)
    refused = "" if engine.origin == "path" else _first_on_path()
    engine = replace(engine, stamp=_stamp(engine.path), refused=refused)
    from sandbox.locks import write_whole

    write_whole(places.ENGINE_NOTE, json.dumps(asdict(engine), indent=1))
    return engine


def noted_engine() -> Engine | None:
    """The engine of the last setup, if it is still there. Looks at files only."""
    noted = _noted()
    return noted if noted is not None and _stamp(noted.path) == noted.stamp else None


def _find(say: Callable[[str], None]) -> Engine | None:
    from sandbox.engine.found import on_path, version_of

    for path in on_path():
        version = version_of(path)
        if version is None:
            say(f"setup: {path} does not answer `pulumi version`, it is left alone")
        elif _numbers(version) >= _numbers(VERSION):
            return Engine(str(path), version, "path")
        else:
            say(f"setup: {path} is Pulumi {version}, {VERSION} or newer is needed: getting one")
    return None


def _obtain(say: Callable[[str], None]) -> Engine:
    from sandbox.engine import build, download
    from sandbox.locks import held

    waiting = "setup: another setup is getting the engine, waiting for it"
    with held(places.cache() / "engine" / "lock", lambda: say(waiting)):
        for origin, way in (("download", download), ("build", build)):
            if way.cached(VERSION).is_file():
                return Engine(str(way.cached(VERSION)), VERSION, origin)
        for origin, obtain in (("download", download.download), ("build", build.build)):
            path = obtain(VERSION, say)
            if path is not None:
                return Engine(str(path), VERSION, origin)
    raise SandboxError(
        f"no Pulumi engine: install Pulumi {VERSION} or newer and put it on PATH, or install Go "
        "1.24 or newer so that it can be built"
    )


def _is_current(noted: Engine) -> bool:
    """Believe the note unless the file changed or a setup would now choose another one."""
    if not noted.stamp or _stamp(noted.path) != noted.stamp:
        return False
    from sandbox.engine import build, download

    if noted.origin == "path":
        return _first_on_path() == f"{noted.path} {noted.stamp}"
    cached = (build.cached(VERSION), download.cached(VERSION))
    return noted.path in map(str, cached) and _first_on_path() == noted.refused


def _first_on_path() -> str:
    from sandbox.engine.found import on_path

    first = next(iter(on_path()), None)
    return f"{first} {_stamp(str(first))}" if first else ""


def _noted() -> Engine | None:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Engine(**json.loads(places.ENGINE_NOTE.read_text()))
    return None


def _stamp(path: str) -> str:
    with contextlib.suppress(OSError):
        found = os.stat(path)  # noqa: PTH116 - follows the link, as the engine's start does
        return f"{found.st_size}-{found.st_mtime_ns}"
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split("[-+]", version, maxsplit=1)[0].split("."))
