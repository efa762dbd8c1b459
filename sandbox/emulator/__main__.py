"""`python -m sandbox.emulator --port N`: serve on 127.0.0.1:N until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from sandbox.emulator.server import start


def main() -> int:
    """Serve; status 0 after SIGTERM, 1 with one line when the port cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 picks a free one")
    port = parser.parse_args().port
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: os._exit(0))  # no state to save
    try:
        emulator = start(port, warm=True)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        print(
            f"the sandbox cannot listen on 127.0.0.1:{port} ({reason}); "
            "stop what uses the port or set SANDBOX_PORT to a free one",
            file=sys.stderr,
        )
        return 1
    print(emulator.url, flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
