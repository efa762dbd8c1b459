"""What ElastiCache must do as AWS does."""

from __future__ import annotations

from compliance_tests.unit.emulator.account import NO_KEY, REGION, TAGS, Account, refused
from compliance_tests.unit.emulator.checks import closes

VALUE, COMBINATION = "InvalidParameterValue", "InvalidParameterCombination"
TOKEN = "not-a-secret-at-all"


@closes("ElastiCacheBackend.create_replication_group")
def a_group_has_the_nodes_asked_for(account: Account) -> None:
    security_group, key = account.network()[2], account.key()
    group = account.replication_group(
        AtRestEncryptionEnabled=True,
        CacheSubnetGroupName=account.cache_subnets(),
        KmsKeyId=key,
        SecurityGroupIds=[security_group],
        TransitEncryptionEnabled=True,
    )
    assert group["MemberClusters"] == ["redis-001", "redis-002"]
    assert group["TransitEncryptionMode"] == "required"
    assert group["KmsKeyId"] == key
    shard = group["NodeGroups"][0]
    assert {member["PreferredAvailabilityZone"] for member in shard["NodeGroupMembers"]} == {
        f"{REGION}a",
        f"{REGION}b",
    }
    assert shard["PrimaryEndpoint"]["Address"].endswith(".sae1.cache.amazonaws.com")
    assert shard["ReaderEndpoint"]["Address"] != shard["PrimaryEndpoint"]["Address"]
    node = account.node()
    assert node["EngineVersion"] == "7.0.7"
    assert node["CacheSubnetGroupName"] == "caches"
    assert node["SecurityGroups"] == [{"SecurityGroupId": security_group, "Status": "active"}]
    assert node["CacheParameterGroup"]["CacheParameterGroupName"] == "default.redis7"
    assert node["ReplicationGroupId"] == "redis"


@closes("ElastiCacheBackend.create_replication_group")
def a_group_is_checked(account: Account) -> None:
    create = account.replication_group
    refused(COMBINATION, create, NumCacheClusters=1)
    refused(COMBINATION, create, AutomaticFailoverEnabled=False, MultiAZEnabled=True)
    refused(COMBINATION, create, AuthToken=TOKEN)
    for token in ("short", "a" * 129, "with a space in it", "with/a/slash/in/it"):
        refused(VALUE, create, AuthToken=token, TransitEncryptionEnabled=True)
    refused("InvalidKMSKeyFault", create, AtRestEncryptionEnabled=True, KmsKeyId=NO_KEY)
    refused(
        "InvalidKMSKeyFault", create, AtRestEncryptionEnabled=True, KmsKeyId=account.dying_key()
    )
    refused(COMBINATION, create, KmsKeyId=account.key())
    refused(COMBINATION, create, EngineVersion="9.9")
    refused(VALUE, create, SecurityGroupIds=["sg-00000000000000000"])
    refused("CacheSubnetGroupNotFoundFault", create, CacheSubnetGroupName="none")
    refused("CacheParameterGroupNotFound", create, CacheParameterGroupName="none")
    create(AuthToken=TOKEN, TransitEncryptionEnabled=True)
    refused("ReplicationGroupAlreadyExists", create)


@closes(
    "ElastiCacheBackend.describe_replication_groups", "ElastiCacheBackend.delete_replication_group"
)
def a_name_is_the_same_in_capitals(account: Account) -> None:
    account.replication_group("Redis")
    assert account.described_group("REDIS")["ReplicationGroupId"] == "redis"
    account.elasticache.delete_replication_group(ReplicationGroupId="REDIS")


@closes(
    "ElastiCacheBackend.delete_replication_group", "ElastiCacheResponse.delete_replication_group"
)
def a_deleted_group_is_gone(account: Account) -> None:
    arn = account.replication_group(Tags=TAGS)["ARN"]
    account.elasticache.delete_replication_group(
        ReplicationGroupId="redis", FinalSnapshotIdentifier="last"
    )
    refused("ReplicationGroupNotFoundFault", account.described_group)
    refused("CacheClusterNotFound", account.node)
    assert account.elasticache.describe_snapshots(SnapshotName="last")["Snapshots"]
    assert account.replication_group()["ARN"] == arn
    assert account.elasticache.list_tags_for_resource(ResourceName=arn)["TagList"] == []


