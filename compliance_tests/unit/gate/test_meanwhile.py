"""What runs beside the engine: it steps back for it, and what it starts does; nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

from gate import preview, priority


def niceness_of_a_child() -> int:
    code = "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"
    return int(subprocess.check_output([sys.executable, "-c", code]))


def test_what_runs_beside_the_engine_and_its_children_step_back_for_it() -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    with preview.meanwhile() as beside:
        stepped = beside.submit(niceness_of_a_child).result()
    assert stepped == (max(own, priority.BEHIND) if sys.platform == "linux" else own)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own
    assert niceness_of_a_child() == own, "the engine would be as slow"
