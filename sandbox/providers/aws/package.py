"""The AWS package: its configuration, and where its resource types and functions are."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.invokes import INVOKES
from sandbox.providers.checking import Scope
from sandbox.providers.clients import loopback
from sandbox.providers.errors import ProviderError
from sandbox.providers.framework import Clients, Handler, Inputs, TypeRule
from sandbox.providers.plugin import Invoke
from sandbox.providers.schema import config_names

SERVICES: Mapping[str, tuple[str, ...]] = {
    "ec2": (
        "ec2_network",
        "ec2_routes",
        "ec2_groups",
        "ec2_acls",
        "ec2_endpoints",
        "ec2_flow_logs",
    ),
    "vpc": ("ec2_group_rules",),
    "kms": ("kms",),
    "kinesis": ("kinesis",),
    "secretsmanager": ("secretsmanager",),
    "rds": ("rds",),
    "elasticache": ("elasticache",),
    "cloudwatch": ("logs",),
    "iam": ("iam",),
    "sns": ("sns",),
}
"""The modules of `services/` by the first part of a type's token (`ec2` of `aws:ec2/vpc:Vpc`)."""

NO_RULE = TypeRule()


class AwsPackage:
    """What makes the shared provider the one of AWS."""

    name = "aws"

    def rule(self, token: str) -> TypeRule:
        """The rule of a type; what the SDK says is enough for those without one."""
        for module in _modules(token):
            if token in module.RULES:
                found: TypeRule = module.RULES[token]
                return found
        return NO_RULE

    def handler(self, token: str) -> Handler | None:
        """What deploys a type, or None when the sandbox can only preview it."""
        for module in _modules(token):
            if token in module.HANDLERS:
                found: Handler = module.HANDLERS[token]
                return found
        return None

    def invoke(self, token: str) -> Invoke | None:
        """The function of a token."""
        return INVOKES.get(token)

    def check_config(self, news: Inputs) -> tuple[Inputs, list[str]]:
        """Fill in the region and the vendor's defaults; refuse unknown keys and far endpoints."""
        inputs = dict(news)
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not inputs.get("region") and region:
            inputs["region"] = region
        inputs.setdefault("skipCredentialsValidation", "false")
        inputs.setdefault("skipRegionValidation", "true")
        known = config_names("aws") | {"version", "pluginDownloadURL"}
        mistakes = [
            f"`aws:{key}` is not a valid configuration key for the aws provider."
            for key in news
            if key not in known and not key.startswith("__")
        ]
        if not inputs.get("region"):
            mistakes.append("no AWS region: run `pulumi config set aws:region sa-east-1`")
        return inputs, mistakes

    def configure(self, args: Mapping[str, Any]) -> tuple[Scope, Clients]:
        """Read region and default tags; the credentials of the configuration are never used."""
        for service in _parsed(args.get("endpoints")) or []:
            for url in service.values():
                loopback(str(url))
        region = str(args.get("region") or os.environ.get("AWS_REGION") or "us-east-1")
        clients = Clients.from_environment(region)
        allowed = [str(item) for item in _parsed(args.get("allowedAccountIds")) or []]
        if allowed and clients.account not in allowed:
            raise ProviderError(
                f"AWS account ID not allowed: {clients.account} (the sandbox's); "
                f"aws:allowedAccountIds names {', '.join(allowed)}, so this stack is not for the "
                "sandbox"
            )
        tags = (_parsed(args.get("defaultTags")) or {}).get("tags") or {}
        return Scope(region, tags), clients


def _parsed(value: Any) -> Any:
    """A value of the configuration: objects and lists arrive as JSON texts."""
    return json.loads(value) if isinstance(value, str) and value else value


def _modules(token: str) -> list[Any]:
    service = token.split(":")[1].split("/", maxsplit=1)[0]
    return [
        importlib.import_module(f"sandbox.providers.aws.services.{name}")
        for name in SERVICES.get(service, ())
    ]
