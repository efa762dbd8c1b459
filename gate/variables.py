"""Which variables named PULUMI_... and PYTHON... reach the engine: a few known ones, no others.

The engine reads dozens. A flag may come as PULUMI_OPTION_..., a provider or the language host may
be swapped for a process on a port (PULUMI_DEBUG_PROVIDERS, PULUMI_DEBUG_LANGUAGES), errors skipped
(PULUMI_CONTINUE_ON_ERROR), checkpoints left out (PULUMI_SKIP_CHECKPOINTS), secrets written to a
file (PULUMI_DEBUG_GRPC). None of that is in a plan or an event log, so what is not on this list
does not get there. PYTHONPATH puts other code before the program's and the pack's own, and before
the packages of the lock file.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import console

PREFIXES = ("PULUMI_", "PYTHON")
# What the gate alone may use: a program that reads its environment must not find the key.
OURS = ("GATE_SIGNING_KEY",)
ALLOWED = frozenset(
    {
        # where the stack is, and who asks
        "PULUMI_HOME",
        "PULUMI_BACKEND_URL",
        "PULUMI_API",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CREDENTIALS_PATH",
        "PULUMI_CREDENTIAL_STORE",
        "PULUMI_DEFAULT_ORGANIZATION",
        "PULUMI_STACK",
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        # how the backend keeps a state; what is in it is the same
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS",
        "PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS",
        "PULUMI_DIY_BACKEND_GZIP",
        "PULUMI_DIY_BACKEND_ZSTD",
        "PULUMI_DIY_BACKEND_PARALLEL",
        # set by us
        "PULUMI_SKIP_UPDATE_CHECK",
        "PULUMI_DEBUG_COMMANDS",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
        # how many at once; where a CI keeps its traces
        "PULUMI_PARALLEL",
        "PULUMI_DISABLE_CI_DETECTION",
        "PULUMI_OTEL_EXPORTER_OTLP_ENDPOINT",
        # how Python writes and speaks, not what it runs
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
        "PYTHONHASHSEED",
        "PYTHONUTF8",
        "PYTHONIOENCODING",
        "PYTHONWARNINGS",
    }
)
_told: set[str] = set()


def kept(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would change the run unseen; says what was left out, once."""
    gone = {name for name in env if name.startswith(PREFIXES) and name not in ALLOWED}
    if new := sorted(gone - _told):
        _told.update(new)
        console.say(f"not handed to the engine: {', '.join(new)} (gate/variables.py says why)")
    return {n: value for n, value in env.items() if n not in gone and not n.startswith(OURS)}
