"""What the engine finds in a checkout: `.state/bin`, and for the sandbox its own provider plugins.

Every file is written only when its content differs, so a second setup changes nothing.
"""

from __future__ import annotations

import json
import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path

from sandbox import places
from sandbox.engine import OWN_HOST, Engine
from sandbox.errors import SandboxError
from sandbox.locks import write_whole

PROVIDERS = {"aws": "pulumi-aws", "random": "pulumi-random"}
"""Plugin name to the distribution whose version it stands in for."""

_START = """\
#!/bin/sh
# Made by `make setup`: starts this checkout's {module} with this checkout's Python.
exec {python} -P -c 'import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
runpy.run_module("{module}", run_name="__main__", alter_sys=True)' {root} "$@"
"""


def install_engine(engine: Engine) -> None:
    """Put links to the engine and its language host (ours when it brings none) into `.state/bin`.

    Links, because the engine warns about a language host that is not the one beside itself.
    """
    places.BIN.mkdir(parents=True, exist_ok=True)
    _link(places.BIN / "pulumi", Path(engine.path))
    _link(places.BIN / OWN_HOST.name, engine.host or OWN_HOST)


def install_plugins() -> None:
    """Put the sandbox's provider plugins into its own PULUMI_HOME, under the SDKs' versions."""
    folder = places.PULUMI_HOME / "plugins"
    wanted: set[str] = set()
    for name, distribution in PROVIDERS.items():
        number = _version(distribution)
        plugin = f"resource-{name}-v{number}"
        wanted.add(plugin)
        _write_starter(folder / plugin / f"pulumi-resource-{name}", f"sandbox.providers.{name}")
    for old in folder.iterdir():
        # A plugin of an SDK that was upgraded would be picked for "the latest version".
        if old.is_dir() and old.name.startswith("resource-") and old.name not in wanted:
            shutil.rmtree(old)


def _version(distribution: str) -> str:
    """The version in the SDK's pulumi-plugin.json, which is what the engine asks for."""
    spec = find_spec(distribution.replace("-", "_"))
    try:
        told = json.loads(
            Path(str(spec and spec.origin)).with_name("pulumi-plugin.json").read_text()
        )
        return str(told["version"]).removeprefix("v")
    except (OSError, ValueError, KeyError, TypeError):
        raise SandboxError(
            f"the package {distribution} is missing in .venv: run `make setup`"
        ) from None


def _write_starter(path: Path, module: str) -> None:
    python = places.VENV_BIN / "python"
    text = _START.format(
        module=module, python=shlex.quote(str(python)), root=shlex.quote(str(places.ROOT))
    )
    if not path.is_file() or path.read_text() != text:
        write_whole(path, text, mode=0o755)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    part = link.with_name(f".{link.name}.new")
    part.unlink(missing_ok=True)
    part.symlink_to(target)
    part.replace(link)
