"""The database's password is generated, and the same in the database and in its secret."""

from __future__ import annotations

from collections.abc import Iterator

from core import MANDATORY, UNKNOWN, Control, Finding, Resource, Scenario, Settings, Severity, Stack

from ._in_clear import in_clear, look
from ._numbers import amount
from ._passwords import (
    HOLDS,
    TOKENS,
    invented,
    is_password,
    kept,
    naming,
    passwords,
    takers,
    tokens,
    written,
)
from ._stores import RDS_CLUSTER, RDS_INSTANCE
from ._types import SECRET_VERSION

MIN_LENGTH = 32
GENERATED = f"with password = random.RandomPassword(..., length={MIN_LENGTH})"
KEPT = (
    "and aws.secretsmanager.SecretVersion(..., secret_string=pulumi.Output.json_dumps("
    '{"password": password.result, ...}))'
)
#: A copy of another database has that one's password, and takes none of its own.
COPIES = ("replicateSourceDb", "replicationSourceIdentifier", "globalClusterIdentifier")


def stack_check(resource: Resource, stack: Stack, _settings: Settings) -> Iterator[Finding]:
    if resource.type == SECRET_VERSION:
        yield from _version(resource, stack)
        return
    if resource.type in TOKENS:
        yield from _token(resource, stack)
        return
    if resource.props.flag("manageMasterUserPassword", absent=False):
        yield Finding(
            "manageMasterUserPassword is true, so the secret of this stack holds another password",
            property="manageMasterUserPassword",
        )
    found = passwords(resource, stack)
    own = HOLDS[resource.type][0]
    if not found and not any(resource.props.declared(k) for k in HOLDS[resource.type]):
        if not any(resource.props.raw(k) not in (None, "", UNKNOWN) for k in COPIES):
            yield Finding(f"{own} is absent: there is no generated password", property=own)
    elif len(found) != 1:
        yield Finding(f"{own} comes from {len(found) or 'no'} RandomPassword, not one", own)
    for password in found:
        yield from _long(own, password)
        if password.urn not in kept(stack):
            yield Finding(f"{own} is {password.name}, which no secret of this stack holds", own)
        yield from _elsewhere(resource, own, password, stack)
        yield from _shown(own, password, stack)


def _elsewhere(database: Resource, own: str, password: Resource, stack: Stack) -> Iterator[Finding]:
    """The secret that names the database holds its password, and no cache does."""
    for version in naming(database, stack):
        held = passwords(version, stack)
        if held and password not in held:
            yield Finding(
                f"{own} is {password.name}, but {version.name}, which names this database, holds "
                f"{', '.join(p.name for p in held)}",
                property=own,
            )
    for cache in takers(password, stack):
        yield Finding(f"{own} is {password.name}, which {cache.name} takes too", property=own)


def _shown(key: str, password: Resource, stack: Stack) -> Iterator[Finding]:
    for where in in_clear(password, stack):
        yield Finding(
            f"{key} is {password.name}, whose text stands in clear in {where}",
            property=key,
            fix="no pulumi.Output.unsecret, and no password in a name, a tag or an output",
        )


def _token(resource: Resource, stack: Stack) -> Iterator[Finding]:
    found, wrong = tokens(resource, stack)
    for password in found.values():
        yield from _shown(TOKENS[resource.type][0], password, stack)
    for key in wrong:
        yield Finding(
            f"{key} holds a password that was not generated",
            property=key,
            fix="token.result, with token = random.RandomPassword(..., length=32)",
        )


def _version(version: Resource, stack: Stack) -> Iterator[Finding]:
    found = passwords(version, stack)
    keys = ((k, written(version, k)) for k in HOLDS[SECRET_VERSION])
    key, value = next((h for h in keys if h[1] not in (None, "")), ("", None))
    if key and not found and is_password(value):
        yield Finding(f"{key} holds a password that was not generated", property=key)
    elif found and (member := invented(version, stack)):
        yield Finding(
            f"{key} holds a generated password, but its member {member} was not generated",
            property=key,
        )
    for password in found:
        yield from _long("secretString", password)


def _long(key: str, password: Resource) -> Iterator[Finding]:
    if amount(password.props, "length", absent=0) < MIN_LENGTH:
        yield Finding(
            f"{key} is {password.name}, whose length is {password.props.show('length')}, but it "
            f"must be {MIN_LENGTH} or more",
            property=key,
            fix=f"random.RandomPassword(..., length={MIN_LENGTH})",
        )


def scenarios() -> tuple[Scenario, ...]:
    from . import _password_scenarios as example
    from ._token_scenarios import TOKENS as TOKEN_SCENARIOS

    return (*example.SCENARIOS, *TOKEN_SCENARIOS)


CONTROL = Control(
    id="password-generated",
    title="Passwords are generated, and the database's is in its secret",
    statement="The password of each database must come from one RandomPassword of 32 characters or "
    "more that its secret holds and no cache takes; neither it nor a cache's is ever a literal.",
    rationale="A password that a person wrote is in a program, a history and a head; one that is "
    "not the secret's locks the application out.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE, SECRET_VERSION, *TOKENS),
    properties=("manageMasterUserPassword",),
    remediation=f"master_password=password.result, {GENERATED}, {KEPT}",
    remedies={
        RDS_INSTANCE: f"password=password.result, {GENERATED}, {KEPT}",
        SECRET_VERSION: 'secret_string=pulumi.Output.json_dumps({"password": password.result, '
        f"...}}), {GENERATED}",
    },
    levels=MANDATORY,
    stack_check=stack_check,
    stack_look=look,
    scenarios=scenarios,
)
