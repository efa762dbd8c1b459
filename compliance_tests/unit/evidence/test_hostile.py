"""No name, tag or message is more than text in any format."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from functools import cache
from html.parser import HTMLParser

import pytest

from evidence.formats import registry

from .machine import strings
from .nasties import NASTY, everywhere, view

HARMLESS = "harmless"
MARKDOWN = ("markdown", "pr-comment", "summary")
JSON = ("sarif", "sarif-full", "oscal-ar", "oscal-ap", "oscal-cd")
TABLES = ("csv", "csv-controls")
#: What a viewer shows of JSON as Markdown: a link or markup in it would act.
MARKED = re.compile(r"\]\(|<(?!/?code>)[a-z/!]", re.IGNORECASE)
INSERTED = re.compile(r"\{\{")


@cache
def drawn(name: str, text: str) -> str:
    return registry.render(name, view(everywhere(text), link=text)).decode()


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("name", sorted({*MARKDOWN, *JSON, *TABLES, "terminal", "junit", "html"}))
def test_nothing_hidden_and_no_control_character_is_left(name: str, nasty: str) -> None:
    shown = drawn(name, NASTY[nasty]).removeprefix("\ufeff")
    allowed = "\r\n" if name in TABLES else "\n"
    bad = {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Cn")}
    assert not bad - set(allowed)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("name", MARKDOWN)
def test_markdown_keeps_its_lines_and_shows_text_as_text(name: str, nasty: str) -> None:
    plain, shown = drawn(name, HARMLESS), drawn(name, NASTY[nasty])
    assert shown.count("\n") == plain.count("\n")
    bars = [line.count("|") for line in shown.splitlines()]
    assert bars == [line.count("|") for line in plain.splitlines()]
    outside_code = re.sub(r"`[^`\n]*`", "", shown)
    assert not re.search(r"\]\(|\]\[|<img|<script|<b>|</td|\$\{\{|@|(?<!&)#\d", outside_code)
    assert not re.search(r"^::", shown, re.MULTILINE)
    assert shown.count("<details>") == shown.count("</details>") == plain.count("<details>")
    assert shown.count("-->") == plain.count("-->")


@pytest.mark.parametrize("nasty", NASTY)
def test_junit_is_the_same_document(nasty: str) -> None:
    def shape(text: str) -> list[str]:
        return [e.tag for e in ET.fromstring(text).iter()]  # noqa: S314 (our own)

    assert shape(drawn("junit", NASTY[nasty])) == shape(drawn("junit", HARMLESS))


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("name", TABLES)
def test_no_cell_of_a_table_is_computed(name: str, nasty: str) -> None:
    def rows(text: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    shown, plain = rows(drawn(name, NASTY[nasty])), rows(drawn(name, HARMLESS))
    assert [len(r) for r in shown] == [len(r) for r in plain]
    cells = [c for row in shown for c in row]
    assert not [c for c in cells if c[:1] in set("=+-@\t\r\uff1d\uff0b\uff0d\uff20")]
    assert all(len(c) < 32_767 for c in cells)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("name", JSON)
def test_json_has_no_markup_in_what_is_shown(name: str, nasty: str) -> None:
    document = json.loads(drawn(name, NASTY[nasty]))
    shown = [t for key, t in strings(document) if key in SHOWN]
    assert shown
    assert not [t for t in shown if MARKED.search(t)]
    assert name.startswith("sarif") or not [t for t in shown if INSERTED.search(t)]


#: Members that viewers render: of SARIF the texts and the Markdown, of OSCAL the markup fields.
SHOWN = {"markdown", "title", "description", "statement", "remarks", "text"}


class Tags(HTMLParser):
    """Collects what a browser would make of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag, *(k for k, _ in attrs if k.startswith("on"))]
        self.found += [f"{k}!" for k, v in attrs if v and v.lower().startswith("javascript:")]


@pytest.mark.parametrize("nasty", NASTY)
def test_html_has_no_element_of_theirs(nasty: str) -> None:
    tags = Tags()
    tags.feed(drawn("html", NASTY[nasty]))
    assert not {"img", "script", "x", "b!", "href!"} & set(tags.found)
    assert not [t for t in tags.found if t.startswith("on")]
