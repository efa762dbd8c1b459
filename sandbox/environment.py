"""The environment in which the engine runs, for the sandbox and for real stacks. Only stdlib.

For the sandbox nothing of the user's AWS or Pulumi accounts may be within reach: every `AWS_*`
variable is dropped and those that remain are dummies. For a real stack they are the user's own.
"""

from __future__ import annotations

import os
import shlex
from urllib.parse import urlsplit

from sandbox import places
from sandbox.errors import SandboxError

REGION = "sa-east-1"
PASSPHRASE = "sandbox"  # noqa: S105 - guards nothing: the sandbox's secrets live only in the sandbox
MARK = "IOT_DATA_PLATFORM_SANDBOX"
"""Set in a shell that took `make env`: names the checkout whose sandbox it points at."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")

_DROPPED_PREFIXES = ("AWS_", "BOTO", "ARM_", "AZURE_", "GOOGLE_", "PULUMI_")
_KEPT = ("PULUMI_OTEL_", "PULUMI_DISABLE_", "PULUMI_EXPERIMENTAL", "PULUMI_DEBUG_")


def environment(stack: str) -> dict[str, str]:
    """Give the engine's WHOLE environment for `stack` (not to be merged with os.environ).

    Raises SandboxError when a real stack is asked for in a shell that points at a sandbox.
    """
    given = dict(os.environ)
    if stack != places.STACK:
        _refuse_sandbox_leftovers(stack, given)
        return given | _paths(given) | _quiet() | _only_aws(given) | {"PULUMI_STACK": stack}
    return account_free(given) | _paths(given) | _quiet() | _sandbox(given)


def account_free(given: dict[str, str]) -> dict[str, str]:
    """Leave out every variable that may lead to a cloud account or to the user's Pulumi."""
    return {name: value for name, value in given.items() if not _belongs_to_an_account(name)}


def shell_lines(stack: str) -> list[str]:
    """Give POSIX shell lines that turn the present environment into `environment(stack)`."""
    wanted = environment(stack)
    gone = sorted(name for name in os.environ if name not in wanted)
    lines = [f"unset {' '.join(gone)}"] if gone else []
    changed = sorted(name for name in wanted if os.environ.get(name) != wanted[name])
    return lines + [f"export {name}={shlex.quote(wanted[name])}" for name in changed]


def _sandbox(given: dict[str, str]) -> dict[str, str]:
    from sandbox.lifecycle import endpoint

    local = ",".join(LOOPBACK)
    proxies = {
        name: f"{local},{given[name]}" if given.get(name) and local not in given[name] else local
        for name in ("no_proxy", "NO_PROXY")
    }
    return proxies | {
        MARK: str(places.ROOT),
        "PULUMI_HOME": str(places.PULUMI_HOME),
        "PULUMI_BACKEND_URL": _backend_url(),
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_STACK": places.STACK,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_ENDPOINT_URL": endpoint(),
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SANDBOX_JOURNAL": str(places.JOURNAL),
    }


def _backend_url() -> str:
    """The file backend, without the files of attributes that it writes beside each of its files.

    Those are not replaced at once: an engine killed in between leaves an empty one, and no engine
    reads that backend again ("EOF").
    """
    path = str(places.BACKEND)
    if any(character in path for character in "?#%"):
        raise SandboxError(
            f"the engine cannot keep its state in {path}: move the checkout to a path without ?, # "
            "and %"
        )
    return f"file://{path}?metadata=skip"


def _paths(given: dict[str, str]) -> dict[str, str]:
    first = [str(places.BIN), str(places.VENV_BIN)]
    rest = [part for part in given.get("PATH", os.defpath).split(os.pathsep) if part not in first]
    return {"PATH": os.pathsep.join(first + rest)}


def _quiet() -> dict[str, str]:
    # PULUMI_DEBUG_COMMANDS shows --event-log, which is how the gate learns what was evaluated.
    return {"PULUMI_SKIP_UPDATE_CHECK": "1", "PULUMI_DEBUG_COMMANDS": "true"}


def _belongs_to_an_account(name: str) -> bool:
    return name.startswith(_DROPPED_PREFIXES) and not name.startswith(_KEPT)


def _refuse_sandbox_leftovers(stack: str, given: dict[str, str]) -> None:
    if MARK in given:
        raise SandboxError(
            f"this shell points at the sandbox (make env), the stack {stack} needs your own "
            "credentials: open a new shell"
        )
    for name, value in given.items():
        if name.startswith("AWS_ENDPOINT_URL") and not _is_aws(value):
            raise SandboxError(
                f"{name}={value} is not AWS's own, so the stack {stack} would not be there: "
                f"unset {name}, or use STACK=sandbox"
            )


def _only_aws(given: dict[str, str]) -> dict[str, str]:
    """An endpoint in the user's ~/.aws/config would lead elsewhere unseen."""
    named = any(name.startswith("AWS_ENDPOINT_URL") for name in given)
    return {} if named else {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}


def _is_aws(url: str) -> bool:
    """AWS's own names, those of a VPC's private endpoints among them; any other may be anybody."""
    host = urlsplit(url).hostname or ""
    return urlsplit(url).scheme == "https" and host.endswith((".amazonaws.com", ".api.aws"))
