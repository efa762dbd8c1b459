"""What a run is judged by: the catalogue, the register, the tables, the waivers, a key that signs.

The digests are taken first: what changes after that is seen at the end of the run, whether it was
read before or after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import (
    catalog,
    deviations,
    digests,
    expected,
    keys,
    population,
    project,
    reference,
    timings,
    waivers,
)
from .errors import NotProven
from .paths import PROJECT

if TYPE_CHECKING:
    from .paths import Paths


@dataclass(frozen=True)
class Inputs:
    """What was in force when the run began."""

    catalog: catalog.Catalog
    profile: str
    pack: str
    digests: Mapping[str, str]
    waivers: waivers.Book
    reference: Mapping[str, Any]  # for the reports
    deviations: tuple[deviations.Deviation, ...]


def read(paths: Paths) -> Inputs:
    """Take the digests, then read all of it; raises GateError."""
    project.check(paths.root)
    return after(paths, digests.of_inputs(paths.root, paths.stack, paths.plan))


@timings.timed("reading the register (meanwhile)")
def after(paths: Paths, taken: Mapping[str, str]) -> Inputs:
    """Read what the digests were taken of; raises GateError."""
    population.table()
    expected.table()
    pack, _version = catalog.pack_identity(paths.root)
    known = catalog.load(paths.root)
    book = waivers.load(paths.root, known)
    if over := book.expired(paths.stack, PROJECT):
        raise NotProven("; ".join(over))
    in_force = reference.snapshot(paths.root, known.controls)
    keys.signer(paths.root)  # a key that cannot sign is found before anything is judged
    return Inputs(
        known,
        catalog.profile_of(paths.root, paths.stack),
        pack,
        taken,
        book,
        in_force,
        deviations.of(in_force["deviations"]),
    )
