"""Who the cloud says we are, and what time it says it is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import timings
from .paths import SANDBOX

REGION = "sa-east-1"
ENDPOINT = "AWS_ENDPOINT_URL"
SECONDS = 5  # patience: the answer is for the header of a report


@dataclass(frozen=True)
class Identity:
    """The account, and how far the local clock is ahead of the cloud's, in seconds."""

    account: str = ""
    offset: float | None = None


@timings.timed("asking who we are")
def identity(stack: str, env: Mapping[str, str]) -> Identity:
    """Ask STS with the credentials of the run; nothing when it does not answer.

    An answer that refuses (a clock far off makes one) says what time it is all the same.
    """
    from email.utils import parsedate_to_datetime

    from botocore.exceptions import BotoCoreError, ClientError

    given: dict[str, Any] = {}
    if stack == SANDBOX:
        # Not the environment of this process: real credentials may stand there.
        given = {
            "endpoint_url": env["AWS_ENDPOINT_URL"],
            "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
        }
    region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or REGION
    try:
        client = sts(region, SECONDS, 4, **given)
        asked = time.time()
        answer = _answer(client, ClientError)
        local = (asked + time.time()) / 2
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        offset = round(local - parsedate_to_datetime(date).timestamp(), 1) if date else None
        return Identity(str(answer.get("Account") or ""), offset)
    except (BotoCoreError, KeyError, ValueError, TypeError):
        return Identity()


def sts(region: str, seconds: int, attempts: int, **given: Any) -> Any:
    """A client of STS that is as patient as this; raises what botocore raises.

    An endpoint that only a file of the user's configures is not believed, as
    sandbox/environment.py has it for the engine: it could pose as AWS.
    """
    from botocore.config import Config
    from botocore.session import Session

    settings: dict[str, Any] = {
        "connect_timeout": seconds,
        "read_timeout": seconds,
        "retries": {"mode": "standard", "total_max_attempts": attempts},
        "ignore_configured_endpoint_urls": not any(n.startswith(ENDPOINT) for n in os.environ),
    }
    session = Session()
    where = region or session.get_config_variable("region") or REGION
    return session.create_client("sts", region_name=where, config=Config(**settings), **given)


def _answer(client: Any, refused: type[Any]) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = client.get_caller_identity()
    except refused as e:
        answer = e.response
    return answer