@closes("ElastiCacheBackend.delete_cache_cluster")
def a_deleted_cluster_is_gone(account: Account) -> None:
    account.elasticache.create_cache_cluster(
        CacheClusterId="alone", CacheNodeType="cache.t3.micro", Engine="redis", NumCacheNodes=1
    )
    account.elasticache.delete_cache_cluster(CacheClusterId="alone")
    refused("CacheClusterNotFound", account.node, name="alone")


@closes("ElastiCacheResponse.modify_replication_group")
def a_changed_group_keeps_the_change(account: Account) -> None:
    security_group = account.network()[2]
    account.replication_group(TransitEncryptionEnabled=True, AuthToken=TOKEN)
    modify = account.elasticache.modify_replication_group
    modify(
        ReplicationGroupId="redis",
        AutoMinorVersionUpgrade=False,
        EngineVersion="7.1",
        MultiAZEnabled=True,
        PreferredMaintenanceWindow="mon:01:00-mon:02:00",
        SecurityGroupIds=[security_group],
        SnapshotRetentionLimit=7,
        SnapshotWindow="01:00-02:00",
        TransitEncryptionMode="preferred",
    )
    group, node = account.described_group(), account.node("redis-002")
    assert (group["MultiAZ"], group["SnapshotRetentionLimit"], group["SnapshotWindow"]) == (
        "enabled",
        7,
        "01:00-02:00",
    )
    assert (group["TransitEncryptionMode"], group["AutoMinorVersionUpgrade"]) == (
        "preferred",
        False,
    )
    assert node["EngineVersion"] == "7.1.0"
    assert node["PreferredMaintenanceWindow"] == "mon:01:00-mon:02:00"
    assert node["SecurityGroups"][0]["SecurityGroupId"] == security_group
    modify(ReplicationGroupId="redis", AuthTokenUpdateStrategy="DELETE")
    assert account.described_group()["AuthTokenEnabled"] is False
    modify(ReplicationGroupId="redis", AuthToken=TOKEN, AuthTokenUpdateStrategy="SET")
    assert account.described_group()["AuthTokenEnabled"] is True
    refused(
        VALUE,
        modify,
        ReplicationGroupId="redis",
        AuthToken="short",
        AuthTokenUpdateStrategy="ROTATE",
    )
    refused(COMBINATION, modify, ReplicationGroupId="redis", AutomaticFailoverEnabled=False)


@closes("ElastiCacheResponse.modify_replication_group")
def encryption_in_transit_is_changed_in_two_steps(account: Account) -> None:
    account.replication_group()
    modify = account.elasticache.modify_replication_group
    on = {"ReplicationGroupId": "redis", "TransitEncryptionEnabled": True}
    refused(COMBINATION, modify, TransitEncryptionMode="required", **on)
    modify(TransitEncryptionMode="preferred", **on)
    modify(TransitEncryptionMode="required", **on)
    refused(COMBINATION, modify, ReplicationGroupId="redis", TransitEncryptionEnabled=False)


@closes("ElastiCacheResponse.increase_replica_count", "ElastiCacheResponse.decrease_replica_count")
def nodes_come_and_go(account: Account) -> None:
    account.replication_group()
    more, fewer = (
        account.elasticache.increase_replica_count,
        account.elasticache.decrease_replica_count,
    )
    more(ReplicationGroupId="redis", NewReplicaCount=2, ApplyImmediately=True)
    assert account.described_group()["MemberClusters"] == ["redis-001", "redis-002", "redis-003"]
    assert account.node("redis-003")["EngineVersion"] == "7.0.7"
    fewer(ReplicationGroupId="redis", NewReplicaCount=1, ApplyImmediately=True)
    assert account.described_group()["MemberClusters"] == ["redis-001", "redis-002"]
    refused(
        COMBINATION, fewer, ReplicationGroupId="redis", NewReplicaCount=0, ApplyImmediately=True
    )


