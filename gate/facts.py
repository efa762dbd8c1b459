"""What a verdict is reached from: the words of engine and pack, and what they are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from evidence.model import Assurance, Stage

from . import expected as expectations
from . import population, waivers
from .catalog import Catalog
from .deviations import Deviation
from .events import EventLog
from .trace import Trace

# The engine's last words after any failure, a violation included; the cause is said elsewhere.
GENERIC = frozenset({"preview failed", "update failed"})


@dataclass(frozen=True)
class Facts:
    """What the verdict is reached from."""

    catalog: Catalog
    populations: Mapping[str, population.Rule]
    needs: expectations.Expected
    log: EventLog
    trace: Trace
    profile: str
    suffix: str
    pack: str
    pack_folder: str  # where the pack must have been loaded from
    pack_digest: str
    engine_exit: int
    stage: Stage
    assurance: Assurance
    at: str
    stack: str = ""
    project: str = ""
    waivers: waivers.Book = field(default_factory=waivers.Book)
    deviations: tuple[Deviation, ...] = ()
    engine_error: str = ""  # the last one that it printed
    findings_alone: bool = False  # no record of a subject on which there is nothing to say

    @cached_property
    def census(self) -> population.Census:
        """Who belongs to which control's population."""
        return population.Census(self.log.resources.values())

    @cached_property
    def whole(self) -> bool:
        """True when the engine saw the whole program: only then "no resource" means none."""
        log = self.log
        violated = any(v.level == "mandatory" for v in log.violations)
        ended = log.result == "succeeded" or (log.result == "failed" and violated)
        return ended and not log.faults and not set(log.errors) - GENERIC
