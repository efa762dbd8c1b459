"""Before the engine runs on a real stack: are these credentials of the stack's own account?

The vendor's provider refuses another account than `aws:allowedAccountIds` too, but late and in many
words; credentials that are missing or expired it reports once for every resource.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .cloud import sts
from .errors import GateError
from .paths import SANDBOX

if TYPE_CHECKING:
    from pathlib import Path

    from .paths import Paths

KEY = "aws:allowedAccountIds"
SECONDS = 10
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
REMEDY = "log in again (aws sso login, or new keys), then run it again"


def check(paths: Paths) -> None:
    """Nothing for the sandbox. Raises GateError with one line for any other stack that is not
    reached with credentials of its own account.
    """
    if paths.stack == SANDBOX:
        return
    allowed = accounts(paths.root, paths.stack)
    account = _account()
    if account not in allowed:
        raise GateError(
            f"the credentials are of the account {account}, the stack {paths.stack} is in "
            f"{', '.join(allowed)} ({KEY} in Pulumi.{paths.stack}.yaml): take the right ones"
        )


def accounts(root: Path, stack: str) -> list[str]:
    """The accounts that the stack's config allows; raises GateError where it names none."""
    given = settings(root, stack).get("config", {}).get(KEY)
    found = given if isinstance(given, list) else [given]
    if not all(re.fullmatch(r"\d{12}", str(one)) for one in found):
        raise GateError(
            f"Pulumi.{stack}.yaml does not say in which account the stack is: pulumi config set "
            f"--stack {stack} --path '{KEY}[0]' ID"
        )
    return [str(one) for one in found]


def settings(root: Path, stack: str) -> dict[str, Any]:
    """The stack's settings file; raises GateError."""
    import yaml

    file = root / f"Pulumi.{stack}.yaml"
    try:
        found = dict(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
        return {**found, "config": dict(found.get("config") or {})}
    except FileNotFoundError:
        raise GateError(f"{file.name} is missing; run: pulumi stack init {stack}") from None
    except (OSError, TypeError, ValueError, yaml.YAMLError):
        raise GateError(f"{file.name} cannot be read as YAML; restore it from git") from None


def _account() -> str:
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        client = sts("", SECONDS, 2)
        return str(client.get_caller_identity()["Account"])
    except NoCredentialsError:
        raise GateError(f"no AWS credentials were found: {REMEDY}") from None
    except ClientError as e:
        code = str(e.response.get("Error", {}).get("Code", ""))
        if code in EXPIRED:
            raise GateError(f"the AWS credentials have expired: {REMEDY}") from None
        raise GateError(f"AWS refuses the credentials ({code or 'no code'}): {REMEDY}") from None
    except (BotoCoreError, KeyError, ValueError) as e:
        raise GateError(
            f"AWS cannot be asked who we are ({type(e).__name__}): check the network and the "
            "profile, then run it again"
        ) from None
