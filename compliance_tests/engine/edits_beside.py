"""Edits that add something beside the shipped resources: a second store, a side door, a policy."""

from __future__ import annotations

from .edits import Edit, edit
from .edits_network import added

EVERYBODY = (
    '\'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",'
    '"Action":"*","Resource":"*"}]}\''
)
TRUST_ALL = (
    '\'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":"sts:AssumeRole"}]}\''
)
ALL_ACTIONS = (
    '\'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}\''
)


def beside(
    name: str, control: str, remedy: str, class_: str, *arguments: str, tags: bool = True
) -> Edit:
    """One more resource "extra" of that class, named and tagged as the stack's own are."""
    given = [*arguments, *(["tags=args.scope.tags(args.scope.name('extra'))"] if tags else [])]
    body = "".join(f"            {argument},\n" for argument in (*given, "opts=child"))
    lines = f'        aws.{class_}(\n            "extra",\n{body}        )\n'
    return edit(name, control, "extra", remedy, added(lines))


NAME = "name=args.scope.name('extra')"
CLUSTER, AURORA = "cluster_identifier=args.scope.name('extra')", "engine='aurora-postgresql'"
EDITS: tuple[Edit, ...] = (
    beside("a second stream of one shard", "stream-capacity", "shard_count=2",
           "kinesis.Stream", NAME, "shard_count=1"),
    beside("a second stream in clear", "stream-customer-key", "encryption_type=",
           "kinesis.Stream", NAME, "shard_count=2"),
    beside("a second cluster in clear", "database-customer-key", "kms_key_id=",
           "rds.Cluster", CLUSTER, AURORA),
    beside("a second cluster in the default VPC", "store-private-subnets", "db_subnet_group_name",
           "rds.Cluster", CLUSTER, AURORA, "backup_retention_period=30"),
    beside("a cluster of someone's snapshot", "foreign-accounts", "",
           "rds.Cluster", CLUSTER, AURORA,
           "snapshot_identifier='arn:aws:rds:sa-east-1:999999999999:cluster-snapshot:theirs'"),
    beside("an instance with a week of backups", "aurora-backups", "backup_retention_period",
           "rds.Instance", "identifier=args.scope.name('extra')", "engine='postgres'",
           "instance_class='db.t4g.micro'", "allocated_storage=20", "backup_retention_period=7"),
    beside("a single cache", "redis-high-availability", "",
           "elasticache.Cluster", "cluster_id=args.scope.name('extra')", "engine='redis'",
           "node_type='cache.t3.micro'", "num_cache_nodes=1"),
    beside("a role that everybody may take", "role-trust", "vpc-flow-logs.amazonaws.com",
           "iam.Role", NAME, f"assume_role_policy={TRUST_ALL}"),
    beside("a policy that allows everything", "role-least-privilege", "logs:PutLogEvents",
           "iam.Policy", NAME, f"policy={ALL_ACTIONS}"),
    beside("a log policy for everybody", "log-policy-closed", "es.amazonaws.com",
           "cloudwatch.LogResourcePolicy", "policy_name=args.scope.name('extra')",
           f"policy_document={EVERYBODY}", tags=False),
    beside("a topic in clear", "message-customer-key", "kms_master_key_id=",
           "sns.Topic", NAME),
    beside("a queue that everybody may read", "message-policy-closed", "Principal",
           "sqs.Queue", NAME, f"policy={EVERYBODY}"),
    beside("a key of imported material", "key-material", "",
           "kms.ExternalKey", "description='ours'"),
    beside("a log group kept for a day", "log-retention", "retention_in_days=7",
           "cloudwatch.LogGroup", "name=args.scope.name('/aws/extra')", "retention_in_days=1"),
    beside("a public VPC range", "vpc-private-space", "10.0.0.0/16",
           "ec2.Vpc", "cidr_block='8.0.0.0/16'"),
    beside("a network ACL open to the database", "network-acl-not-open", "443",
           "ec2.NetworkAcl", "vpc_id=args.vpc_id", "ingress=[{'rule_no': 1, 'action': 'allow', "
           "'protocol': 'tcp', 'from_port': 5432, 'to_port': 5432, 'cidr_block': '0.0.0.0/0'}]"),
    beside("a DynamoDB table that no control speaks about", "governed-types", "governed type",
           "dynamodb.Table", NAME, "billing_mode='PAY_PER_REQUEST'", "hash_key='id'",
           "attributes=[{'name': 'id', 'type': 'S'}]"),
)  # fmt: skip
