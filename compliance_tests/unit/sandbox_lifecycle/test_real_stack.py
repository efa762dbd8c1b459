"""A real stack is asked for before the engine runs, in the user's own backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import SandboxError
from sandbox.environment import environment
from sandbox.prepare import reach


def test_a_stack_that_is_not_there_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    environ = {
        **environment("sandbox"),
        "PULUMI_BACKEND_URL": tmp_path.as_uri(),
        "PULUMI_STACK": "dev",
    }

    with pytest.raises(SandboxError, match=r"^the stack dev cannot be reached .*stack init dev`$"):
        reach("dev", environ)
