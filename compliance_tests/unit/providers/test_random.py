"""What the random provider makes keeps to the inputs, is never the same, and never shows itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from compliance_tests.unit.providers.engine import engine_for
from sandbox.providers.random.resources import PASSWORD, text


@pytest.mark.parametrize("length", [1, 32, 500])
def test_a_text_has_its_length(length: int) -> None:
    assert len(text({"length": length})) == length


def test_a_text_has_what_is_asked_and_nothing_else() -> None:
    asked = {
        "length": 40,
        "upper": False,
        "minNumeric": 5,
        "minSpecial": 3,
        "overrideSpecial": "!#",
    }
    made = text(asked)
    assert sum(letter.isdigit() for letter in made) >= 5
    assert sum(letter in "!#" for letter in made) >= 3
    assert not any(letter.isupper() for letter in made)
    assert {letter for letter in made if not letter.isalnum()} <= {"!", "#"}
    assert text({"length": 64, "special": False}).isalnum()


def test_no_two_are_the_same() -> None:
    assert len({text({"length": 16}) for _ in range(200)}) == 200


@pytest.mark.parametrize(
    ("news", "says"),
    [
        ({}, "Missing required property 'length'"),
        ({"length": 0}, "in the range (1"),
        ({"length": 3, "minLower": 2, "minUpper": 2}, "at least the sum of the minimum counts (4)"),
    ],
)
def test_what_cannot_be_is_refused(news: dict[str, object], says: str) -> None:
    _, mistakes = engine_for(PASSWORD).check(PASSWORD, news)
    assert any(says in text for text in mistakes), mistakes


def test_many_at_once() -> None:
    engine = engine_for(PASSWORD)
    inputs, _ = engine.check(PASSWORD, {"length": 32})
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: engine.create(PASSWORD, inputs)[1]["result"], range(32)))
    assert len(set(made)) == 32
