"""Words of the report in its two languages.

Fixed texts stand in texts/<lang>.json. The controls' and requirements' own words are English in the
evidence; texts/domain.pt-BR.json holds their translation beside the English it was made from. Where
the evidence says something else than that, the evidence is shown as it is, marked as English.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import markupsafe

FOLDER = Path(__file__).parent / "texts"
PORTUGUESE = "pt-BR"


class Texts:
    """The words of one language."""

    def __init__(self, lang: str):
        self.lang = lang
        self._fixed = fixed(lang)
        self._domain = domain() if lang == PORTUGUESE else {}

    def text(self, key: str, **values: Any) -> str:
        """A fixed text; raises KeyError for one that is not in the catalogue."""
        found = self._fixed[key]
        return found.format(**values) if values else found

    def word(self, group: str, value: str) -> str:
        """A word of a small vocabulary, e.g. a severity; a strange one is shown as it is."""
        return self._fixed.get(f"{group}.{value}", value)

    def domain(self, english: str) -> markupsafe.Markup:
        """A text of the catalogue or the register in this language, else in English, marked."""
        if self.lang == "en" or not english:
            return markupsafe.escape(_line(english))
        if english in self._domain:
            return markupsafe.escape(self._domain[english])
        return self.english(english)

    def english(self, text: str) -> markupsafe.Markup:
        """A text that is English in either report: what a tool said."""
        if self.lang == "en" or not text:
            return markupsafe.escape(_line(text))
        return markupsafe.Markup('<span lang="en">{}</span>').format(_line(text))

    def number(self, value: float, digits: int = 1) -> str:
        """A decimal number in this language's form."""
        shown = f"{value:.{digits}f}"
        return shown.replace(".", ",") if self.lang == PORTUGUESE else shown

    def time(self, at: str) -> str:
        """An instant, to the second, in UTC."""
        return f"{at[:10]} {at[11:19]} UTC" if len(at) > 18 else at


def _line(text: str) -> str:
    from evidence.formats.escape import line

    return line(text)


@cache
def fixed(lang: str) -> dict[str, str]:
    """The fixed texts of a language."""
    loaded: dict[str, str] = json.loads((FOLDER / f"{lang}.json").read_text(encoding="utf-8"))
    return loaded


@cache
def domain() -> dict[str, str]:
    """English to Portuguese."""
    text = (FOLDER / "domain.pt-BR.json").read_text(encoding="utf-8")
    loaded: dict[str, str] = json.loads(text)
    return loaded
