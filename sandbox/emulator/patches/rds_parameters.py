"""The parameters of Aurora PostgreSQL that groups set: what moto does not know about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue


@dataclass(frozen=True, slots=True)
class Parameter:
    """AWS's default ("" is none), what is allowed, and whether a change needs a restart."""

    default: str
    allowed: str = ""
    static: bool = False
    kind: str = "string"


KNOWN: dict[str, Parameter] = {
    "rds.force_ssl": Parameter("0", "0,1", kind="boolean"),
    "ssl": Parameter("1", "0,1", kind="boolean"),
    "ssl_min_protocol_version": Parameter("TLSv1.2", "TLSv1,TLSv1.1,TLSv1.2,TLSv1.3"),
    "ssl_max_protocol_version": Parameter("", "TLSv1,TLSv1.1,TLSv1.2,TLSv1.3"),
    "ssl_ciphers": Parameter(""),
    "password_encryption": Parameter("scram-sha-256", "md5,scram-sha-256"),
    "rds.accepted_password_auth_method": Parameter("md5+scram", "md5+scram,scram"),
    "rds.restrict_password_commands": Parameter("0", "0,1", True, "boolean"),
    "rds.logical_replication": Parameter("0", "0,1", True, "boolean"),
    "rds.enable_plan_management": Parameter("0", "0,1", True, "boolean"),
    "rds.log_retention_period": Parameter("4320", "1440-10080", kind="integer"),
    "rds.force_admin_logging_level": Parameter("disabled"),
    "rds.force_autovacuum_logging_level": Parameter("warning"),
    "rds.allowed_extensions": Parameter("*"),
    "shared_preload_libraries": Parameter("pg_stat_statements", static=True),
    "max_connections": Parameter(
        "LEAST({DBInstanceClassMemory/9531392},5000)", "6-262143", True, "integer"
    ),
    "track_activity_query_size": Parameter("4096", "100-102400", True, "integer"),
    "log_connections": Parameter("", "0,1", kind="boolean"),
    "log_disconnections": Parameter("", "0,1", kind="boolean"),
    "log_statement": Parameter("", "none,ddl,mod,all"),
    "log_min_duration_statement": Parameter("", "-1-2147483647", kind="integer"),
    "log_min_messages": Parameter(""),
    "log_min_error_statement": Parameter(""),
    "log_error_verbosity": Parameter("", "terse,default,verbose"),
    "log_duration": Parameter("", "0,1", kind="boolean"),
    "log_hostname": Parameter("0", "0,1", kind="boolean"),
    "log_checkpoints": Parameter("", "0,1", kind="boolean"),
    "log_lock_waits": Parameter("", "0,1", kind="boolean"),
    "log_temp_files": Parameter("", "-1-2147483647", kind="integer"),
    "log_autovacuum_min_duration": Parameter("10000", "-1-2147483647", kind="integer"),
    "log_rotation_age": Parameter("60", "1-1440", kind="integer"),
    "log_rotation_size": Parameter("100000", "0-2097151", kind="integer"),
    "log_line_prefix": Parameter("%t:%r:%u@%d:[%p]:"),
    "log_destination": Parameter("stderr", "stderr,csvlog"),
    "log_filename": Parameter("postgresql.log.%Y-%m-%d-%H%M"),
    "logging_collector": Parameter("1", "0,1", True, "boolean"),
    "pgaudit.log": Parameter(""),
    "pgaudit.role": Parameter("", "rds_pgaudit"),
    "pgaudit.log_level": Parameter(""),
    "pgaudit.log_parameter": Parameter("", "0,1", kind="boolean"),
    "pg_stat_statements.track": Parameter("", "none,top,all"),
    "idle_in_transaction_session_timeout": Parameter("86400000", "0-2147483647", kind="integer"),
    "statement_timeout": Parameter("", "0-2147483647", kind="integer"),
    "lock_timeout": Parameter("", "0-2147483647", kind="integer"),
    "tcp_keepalives_idle": Parameter("300", "0-2147483647", kind="integer"),
    "work_mem": Parameter("", "64-2147483647", kind="integer"),
    "timezone": Parameter("UTC"),
    "client_encoding": Parameter(""),
    "autovacuum": Parameter("1", "0,1", kind="boolean"),
    "track_io_timing": Parameter("1", "0,1", kind="boolean"),
    "track_functions": Parameter("", "none,pl,all"),
    "wal_sender_timeout": Parameter("", "0-2147483647", kind="integer"),
    "apg_plan_mgmt.capture_plan_baselines": Parameter("off", "off,manual,automatic"),
}
FORCE_SSL_FROM = 17
"""The major version from which Aurora's own default of rds.force_ssl is 1."""


def check(name: str, value: str, method: str) -> None:
    """Refuse unknown names, values out of range, and `immediate` on a static parameter."""
    if name not in KNOWN:
        raise InvalidParameterValue(f"Could not find parameter with name: {name}")
    known = KNOWN[name]
    if not _allowed(known, value):
        raise InvalidParameterValue(
            f"Invalid parameter value: {value} for: {name} allowed values are: {known.allowed}"
        )
    if known.static and method == "immediate":
        raise InvalidParameterCombination("cannot use immediate apply method for static parameter")


def _allowed(known: Parameter, value: str) -> bool:
    if not known.allowed:
        return True
    if limits := re.fullmatch(r"(-?\d+)-(\d+)", known.allowed):
        # an expression such as {DBInstanceClassMemory/9531392} counts when the instance starts
        number = value.lstrip("-").isdigit()
        return int(limits[1]) <= int(value) <= int(limits[2]) if number else "{" in value
    return value in known.allowed.split(",")


def shown(
    family: str, values: dict[str, dict[str, Any]], source: str | None
) -> Iterator[dict[str, Any]]:
    """The parameters of a group; `source` is user, engine-default, system, or None for all."""
    major = int(re.sub(r"\D", "", family.rsplit("postgresql", 1)[-1]) or 0)
    for name, known in KNOWN.items():
        default = "1" if name == "rds.force_ssl" and major >= FORCE_SSL_FROM else known.default
        written = values.get(name)
        row: dict[str, Any] = {
            "ParameterName": name,
            "Source": "user" if written else "engine-default" if known.default else "system",
            "ApplyType": "static" if known.static else "dynamic",
            "DataType": known.kind,
            "IsModifiable": True,
            "ApplyMethod": (written or {}).get("ApplyMethod", "pending-reboot"),
            "SupportedEngineModes": ["provisioned"],
        }
        if value := (written or {}).get("ParameterValue", default):
            row["ParameterValue"] = value
        if known.allowed:
            row["AllowedValues"] = known.allowed
        if source in (None, row["Source"]):
            yield row
