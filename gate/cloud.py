"""Who the cloud says we are, and what time it says it is."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.ask import ask

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
    return _sandbox(env) if stack == SANDBOX else _aws(env)


def _found(account: str, date: str, asked: float) -> Identity:
    """Of an answer that has just come; raises ValueError when the date is none."""
    from email.utils import parsedate_to_datetime

    local = (asked + time.time()) / 2
    offset = round(local - parsedate_to_datetime(date).timestamp(), 1) if date else None
    return Identity(account, offset)


def _sandbox(env: Mapping[str, str]) -> Identity:
    """Account and date from the sandbox, which checks no signature: botocore takes a quarter of a
    second to load, beside an engine that needs the processor. Never with the credentials of this
    process: real ones may stand there.
    """
    where = urlsplit(env["AWS_ENDPOINT_URL"])
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    scope = f"{env['AWS_ACCESS_KEY_ID']}/20260101/{REGION}/sts/aws4_request"
    request = (
        f"POST / HTTP/1.0\r\nHost: {where.netloc}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    asked = time.time()
    try:
        head, said = ask(where.hostname or "", where.port or 80, request, SECONDS)
        account = re.search(r"<Account>(\d{12})</Account>", said)
        date = re.search(r"^date: *(.+?)\r?$", head, re.IGNORECASE | re.MULTILINE)
        return _found(account[1] if account else "", date[1] if date else "", asked)
    except (OSError, ValueError):
        return Identity()


def _aws(env: Mapping[str, str]) -> Identity:
    from botocore.exceptions import BotoCoreError, ClientError

    region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or REGION
    try:
        client = sts(region, SECONDS, 4)
        asked = time.time()
        answer = _answer(client, ClientError)
        date = str(answer["ResponseMetadata"]["HTTPHeaders"].get("date", ""))
        return _found(str(answer.get("Account") or ""), date, asked)
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
