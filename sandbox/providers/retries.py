"""Which requests are sent again. Not botocore's own: it repeats a create that timed out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sandbox.providers.errors import code_of, is_outage

ATTEMPTS = 5
FIRST_WAIT_SECONDS = 0.1
BUSY = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "SlowDown",
        "503",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)
"""Answers that say that nothing was done, and to come again."""
READS = ("describe_", "get_", "list_")
AS_IS = frozenset({"meta", "exceptions", "get_waiter", "can_paginate", "close"})


class Patient:
    """A botocore client that asks again when that cannot do anything twice.

    AWS was busy: always. No connection, or a lost one: only what just reads. A read that timed out
    is not repeated: a server that hangs goes on hanging.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._calls: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Any:
        if name == "get_paginator":
            return self._paginator
        if name in AS_IS or name.startswith("_"):
            return getattr(self._client, name)
        if name not in self._calls:
            self._calls[name] = _patiently(getattr(self._client, name), name.startswith(READS))
        return self._calls[name]

    def _paginator(self, operation: str) -> Any:
        paginator = self._client.get_paginator(operation)
        paginator._method = getattr(self, operation)
        return paginator


def _patiently(call: Callable[..., Any], reads: bool) -> Callable[..., Any]:
    def patient(**asked: Any) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return call(**asked)
            except Exception as error:
                if attempt == ATTEMPTS or not _again(error, reads):
                    raise
            time.sleep(FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")

    return patient


def _again(error: Exception, reads: bool) -> bool:
    if code_of(error) in BUSY:
        return True
    return reads and is_outage(error) and type(error).__name__ != "ReadTimeoutError"
