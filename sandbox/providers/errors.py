"""What can go wrong between a provider and the emulator, each in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager


class ProviderError(Exception):
    """One line for the user: what is wrong and what to do.

    `id` is set when the resource exists all the same: the engine then keeps it in the state.
    """

    def __init__(self, text: str, id: str | None = None) -> None:
        super().__init__(" ".join(text.split()))
        self.id = id


@contextmanager
def made(id: str) -> Iterator[None]:
    """Around all that `create` does once the resource exists: a failure in it carries the id."""
    try:
        yield
    except ProviderError as error:
        raise ProviderError(str(error), id=error.id or id) from error
    except Exception as error:
        raise ProviderError(explain(error), id=id) from error


def code_of(error: BaseException) -> str:
    """The AWS error code of a botocore ClientError (`DBClusterNotFoundFault`); "" for others."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def is_missing(error: BaseException) -> bool:
    """Whether AWS says that the thing asked for is not there."""
    code = code_of(error)
    return bool(re.search(r"NotFound|NoSuch|NonExist|\.Malformed$", code)) or code == "404"


OUTAGES = frozenset(
    {
        "EndpointConnectionError",
        "ConnectionClosedError",
        "ConnectTimeoutError",
        "ConnectionError",
        "ReadTimeoutError",
        "ResponseStreamingError",
    }
)
"""Errors of botocore after which nobody knows whether the request was done."""


def is_outage(error: BaseException) -> bool:
    """Whether the emulator did not answer, so that what was asked may be done or not."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__name__ in OUTAGES:
            return True
        seen = seen.__cause__
    return False


def explain(error: BaseException) -> str:
    """One line on an error of boto3, of the emulator or of a handler, without a traceback."""
    if isinstance(error, ProviderError):
        return str(error)
    kind, code = type(error).__name__, code_of(error)
    text = " ".join(str(error).split())
    operation = getattr(error, "operation_name", "") or "the request"
    if kind == "ReadTimeoutError":
        return f"the sandbox's AWS took too long ({text}); run `make sandbox` and try again"
    if kind in OUTAGES:
        return f"the sandbox's AWS does not answer ({text}); run `make sandbox` and try again"
    if (
        kind == "ResponseParserError"
        or code == "500"
        or "<!doctype" in text.lower()
        or "<html" in text.lower()
    ):
        return (
            f"the sandbox's AWS cannot do {operation}: it answered HTTP 500 without a result "
            "that an AWS client can read"
        )
    if code:
        message = " ".join(str(error.response["Error"].get("Message", "")).split())  # type: ignore[attr-defined]
        return f"{operation}: {code}: {message}"
    if kind == "ParamValidationError":
        shown = re.sub(
            r"value: .*?, (type|valid)", r"value: (not shown), \1", text
        )  # may be secret
        return f"AWS would refuse the request: {shown}"
    return f"{kind}: {text}" if text else kind
