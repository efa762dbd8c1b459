"""Redis asks who connects."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Level,
    NotASubject,
    Resource,
    Settings,
    Severity,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._stores import (
    CACHE_CLUSTER,
    CACHE_USER,
    MEMORYDB_CLUSTER,
    MEMORYDB_USER,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
)

WAYS = {
    REPLICATION_GROUP: ("authToken", "authTokenWo", "userGroupIds"),
    SERVERLESS_CACHE: ("userGroupId",),
    MEMORYDB_CLUSTER: ("aclName",),
}


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type in (CACHE_USER, MEMORYDB_USER):
        mode = props.block("authenticationMode")
        kind = (mode.text("type") if mode else None) or ""
        if props.flag("noPasswordRequired") or kind.lower() == "no-password-required":
            yield Finding("the user needs no password", property="noPasswordRequired")
        return
    if resource.type == CACHE_CLUSTER:
        if props.declared("replicationGroupId"):
            raise NotASubject("a member; its replication group asks for the credentials")
        yield Finding("a single cache cluster cannot ask for credentials", property="id")
        return
    ways = WAYS[resource.type]
    given = [way for way in ways if props.declared(way) and props.raw(way) not in ("", [], ())]
    if not given:
        yield Finding(f"none of {', '.join(ways)} is set: anyone inside may connect")
    elif resource.type == MEMORYDB_CLUSTER and props.text("aclName") == "open-access":
        yield Finding("aclName is open-access: anyone inside may connect", property="aclName")


def group(**props: object) -> Item:
    return Item(REPLICATION_GROUP, "redis", props)  # type: ignore[arg-type]


CONTROL = Control(
    id="redis-authentication",
    title="Redis asks for credentials",
    statement="Redis must ask for an AUTH token or use access control by user groups, and no user "
    "may be without password.",
    rationale="Being inside the network must not be enough to read the cache.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(*WAYS, CACHE_CLUSTER, CACHE_USER, MEMORYDB_USER),
    properties=("userGroupIds", "userGroupId", "aclName", "noPasswordRequired"),
    remediation="auth_token=token.result (a random.RandomPassword of 32 or more)",
    remedies={
        SERVERLESS_CACHE: "user_group_id=users.user_group_id",
        MEMORYDB_CLUSTER: "acl_name=acl.name",
        CACHE_CLUSTER: "aws.elasticache.ReplicationGroup(..., auth_token=token.result)",
        CACHE_USER: "passwords=[password.result]",
        MEMORYDB_USER: 'authentication_mode={"type": "password", "passwords": [password.result]}',
    },
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    check=check,
    scenarios=lambda: (
        accepts("a generated token", group(authToken=UNKNOWN)),
        accepts("user groups", group(userGroupIds=["iot"])),
        accepts("a token that the state does not keep", group(authTokenWo=UNKNOWN)),
        accepts("a serverless user group", Item(SERVERLESS_CACHE, "s", {"userGroupId": "iot"})),
        accepts("a user with passwords", Item(CACHE_USER, "u", {"passwords": UNKNOWN})),
        accepts("an access list", Item(MEMORYDB_CLUSTER, "m", {"aclName": "iot"})),
        refuses("nothing", group(), says="none of"),
        refuses("an empty token", group(authToken=""), says="none of"),
        refuses("an empty list of groups", group(userGroupIds=[]), says="none of"),
        refuses(
            "open access", Item(MEMORYDB_CLUSTER, "m", {"aclName": "open-access"}), says="open"
        ),
        refuses("serverless without", Item(SERVERLESS_CACHE, "s"), says="userGroupId"),
        refuses("a single cache cluster", Item(CACHE_CLUSTER, "c"), says="cannot ask"),
        refuses(
            "no password", Item(CACHE_USER, "u", {"noPasswordRequired": True}), says="needs no"
        ),
        refuses(
            "no password by mode",
            Item(CACHE_USER, "u", {"authenticationMode": {"type": "no-password-required"}}),
            says="needs no",
        ),
        refuses(
            "a MemoryDB user without password",
            Item(MEMORYDB_USER, "u", {"authenticationMode": {"type": "no-password-required"}}),
            says="needs no",
        ),
        undecided("mode from an output", Item(CACHE_USER, "u", {"authenticationMode": UNKNOWN})),
        ignores("a member", Item(CACHE_CLUSTER, "c", {"replicationGroupId": "redis-test"})),
    ),
)