@closes(
    "ElastiCacheResponse.delete_cache_subnet_group",
    "ElastiCacheResponse.modify_cache_subnet_group",
    "ElastiCacheBackend.create_cache_subnet_group",
    "ElastiCacheBackend.describe_cache_subnet_groups",
)
def a_subnet_group_is_changed_and_goes(account: Account) -> None:
    cache, subnets = account.elasticache, account.network()[1]
    create = {"CacheSubnetGroupDescription": "d", "SubnetIds": subnets[:1]}
    refused(
        "InvalidSubnetID.NotFound",
        cache.create_cache_subnet_group,
        **{**create, "CacheSubnetGroupName": "x", "SubnetIds": ["subnet-00000000000000000"]},
    )
    cache.create_cache_subnet_group(CacheSubnetGroupName="Caches", **create)
    cache.modify_cache_subnet_group(CacheSubnetGroupName="caches", SubnetIds=subnets)
    (group,) = cache.describe_cache_subnet_groups(CacheSubnetGroupName="CACHES")[
        "CacheSubnetGroups"
    ]
    assert len(group["Subnets"]) == 2
    account.replication_group(CacheSubnetGroupName="caches")
    refused("CacheSubnetGroupInUse", cache.delete_cache_subnet_group, CacheSubnetGroupName="caches")
    cache.delete_replication_group(ReplicationGroupId="redis")
    cache.delete_cache_subnet_group(CacheSubnetGroupName="caches")
    assert not cache.describe_cache_subnet_groups()["CacheSubnetGroups"]


@closes(
    "ElastiCacheResponse.create_cache_parameter_group",
    "ElastiCacheResponse.describe_cache_parameter_groups",
    "ElastiCacheResponse.modify_cache_parameter_group",
    "ElastiCacheResponse.reset_cache_parameter_group",
    "ElastiCacheResponse.delete_cache_parameter_group",
    "ElastiCacheResponse.describe_cache_parameters",
    "ElastiCacheBackend.list_tags_for_resource",
)
def a_parameter_group_lives(account: Account) -> None:
    cache = account.elasticache
    named = {"CacheParameterGroupName": "p"}
    made = cache.create_cache_parameter_group(
        **named, CacheParameterGroupFamily="redis7", Description="d", Tags=TAGS
    )
    arn = made["CacheParameterGroup"]["ARN"]
    assert cache.list_tags_for_resource(ResourceName=arn)["TagList"] == TAGS

    def write(name: str, value: str) -> None:
        cache.modify_cache_parameter_group(
            **named, ParameterNameValues=[{"ParameterName": name, "ParameterValue": value}]
        )

    refused(VALUE, write, name="maxmemory_policy", value="noeviction")
    refused(VALUE, write, name="maxmemory-policy", value="forget")
    write("timeout", "60")

    def written() -> list[str]:
        rows = cache.describe_cache_parameters(**named, Source="user")["Parameters"]
        return [row["ParameterValue"] for row in rows]

    assert written() == ["60"]
    cache.reset_cache_parameter_group(**named, ResetAllParameters=True)
    assert written() == []
    account.replication_group(CacheParameterGroupName="p")
    refused("InvalidCacheParameterGroupState", cache.delete_cache_parameter_group, **named)
    cache.delete_replication_group(ReplicationGroupId="redis")
    cache.delete_cache_parameter_group(**named)
    refused("CacheParameterGroupNotFound", cache.describe_cache_parameter_groups, **named)


@closes(
    "ElastiCacheResponse.create_user_group",
    "ElastiCacheResponse.describe_user_groups",
    "ElastiCacheResponse.modify_user_group",
    "ElastiCacheResponse.delete_user_group",
    "ElastiCacheResponse.modify_user",
)
def users_are_grouped(account: Account) -> None:
    cache = account.elasticache
    for id in ("one", "two"):
        cache.create_user(
            UserId=id,
            UserName=id,
            Engine="redis",
            AccessString="on ~* +@all",
            NoPasswordRequired=True,
        )
    cache.modify_user(UserId="one", AccessString="off")
    assert cache.describe_users(UserId="one")["Users"][0]["AccessString"] == "off"
    refused(
        "DefaultUserRequired",
        cache.create_user_group,
        UserGroupId="g",
        Engine="redis",
        UserIds=["one"],
    )
    cache.create_user_group(UserGroupId="g", Engine="redis", UserIds=["default", "one"])
    cache.modify_user_group(UserGroupId="g", UserIdsToAdd=["two"], UserIdsToRemove=["one"])
    assert cache.describe_user_groups(UserGroupId="g")["UserGroups"][0]["UserIds"] == [
        "default",
        "two",
    ]
    cache.delete_user_group(UserGroupId="g")
    refused("UserGroupNotFound", cache.describe_user_groups, UserGroupId="g")
