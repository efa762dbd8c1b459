"""Starts the pack: builds pulumi-policy's policies from the controls and serves them.

With the SDK it knows, the pack's own servicer answers (`servicer.py`); with any other, the stock
one does, over the same decisions (`stock.py`), and one line on standard error says so.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pulumi_policy
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy.version import VERSION

from . import stock
from .control import Control
from .servicer import Servicer
from .settings import PackSettings, SettingsError, read_files
from .waivers import read as read_waivers
from .wire import register

#: Versions of pulumi-policy whose stock servicer was compared with ours, answer by answer.
KNOWN_SDKS = frozenset({"1.21.0"})
PARENT_POLL_SECONDS = 0.5
#: Objects between two searches for garbage: the 700 of the usual setting take a fifth of the time
#: of a large stack.
GARBAGE = 1_000_000


def serve(name: str, controls: Sequence[Control]) -> None:
    """Serve the pack until the engine ends it. Ends with status 1 and one line when the pack's
    own files are wrong. ``POLICY_STOCK=1`` asks for the stock servicer, to compare them.
    """
    try:
        settings = PackSettings(read_files(), waivers=read_waivers(controls))
    except SettingsError as wrong:
        sys.exit(f"policy pack {name}: {wrong}")
    # Said explicitly: a background job of a shell inherits SIGINT as ignored, and the engine would
    # wait its whole grace for a pack that does not end.
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    threading.Thread(target=_leave_with_engine, args=(os.getppid(),), daemon=True).start()
    use_stock = VERSION not in KNOWN_SDKS or os.environ.get("POLICY_STOCK") == "1"
    if use_stock:
        sys.stderr.write(
            f"policy pack {name}: pulumi-policy {VERSION} answers itself: slower, same decisions "
            f"(the pack's own servicer is compared with {', '.join(sorted(KNOWN_SDKS))})\n"
        )
    mandatory = pulumi_policy.EnforcementLevel.MANDATORY
    policies = stock.policies(controls, settings)
    wrap = _wrapper(name, controls, policies, settings, use_stock)
    gc.freeze()  # the controls stay; what a request leaves goes by its reference counts
    gc.set_threshold(GARBAGE)
    with_servicer(wrap, lambda: pulumi_policy.PolicyPack(name, policies, mandatory))


def in_process(
    name: str, controls: Sequence[Control], settings: PackSettings, use_stock: bool = False
) -> Any:
    """The servicer that `serve` would put on the wire, to be called directly."""
    policies = stock.policies(controls, settings)
    wrap = _wrapper(name, controls, policies, settings, use_stock)

    def take(inner: Any) -> Any:
        raise _Taken(wrap(inner))

    mandatory = pulumi_policy.EnforcementLevel.MANDATORY
    try:
        with_servicer(take, lambda: pulumi_policy.PolicyPack(name, policies, mandatory))
    except _Taken as taken:
        return taken.servicer
    raise RuntimeError("pulumi-policy no longer builds its servicer in PolicyPack")


class _Taken(Exception):  # noqa: N818 (no error: the way out of PolicyPack)
    """Stops PolicyPack before it serves."""

    def __init__(self, servicer: Any):
        super().__init__()
        self.servicer = servicer


def _wrapper(
    name: str,
    controls: Sequence[Control],
    policies: Sequence[pulumi_policy.Policy],
    settings: PackSettings,
    use_stock: bool,
) -> Callable[[Any], Any]:
    def wrap(inner: Any) -> Any:
        if use_stock:
            return stock.Watched(inner, name, controls, policies, settings)
        return Servicer(name, inner, controls, settings)

    return wrap


def with_servicer(wrap: Callable[[Any], Any], start: Callable[[], object]) -> None:
    """Let `start` build a PolicyPack whose servicer is first handed to `wrap`.

    PolicyPack offers no other way in: it makes its servicer, adds it to a server and serves.
    """
    add = analyzer_pb2_grpc.add_AnalyzerServicer_to_server

    def wrapped(servicer: Any, server: Any) -> None:
        register(wrap(servicer), server)

    analyzer_pb2_grpc.add_AnalyzerServicer_to_server = wrapped
    try:
        start()
    finally:
        analyzer_pb2_grpc.add_AnalyzerServicer_to_server = add


def _leave_with_engine(parent: int) -> None:
    """End when the language host is gone, killed included: nobody else would end the pack."""
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    os._exit(1)
