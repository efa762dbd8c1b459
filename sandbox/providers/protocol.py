"""The messages of the provider protocol, without the SDK around them.

They are generated modules inside `pulumi.runtime`, whose packages import the whole SDK: a third of
a plugin's start-up, for nothing that a provider uses. So their folders stand in for the packages
while the messages are loaded, unless somebody has imported the SDK already.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.providers.errors import ProviderError

if TYPE_CHECKING:
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
else:

    def _load(*names: str) -> list[types.ModuleType]:
        packages = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")
        stand_ins = [] if packages[0] in sys.modules else list(packages)
        if stand_ins:
            spec = importlib.util.find_spec("pulumi")
            if spec is None or spec.origin is None:
                raise ProviderError("the Python package pulumi is not installed; run `make setup`")
            root = Path(spec.origin).parent.parent
        for package in stand_ins:
            sys.modules[package] = types.ModuleType(package)
            sys.modules[package].__path__ = [str(root.joinpath(*package.split(".")))]
        try:
            return [importlib.import_module(f"{packages[-1]}.{name}") for name in names]
        finally:
            for package in stand_ins:  # whoever imports the SDK later gets the real one
                del sys.modules[package]

    plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2 = _load(
        "plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"
    )

__all__ = ["plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
