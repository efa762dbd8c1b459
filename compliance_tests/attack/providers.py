"""Resources made by a provider of their own, which signs in elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core import Props, Provider, Value

from .mutants import Mutant
from .views import View
from .wrong_values import ACCOUNT, FOREIGN

AWS = "pulumi:providers:aws"
RESOURCES = (
    ("aws:kinesis/stream:Stream", ""),
    ("aws:rds/cluster:Cluster", ""),
    ("aws:kms/key:Key", "rds"),
)
#: What such a provider is told, and which control must see it.
ELSEWHERE: tuple[tuple[str, Mapping[str, Value], str], ...] = (
    ("with another profile", {"profile": "somebody"}, "foreign-accounts"),
    ("with keys of its own", {"accessKey": "AKIAIOSFODNN7EXAMPLE"}, "foreign-accounts"),
    ("with a credentials file", {"sharedCredentialsFiles": '["/x"]'}, "foreign-accounts"),
    ("that takes a foreign role",
     {"assumeRoles": f'[{{"roleArn": "arn:aws:iam::{FOREIGN}:role/x"}}]'}, "foreign-accounts"),
    ("in another region", {"region": "us-east-1"}, ""),
    ("with an endpoint", {"endpoints": '[{"kms": "https://kms.example.com"}]'}, "governed-types"),
    ("that ignores a tag", {"ignoreTags": '{"keys": ["Environment"]}'}, "resource-tags"),
)  # fmt: skip
HERE: tuple[tuple[str, Mapping[str, Value]], ...] = (
    ("in the same region", {}),
    ("held to our account", {"allowedAccountIds": f'["{ACCOUNT}"]'}),
    ("with a profile, held to our account",
     {"allowedAccountIds": f'["{ACCOUNT}"]', "profile": "iot"}),
)  # fmt: skip


def made_elsewhere(view: View) -> Iterator[Mutant]:
    for what, told, owner in ELSEWHERE:
        yield from _made_by(view, what, told, owner)


def made_here(view: View) -> Iterator[Mutant]:
    """The compliant ones."""
    for what, told in HERE:
        yield from _made_by(view, what, told, "")


def _made_by(view: View, what: str, told: Mapping[str, Value], owner: str) -> Iterator[Mutant]:
    for type_, name in RESOURCES:
        urn = view.named(type_, name)
        prefix = "::".join(urn.split("::")[:2])
        provider = Provider(
            f"{prefix}::{AWS}::own::0", AWS, "own", Props({"region": "sa-east-1", **told})
        )
        inputs = view.inputs[urn]
        own = inputs.props
        if "region" in told:  # Check writes the provider's region into the inputs
            own = Props({**{k: own.raw(k) for k in own.keys()}, "region": told["region"]})  # noqa: SIM118
        yield Mutant(
            f"{view.name} {type_.rpartition(':')[2]} {name} by a provider {what}".replace(
                "  ", " "
            ),
            view.with_resource(
                replace(inputs, provider=provider, props=own),
                replace(view.outputs(urn), provider=provider),
            ),
            (urn,),
            owner,
        )
