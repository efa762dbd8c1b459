"""Only a preview of the whole stack proves anything: the engine's ways to leave out resources."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .errors import GateError

# --target, --target-dependents, --exclude and their like, with the value apart or behind `=`; -t,
# alone, before its value or behind flags that take none
PARTIAL = re.compile(r"--?(?:target|exclude)(?:-[a-z-]+)?(?:=.*)?|-[a-zA-Z]*t.*", re.DOTALL)


def check(extra: Sequence[str]) -> None:
    """Raises GateError when one of the engine's arguments would leave resources out."""
    for argument in extra:
        if PARTIAL.fullmatch(argument):
            flag = argument.partition("=")[0]
            raise GateError(
                f"{flag} leaves resources out, and a part of the stack proves nothing of the "
                "whole; run it without, or call `pulumi preview` itself to look at a part"
            )
