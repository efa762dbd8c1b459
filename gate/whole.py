"""Which of the engine's arguments may come after `--`: those that change nothing of the plan.

Only a preview of the whole stack, with the program, the config and the pack of the checkout, proves
anything. So there is a list of what is harmless, and everything else is refused: a flag of a later
engine too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .errors import GateError

# --target, --target-dependents, --exclude and their like, with the value apart or behind `=`; -t,
# alone, before its value or behind flags that take none
PARTIAL = re.compile(r"--?(?:target|exclude)(?:-[a-z-]+)?(?:=.*)?|-[a-zA-Z]*t.*", re.DOTALL)
#: Flags, and whether each takes a value that may stand apart.
HARMLESS = {
    "--refresh": False,  # looks at the cloud first: more is seen, not less
    "--expect-no-changes": False,
    "--diff": False,
    "--show-reads": False,
    "--show-replacement-steps": False,
    "--show-sames": False,
    "--show-full-output": False,
    "--suppress-outputs": False,
    "--suppress-progress": False,
    "--suppress-permalink": False,
    "--color": True,
    "--message": True,
    "-m": True,
    "--parallel": True,
    "-p": True,
    "--policy-pack-config": True,  # a level or a limit below the profile's shuts the gate
}
WHY = {
    "--show-secrets": "would write secrets in clear into the plan",
    "--config": "would judge another config than the one that is committed",
    "--config-file": "would judge another config than the one that is committed",
    "--config-path": "would judge another config than the one that is committed",
    "--policy-pack": "would load another pack",
    "--remote": "would run elsewhere, where the gate does not see it",
    "--import-file": "would write a file that the gate knows nothing of",
    "--json": "would hide what the policies say",
}
SHORT = {"-c": "--config", "-j": "--json"}


def check(extra: Sequence[str]) -> None:
    """Raises GateError for the first argument that is not known to be harmless."""
    waiting = False
    for argument in extra:
        flag, equals, _value = argument.partition("=")
        if waiting:
            waiting = False
            continue
        if PARTIAL.fullmatch(argument):
            raise GateError(
                f"{flag} leaves resources out, and a part of the stack proves nothing of the "
                "whole; run it without, or call `pulumi preview` itself to look at a part"
            )
        if flag not in HARMLESS:
            why = WHY.get(
                SHORT.get(flag, flag), "is none of the flags that leave the verdict as it is"
            )
            raise GateError(
                f"{flag[:40]} {why}; run it without (gate/whole.py names those that may be given)"
            )
        waiting = HARMLESS[flag] and not equals
