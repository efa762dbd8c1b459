"""What the language host and the plugins share: a gRPC server that lives as long as the engine.

The engine starts a plugin, reads a port from its first line of output, and ends it with SIGINT. It
waits up to 5 s for that, so a plugin that lingers makes every run slower; and an engine that was
killed (SIGKILL) ends nobody, so a plugin must see for itself that its parent is gone.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent import futures

import grpc

from sandbox.journal import Journal

MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024
"""The engine's own limit (pulumi/sdk rpcutil): a state or a plan may be far above gRPC's 4 MB."""

CHANNEL_OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
    ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
    ("grpc.max_message_length", MESSAGE_LIMIT_BYTES),
)

PARENT_POLL_SECONDS = 0.25


def serve(
    register: Callable[[grpc.Server], None],
    *,
    on_exit: Callable[[], None] | None = None,
    workers: int = 64,
) -> None:
    """Serve gRPC on a free loopback port until the engine ends this process or dies itself.

    `register` adds the servicers. The port is printed as the first line of standard output, as
    the engine expects. `on_exit` runs once before the process ends (to end its own children).
    SIGINT and SIGTERM end the process at once, with status 0; so does the parent's death, after
    the calls that change the cloud are finished and noted (sandbox/journal.py). Never returns.
    """
    parent = os.getppid()
    end = _ender(on_exit)
    # A signal may be given to any thread, its handler is run by this one alone: it would sleep on,
    # and the engine wait its whole grace.
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: end())
    journal = Journal()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=workers, thread_name_prefix="rpc"),
        options=(*CHANNEL_OPTIONS, ("grpc.so_reuseport", 0)),
        interceptors=[journal],
    )
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)

    def orphaned() -> None:
        journal.finish()
        end()

    watch_parent(orphaned, parent)
    while True:  # the main thread stays free to run signal handlers
        os.read(woken, 1)


def watch_parent(gone: Callable[[], None], parent: int | None = None) -> None:
    """Call `gone` from a background thread once the process that started this one is dead.

    `parent` is its number as seen at start-up, when that was long ago.
    """
    expected = parent or os.getppid()

    def watch() -> None:
        while os.getppid() == expected:
            time.sleep(PARENT_POLL_SECONDS)
        gone()

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def _ender(on_exit: Callable[[], None] | None) -> Callable[[], None]:
    """Make the function that ends the process: without waiting for threads or open calls."""

    def end() -> None:
        try:
            if on_exit is not None:
                on_exit()
        finally:
            os._exit(0)

    return end
