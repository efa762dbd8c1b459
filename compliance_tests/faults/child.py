"""`python -m compliance_tests.faults.child NUMBER FOLDER`: one fault, on a copy of its own.

A process of its own: whatever a fault does to it, the others do not see. What became of the fault
is in FOLDER/seen.json when it ends; no such file is a fault that was not handled.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from pathlib import Path

from compliance_tests.engine.checkout import Checkout, checkout
from evidence.store import write_atomically

from .place import Place
from .record import entry
from .run import FAULTS, seen

COPY, SEEN = "copy", "seen.json"


def main(number: int, folder: Path) -> int:
    """Make the fault of this number."""
    threading.Thread(target=_with_parent, args=(os.getppid(), folder), daemon=True).start()
    with checkout(folder / COPY) as copy:
        one = seen(Place(copy), FAULTS[number])
        write_atomically(folder / SEEN, entry(one).encode())
    return 1 if one.wrong else 0


def clear(folder: Path) -> None:
    """End what a fault that was stopped left running; only what runs in this folder."""
    copy = Place(Checkout(folder / COPY))
    for _ in range(20):
        if not copy.kill("."):
            return
        time.sleep(0.1)


def _with_parent(parent: int, folder: Path) -> None:
    """A child whose parent was killed ends as well, and takes along what it has started."""
    while os.getppid() == parent:
        time.sleep(1)
    clear(folder)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2])))
