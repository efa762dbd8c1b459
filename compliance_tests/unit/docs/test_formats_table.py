"""The document of the formats names each of them."""

from __future__ import annotations

from evidence.formats.registry import FORMATS

from . import formats_table


def test_the_table_is_that_of_the_registry() -> None:
    again = "python -m compliance_tests.unit.docs.formats_table --write"
    assert formats_table.written() == formats_table.table(), f"docs/formats.md is stale: {again}"


def test_every_format_has_a_reader() -> None:
    readers = formats_table.DOCUMENT.read_text("utf-8").partition("## Who reads what")[2]
    readers = readers.partition("## How a verdict")[0]
    missing = {n for n in FORMATS if f"`{n}`" not in readers} - {"terminal", "markdown"}
    assert not missing
