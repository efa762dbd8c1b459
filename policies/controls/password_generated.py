"""The database's password is generated, and the same in the database and in its secret."""

from __future__ import annotations

from collections.abc import Iterator

from core import MANDATORY, UNKNOWN, Control, Finding, Resource, Settings, Severity, Stack

from . import _password_scenarios as example
from ._numbers import amount
from ._passwords import HOLDS, is_password, kept, passwords
from ._stores import RDS_CLUSTER, RDS_INSTANCE
from ._types import SECRET_VERSION

MIN_LENGTH = 32
#: A copy of another database has that one's password, and takes none of its own.
COPIES = ("replicateSourceDb", "replicationSourceIdentifier", "globalClusterIdentifier")


def stack_check(resource: Resource, stack: Stack, _settings: Settings) -> Iterator[Finding]:
    if resource.type == SECRET_VERSION:
        yield from _version(resource, stack)
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


def _version(version: Resource, stack: Stack) -> Iterator[Finding]:
    found = passwords(version, stack)
    written = [k for k in HOLDS[SECRET_VERSION] if version.props.raw(k) not in (None, "")]
    if written and not found and is_password(version.props.raw(written[0])):
        yield Finding(f"{written[0]} holds a password that was not generated", property=written[0])
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


CONTROL = Control(
    id="password-generated",
    title="The database's password is generated and in its secret",
    statement="The password of each database must come from one RandomPassword of 32 characters or "
    "more that a secret of this stack holds; it is never a literal, nor AWS's own.",
    rationale="A password that a person wrote is in a program, a history and a head; one that is "
    "not the secret's locks the application out.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE, SECRET_VERSION),
    properties=("manageMasterUserPassword",),
    remediation="master_password=password.result, with password = random.RandomPassword(..., "
    'length=32), and secret_string=pulumi.Output.json_dumps({"password": password.result, ...})',
    levels=MANDATORY,
    stack_check=stack_check,
    scenarios=example.SCENARIOS,
)
