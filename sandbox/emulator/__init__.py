"""An AWS of one's own on this machine: moto's server, patched where it is not like AWS.

`python -m sandbox.emulator --port N` serves until SIGTERM; tests call `start()` in process.
"""

from __future__ import annotations

from sandbox.emulator.server import ACCOUNT, Emulator, start

__all__ = ["ACCOUNT", "Emulator", "start"]
