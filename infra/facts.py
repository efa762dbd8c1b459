"""What the program asks AWS before it makes anything: account, zones, what can be created."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pulumi
import pulumi_aws as aws
from components.database import ENGINE, INSTANCE_CLASS

Answer = TypeVar("Answer")
#: What the provider says when AWS answered and had no such version.
NO_MATCH = "no RDS engine versions match"


@dataclass(frozen=True)
class Facts:
    """AWS's answers.

    Attributes:
        account: 12-digit id of the account that the credentials belong to.
        zones: as many availability zones as were asked for.
        engine_version: the first preferred version that can be created.
        parameter_family: that version's parameter group family.
    """

    account: str
    zones: tuple[str, ...]
    engine_version: str
    parameter_family: str


def ask(engine_versions: tuple[str, ...], zones: tuple[str, ...], zone_count: int) -> Facts:
    """Asks AWS.

    Args:
        engine_versions: versions of one major, the preferred first.
        zones: the zones by name, or none for AWS's choice.
        zone_count: how many zones are needed.

    Raises:
        pulumi.RunError: one line, when AWS has no such version, class or zones.
    """
    account = _answer("the account", aws.get_caller_identity).account_id
    version, family = _engine_version(engine_versions)
    offered = _class_zones(version)
    return Facts(
        account=account,
        zones=zones or _choose_zones(offered, zone_count),
        engine_version=version,
        parameter_family=family,
    )


def _engine_version(preferred: tuple[str, ...]) -> tuple[str, str]:
    try:
        found = aws.rds.get_engine_version(engine=ENGINE, preferred_versions=list(preferred))
    except Exception as error:  # noqa: BLE001 - a failed invoke raises Exception itself
        raise pulumi.RunError(_no_version(preferred, error)) from None
    version = found.version_actual or found.version
    if version != preferred[0]:
        pulumi.log.info(
            f"AWS creates no {ENGINE} {preferred[0]}: this stack takes {version}, "
            "the next of databaseEngineVersions"
        )
    return version, found.parameter_group_family


def _no_version(preferred: tuple[str, ...], error: Exception) -> str:
    """One line: the newest version of the same major, or why AWS could not be asked."""
    major = preferred[0].split(".")[0]
    wanted = " or ".join(preferred)
    unanswered = f"AWS was asked for {ENGINE} {wanted} and answered: {_one_line(error)}"
    if NO_MATCH not in str(error):
        return unanswered  # it was throttled, say: there may well be such a version
    try:
        newest = aws.rds.get_engine_version(engine=ENGINE, version=major, latest=True)
    except Exception:  # noqa: BLE001 - the first failure says more
        return unanswered
    return (
        f"AWS creates no {ENGINE} {wanted}: add {newest.version_actual or newest.version}, "
        f"the newest {major}, to databaseEngineVersions"
    )


def _class_zones(version: str) -> frozenset[str]:
    found = _answer(
        f"{INSTANCE_CLASS} for {ENGINE} {version}",
        lambda: aws.rds.get_orderable_db_instance(
            engine=ENGINE, engine_version=version, instance_class=INSTANCE_CLASS
        ),
    )
    return frozenset(found.availability_zones or ())


def _choose_zones(offered: frozenset[str], count: int) -> tuple[str, ...]:
    """The first zones, by name, in which the database's class can be ordered."""
    available = _answer("the zones", lambda: aws.get_availability_zones(state="available")).names
    suitable = sorted(zone for zone in available if not offered or zone in offered)
    if len(suitable) < count:
        raise pulumi.RunError(
            f"{INSTANCE_CLASS} is offered in {len(suitable)} available zones "
            f"({', '.join(suitable) or 'none'}): {count} are needed (availabilityZoneCount)"
        )
    return tuple(suitable[:count])


def _answer(question: str, invoke: Callable[[], Answer]) -> Answer:
    try:
        return invoke()
    except Exception as error:  # noqa: BLE001 - a failed invoke raises Exception itself
        raise pulumi.RunError(
            f"AWS was asked for {question} and answered: {_one_line(error)}"
        ) from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
