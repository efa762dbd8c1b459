"""The engine's protocol messages, without the SDK around them.

They are generated modules inside `pulumi.runtime`, whose packages import the whole SDK: half of
the language host's start-up and a third of a plugin's, for nothing that either uses. So their
folders stand in for the packages while the messages are loaded, unless somebody has imported the
SDK already.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from pathlib import Path

from sandbox.errors import SandboxError

PACKAGES = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def load(*names: str) -> list[types.ModuleType]:
    """The modules of `pulumi.runtime.proto` with these names; raises SandboxError."""
    stand_ins = [] if PACKAGES[0] in sys.modules else list(PACKAGES)
    if stand_ins:
        spec = importlib.util.find_spec("pulumi")
        if spec is None or spec.origin is None:
            raise SandboxError("the Python package pulumi is not installed; run `make setup`")
        root = Path(spec.origin).parent.parent
    for package in stand_ins:
        sys.modules[package] = types.ModuleType(package)
        sys.modules[package].__path__ = [str(root.joinpath(*package.split(".")))]
    try:
        return [importlib.import_module(f"{PACKAGES[-1]}.{name}") for name in names]
    finally:
        for package in stand_ins:  # whoever imports the SDK later gets the real one
            del sys.modules[package]
