"""Where production keeps its state and what its secrets are encrypted with.

A state on somebody's disk has no history and no other copy, and a passphrase is known to whoever
typed it: production wants a bucket with versions (or Pulumi's own service) and a KMS key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import engine
from .errors import GateError
from .paths import Paths
from .state import State

PRODUCTION = "production"
SECONDS = 5


def faults(paths: Paths, profile: str, env: Mapping[str, str], deployed: State) -> list[str]:
    """One line for each thing that production must not have; nothing for any other profile."""
    if profile != PRODUCTION:
        return []
    return [*_place(paths, env), *_secrets(paths, deployed.secrets)]


def _place(paths: Paths, env: Mapping[str, str]) -> Iterator[str]:
    try:
        told = engine.output(["whoami", "--json"], env=env, root=paths.root)
        url = urlsplit(str(json.loads(told)["url"]))
    except (GateError, ValueError, KeyError, TypeError):
        yield "where the state is kept is not known; run: pulumi whoami --json"
        return
    if url.scheme == "s3":
        yield from _bucket(url.netloc, parse_qs(url.query).get("region", [""])[0])
    elif url.scheme != "https":
        text = f"the state of production is on {url.scheme}://, which keeps no versions"
        yield f"{text}; use a versioned bucket: pulumi login 's3://BUCKET?region=REGION'"


def _bucket(name: str, region: str) -> Iterator[str]:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

    config = Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries={"max_attempts": 0})
    try:
        client: Any = Session().create_client("s3", region_name=region or None, config=config)
        status = client.get_bucket_versioning(Bucket=name).get("Status")
    except (BotoCoreError, ClientError, ValueError) as e:
        text = f"whether the state's bucket {name} keeps versions is not known"
        yield f"{text} ({type(e).__name__}); let the role call s3:GetBucketVersioning"
        return
    if status != "Enabled":
        text = f"the state's bucket {name} keeps no versions; run: aws s3api put-bucket-versioning"
        yield f"{text} --bucket {name} --versioning-configuration Status=Enabled"


def _secrets(paths: Paths, provider: Mapping[str, Any]) -> Iterator[str]:
    kind = str(provider.get("type") or "nothing that the state names")
    url = str((provider.get("state") or {}).get("url") or "")
    if kind == "cloud" and url.startswith("awskms://"):
        return
    shown = urlsplit(url).scheme + "://" if url else kind
    text = f"the secrets of production are encrypted with {shown}, not with a KMS key; run: pulumi"
    yield (
        f"{text} stack change-secrets-provider --stack {paths.stack} 'awskms://alias/NAME?"
        "region=REGION'"
    )
