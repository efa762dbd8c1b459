"""Each service's stores are under customer keys of this stack that no other service uses."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    NotASubject,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
)

from ._key_graph import SERVICES, Use, shared, uses
from ._python import as_python


def stack_check(subject: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    mine = uses(stack).get(subject.urn)
    if not mine:
        raise NotASubject("it has no key of its own")
    users = shared(stack)
    for use in mine:
        if use.strangers or use.open or not use.identities:
            yield from _whose(use, settings)
        for identity in use.identities:
            for service, other in users[identity].items():
                if service != use.service:
                    name = next((k.name for k in use.keys if k.urn == identity), identity)
                    yield Finding(
                        f"{use.path} is the key {name}, which {service} "
                        f"({other.resource.name}.{other.path}) uses too",
                        property=use.path,
                    )


def _whose(use: Use, settings: Settings) -> Iterator[Finding]:
    path = use.path
    for stranger in use.strangers:
        if stranger not in settings.external_keys:
            shown = use.resource.props.show(path)
            if stranger in use.aliases:
                shown = f"the alias {use.aliases[stranger]} of {stranger}"
            yield Finding(
                f"{path} is {shown}, which is no key of this stack and not listed in externalKeys",
                property=path,
            )
        elif settings.profile == "production" and stranger not in settings.rotation_proven:
            yield Finding(
                f"{path} is a listed key from outside whose rotation is not proven live",
                property=path,
                fix=f"a key of this stack, or {stranger} in rotationProven of pack.json once it is",
                undecided=True,
            )
    if use.open and use.keys:
        names = " or ".join(sorted({k.name for k in (*use.keys, *use.sources)}))
        yield Finding(f"{path} was computed from {names}: which?", property=path, undecided=True)
    elif use.open:
        yield Finding(f"{path} comes from no key of this stack", property=path)
    elif not use.identities:
        yield Finding(f"{path} is {use.resource.props.show(path)}: there is no key", path)


def scenarios() -> tuple[Scenario, ...]:
    from . import _key_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="key-per-service",
    title="Each service has keys of its own in this stack",
    statement="Stores of one service must be encrypted with a customer key of this stack, or a "
    "listed one from outside, that no other service uses.",
    rationale="Access, rotation and revocation are granted by key: a key shared by two services "
    "opens one with the permissions of the other.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=tuple(SERVICES),
    properties=("kmsKeyId", "kmsKeyArn", "kmsMasterKeyId", "performanceInsightsKmsKeyId"),
    remediation='kms_key_id=service_key.arn, with service_key = aws.kms.Key("service", ...)',
    remedies={
        key: f"{as_python(key)}=service_key.arn, with service_key = aws.kms.Key(...)"
        for key in ("kmsKeyArn", "kmsMasterKeyId", "performanceInsightsKmsKeyId")
    },
    levels=MANDATORY,
    stack_check=stack_check,
    scenarios=scenarios,
)
