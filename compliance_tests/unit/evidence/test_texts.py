"""The report's words: every one that a template asks for is there, in both languages."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

from compliance_tests.samples import world
from evidence.formats.html import texts
from evidence.formats.registry import LANGUAGES

TEMPLATES = sorted((Path(texts.__file__).parent / "templates").glob("*.j2"))
SAME = {"Commit", "internet", "Stacks: {count}", "Stack", "manual", "commit"}


def asked() -> set[str]:
    """The keys that stand whole in a template; the other tests meet those built from parts."""
    found: set[str] = set()
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        found |= set(re.findall(r"""\bt\("([a-z_.A-Z ]+)"\s*[,)]""", text))
        for group in re.findall(r"m\.heads\(\[(.*?)\]\)", text):
            found |= set(re.findall(r'"([^"]+)"', group))
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_holes() -> None:
    english, portuguese = (texts.fixed(lang) for lang in LANGUAGES)
    assert english.keys() == portuguese.keys()
    assert all(fields(english[k]) == fields(portuguese[k]) for k in english)
    assert all(t.strip() for t in (*english.values(), *portuguese.values()))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_that_a_template_asks_for_is_there(lang: str) -> None:
    assert len(asked()) > 150
    assert asked() <= texts.fixed(lang).keys()


def test_portuguese_is_not_english() -> None:
    english, portuguese = (texts.fixed(lang) for lang in LANGUAGES)
    same = {k for k in english if english[k] == portuguese[k] and len(english[k]) > 3}
    assert {english[k] for k in same} <= SAME


def test_everything_that_the_catalogue_and_the_register_say_is_translated() -> None:
    register = world.register()
    wanted = {x for c in world.known().controls for x in (c.title, c.statement, c.rationale)}
    wanted |= {
        r[k] for r in register["requirements"] for k in ("title", "exact", "limit", "frequency")
    }
    parts = ("title", "reason", "residual_risk", "compensating")
    wanted |= {d[k] for d in register["deviations"] for k in parts}
    wanted |= {f["scope"] for f in register["frameworks"]}
    missing = sorted(wanted - texts.domain().keys() - {""})
    assert missing == [], "add them to evidence/formats/html/texts/domain.pt-BR.json"
    assert sorted(texts.domain().keys() - wanted) == [], "nothing says these any more; delete them"


def test_a_text_that_has_no_translation_is_shown_in_english_and_marked() -> None:
    words = texts.Texts("pt-BR")
    assert words.domain("Something <new>.") == '<span lang="en">Something &lt;new&gt;.</span>'
    assert texts.Texts("en").domain("Something <new>.") == "Something &lt;new&gt;."


def test_numbers_that_a_limit_names_are_the_same_in_both_languages() -> None:
    for english, portuguese in texts.domain().items():
        numbers = re.findall(r"\d+", english.replace("0.5", "0,5").replace("2.0 ACU", "2,0 ACU"))
        told = re.findall(r"\d+", portuguese)
        assert sorted(numbers) == sorted(told), english


def test_the_files_are_sorted_json_that_a_person_can_review() -> None:
    for file in texts.FOLDER.glob("*.json"):
        content = file.read_text(encoding="utf-8")
        assert json.dumps(json.loads(content), indent=1, ensure_ascii=False) + "\n" == content
