"""The few figures that README quotes: each from the largest size that was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from . import fleet, pack, peers, previews
from .results import Ratio, Results


def lines(results: Mapping[str, Results]) -> list[str]:
    """A list, as Markdown; what was not measured is left out."""
    return [*_pack(results["pack"]), *_gate(results["gate"]), *_rest(results)]


def _pack(found: Results) -> Iterator[str]:
    def largest(other: str, field: str) -> tuple[int, Ratio] | None:
        for size in reversed(found.sizes()):
            if (ratio := found.ratio(pack.OURS, other, size, field)) is not None:
                return size, ratio
        return None

    for text, other, field in (
        ("The whole pack on {size} resources, all controls on, beside a Python pack that receives "
         "and decides nothing: {by}", pack.LIMIT, "whole"),
        ("Of it the stack phase alone: {by}", pack.LIMIT, "stack"),
        ("The whole pack on {size} resources, beside the same controls as stock policies: {by}",
         pack.STOCK, "whole"),
    ):  # fmt: skip
        if (told := largest(other, field)) is not None:
            yield f"- {text.format(size=f'{told[0]:,}', by=f'× {told[1]}')}."


def _gate(found: Results) -> Iterator[str]:
    for case, text in (
        (previews.GATE, "`make preview`, beside a bare `pulumi preview` of the same stack: {by}"),
        (previews.GATE_FAILS, "`make preview` that finds a violation, beside the same: {by}"),
    ):
        if (ratio := found.ratio(case, previews.BARE, 0, "whole")) is not None:
            yield f"- {text.format(by=f'× {ratio}')}."


def _rest(results: Mapping[str, Results]) -> Iterator[str]:
    for size in results["fleet"].sizes()[-1:]:
        seconds = results["fleet"].median(fleet.CASE, size, "whole")
        yield f"- `make audit` of {size:,} states of the shipped stack's size: {seconds:.0f} s."
    for size in results["peers"].sizes()[-1:]:
        told = [
            f"{name} × {ratio}"
            for name in (*peers.PACKS, *peers.FILES)
            if (ratio := results["peers"].ratio(name, peers.OURS, size, "whole")) is not None
        ]
        if told:
            yield f"- Others on {size:,} resources, by rules of their own, beside this pack: " + (
                f"{'; '.join(told)}."
            )
