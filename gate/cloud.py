"""Who the cloud says we are, and what time it says it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from . import timings
from .paths import SANDBOX

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
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

    session = Session()
    given: dict[str, Any] = {}
    if stack == SANDBOX:
        # Not the environment of this process: real credentials may stand there.
        given = {
            "endpoint_url": env["AWS_ENDPOINT_URL"],
            "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
        }
    region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or "sa-east-1"
    config = Config(
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    try:
        client: Any = session.create_client("sts", region_name=region, config=config, **given)
        asked = time.time()
        answer = _answer(client, ClientError)
        local = (asked + time.time()) / 2
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        offset = round(local - parsedate_to_datetime(date).timestamp(), 1) if date else None
        return Identity(str(answer.get("Account") or ""), offset)
    except (BotoCoreError, KeyError, ValueError, TypeError):
        return Identity()


def _answer(client: Any, refused: type[Any]) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = client.get_caller_identity()
    except refused as e:
        answer = e.response
    return answer
