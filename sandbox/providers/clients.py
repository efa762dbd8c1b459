"""boto3 clients that can reach nothing but the embedded AWS on this machine."""

from __future__ import annotations

import ipaddress
import os
import threading
from typing import Any
from urllib.parse import urlsplit

from sandbox.providers.errors import ProviderError
from sandbox.providers.retries import Patient

DUMMY_KEY = "sandbox"
"""Both halves of the credentials of every request: the user's own are never read."""
CONNECT_SECONDS = 5
READ_SECONDS = 60
REMEDY = 'run `make sandbox`, then `eval "$(make -s env)"`'


def loopback(url: str) -> str:
    """Give back `url` if it names this machine over HTTP; raise ProviderError otherwise.

    Only literal loopback addresses and `localhost` count: a name could resolve to anything.
    """
    if not url:
        raise ProviderError(
            f"AWS_ENDPOINT_URL is not set: the sandbox's provider has no AWS to talk to; {REMEDY}"
        )
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if parts.scheme not in ("http", "https") or not local:
        raise ProviderError(
            f"AWS_ENDPOINT_URL is {parts.scheme}://{host}: the sandbox's provider talks to this "
            f"machine only (127.0.0.1); {REMEDY}"
        )
    return url


class Clients:
    """Clients by service name for one region, made on first use and shared between threads.

    `aws.kms` is `aws.client("kms")`; `aws.in_region("us-east-1")` gives those of another region.
    """

    def __init__(self, endpoint: str, region: str, account: str = "123456789012") -> None:
        self.endpoint = loopback(endpoint)
        self.region = region
        self.account = account
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._regions: dict[str, Clients] = {region: self}

    @classmethod
    def from_environment(cls, region: str) -> Clients:
        """Clients for the emulator that AWS_ENDPOINT_URL names."""
        return cls(os.environ.get("AWS_ENDPOINT_URL", ""), region)

    def in_region(self, region: str | None) -> Clients:
        """The clients of another region on the same emulator; None is this one."""
        if region is None or region == self.region:
            return self
        with self._lock:
            if region not in self._regions:
                other = Clients(self.endpoint, region, self.account)
                other._regions = self._regions
                self._regions[region] = other
            return self._regions[region]

    def client(self, service: str) -> Any:
        """The boto3 client of a service such as `kms`."""
        if service not in self._made:
            with _MAKING:  # sessions load their models without any lock of their own
                if service not in self._made:
                    self._made[service] = self._make(service)
        return self._made[service]

    def __getattr__(self, service: str) -> Any:
        if service.startswith("_"):
            raise AttributeError(service)
        return self.client(service)

    def _make(self, service: str) -> Any:
        from botocore.config import Config  # 0.15 s that a preview without invokes never needs

        client = _session().create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=DUMMY_KEY,
            aws_secret_access_key=DUMMY_KEY,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": 1},  # see retries.py
                max_pool_connections=64,
                proxies={},
            ),
        )
        return Patient(client)


_MAKING = threading.Lock()
_SESSIONS: list[Any] = []


def _session() -> Any:
    """The one botocore session. It reads no profile and no file of the user."""
    if not _SESSIONS:
        from botocore.session import Session

        session = Session(session_vars={"profile": (None, [], None, None)})
        session.set_config_variable("config_file", os.devnull)
        session.set_config_variable("credentials_file", os.devnull)
        _SESSIONS.append(session)
    return _SESSIONS[0]
