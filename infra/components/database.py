"""The Aurora PostgreSQL cluster: Serverless v2, a writer and readers over the zones."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.final_snapshot import final_snapshot_name
from components.names import Scope

ENGINE = "aurora-postgresql"
INSTANCE_CLASS = "db.serverless"
# Amazon RDS takes any printable character but / @ " and space in a master password.
PASSWORD_SPECIALS = "!#$%&*()-_=+[]{}<>:?"  # noqa: S105 - an alphabet, not a password


@dataclass(frozen=True)
class DatabaseArgs:
    """What the cluster needs.

    Attributes:
        engine_version: one that AWS creates, such as 15.10.
        parameter_family: its parameter group family, such as aurora-postgresql15.
        zones: of the private subnets; the instances are spread over them.
        min_capacity: Aurora capacity units.
        max_capacity: Aurora capacity units.
        log_group: what the PostgreSQL log is exported to; it must exist first.
    """

    scope: Scope
    engine_version: str
    parameter_family: str
    database_name: str
    username: str
    password_length: int
    port: int
    subnet_ids: list[pulumi.Output[str]]
    group_id: pulumi.Input[str]
    zones: tuple[str, ...]
    key_arn: pulumi.Input[str]
    min_capacity: float
    max_capacity: float
    instance_count: int
    backup_retention_days: int
    deletion_protection: bool
    final_snapshot: bool
    log_group: pulumi.Resource


class Database(pulumi.ComponentResource):
    """Password, subnet group, parameter group that demands TLS, cluster, instances."""

    password: random.RandomPassword
    cluster: aws.rds.Cluster
    instances: list[aws.rds.ClusterInstance]

    def __init__(
        self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Database", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.password = random.RandomPassword(
            "database-password",
            length=args.password_length,
            special=True,
            override_special=PASSWORD_SPECIALS,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            min_special=1,
            opts=self._child,
        )
        self.cluster = self._cluster(self._subnet_group(), self._parameter_group())
        self.instances = [self._instance(number) for number in range(1, args.instance_count + 1)]
        self.register_outputs({})

    def _subnet_group(self) -> aws.rds.SubnetGroup:
        name = self._args.scope.physical("database_subnets")
        return aws.rds.SubnetGroup(
            "database-subnets",
            name=name,
            description="The private subnets",
            subnet_ids=self._args.subnet_ids,
            tags=self._args.scope.tags(name),
            opts=self._child,
        )

    def _parameter_group(self) -> aws.rds.ClusterParameterGroup:
        # The family is in the name: another major version's group can then stand beside this one.
        name = self._args.scope.name(self._args.parameter_family)
        return aws.rds.ClusterParameterGroup(
            "cluster-parameters",
            name=name,
            family=self._args.parameter_family,
            description="Connections only over TLS",
            parameters=[
                aws.rds.ClusterParameterGroupParameterArgs(
                    name="rds.force_ssl", value="1", apply_method="immediate"
                )
            ],
            tags=self._args.scope.tags(name),
            opts=self._child,
        )

    def _cluster(
        self, subnets: aws.rds.SubnetGroup, parameters: aws.rds.ClusterParameterGroup
    ) -> aws.rds.Cluster:
        args = self._args
        name = args.scope.physical("cluster")
        final_name = (
            final_snapshot_name(args.scope, "aurora-cluster", self._child)
            if args.final_snapshot
            else None
        )
        return aws.rds.Cluster(
            "aurora-cluster",
            cluster_identifier=name,
            engine=ENGINE,
            engine_mode="provisioned",
            engine_version=args.engine_version,
            serverlessv2_scaling_configuration=aws.rds.ClusterServerlessv2ScalingConfigurationArgs(
                min_capacity=args.min_capacity, max_capacity=args.max_capacity
            ),
            database_name=args.database_name,
            master_username=args.username,
            master_password=self.password.result,
            iam_database_authentication_enabled=True,
            port=args.port,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[args.group_id],
            db_cluster_parameter_group_name=parameters.name,
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            backup_retention_period=args.backup_retention_days,
            preferred_backup_window="03:00-04:00",
            preferred_maintenance_window="sun:04:30-sun:05:30",
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=args.deletion_protection,
            skip_final_snapshot=not args.final_snapshot,
            final_snapshot_identifier=final_name,
            delete_automated_backups=not args.final_snapshot,
            # the secret changes at once, and must stay true of the cluster
            apply_immediately=True,
            tags=args.scope.tags(name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.log_group]),
        )

    def _instance(self, number: int) -> aws.rds.ClusterInstance:
        args = self._args
        # numbered, not "writer" and "reader": a failover swaps the roles
        name = args.scope.name(f"aurora-instance-{number}")
        return aws.rds.ClusterInstance(
            f"aurora-instance-{number}",
            identifier=name,
            cluster_identifier=self.cluster.id,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            engine_version=args.engine_version,
            instance_class=INSTANCE_CLASS,
            availability_zone=args.zones[(number - 1) % len(args.zones)],
            publicly_accessible=False,
            # readers of tiers 0 and 1 scale with the writer, so a failover finds its capacity
            promotion_tier=1,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=7,
            copy_tags_to_snapshot=True,
            # the version is the program's to say: AWS asks for this on a long-term support minor
            auto_minor_version_upgrade=False,
            apply_immediately=True,
            tags=args.scope.tags(name),
            opts=self._child,
        )
