"""Text from outside (names, tags, messages) made harmless before it is shown."""

from __future__ import annotations

import re
import unicodedata

# Beside control characters: marks that turn the reading direction and so can hide what stands
# there, invisible characters, and the separators that some viewers take for line ends.
_HIDDEN = re.compile(
    "[\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
_NOT_IN_CODE = re.compile(r"[|`<>\[\]&]")
# What means something anywhere in a line; a list, a heading or a number only where a line begins;
# and the two beginnings that GitHub makes a link of.
_MARKDOWN = re.compile(
    r"[\\`*_\[\]<>#|~$@&]|^[-+=]|(?<=\d)[.)](?=\s)|:(?=//)|(?<=www)\.", re.IGNORECASE
)

# An underscore inside a word is no emphasis: property names stay readable.
_MARKUP = re.compile(r"[\\`*<>\[\]&{}~^\"$|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[-+#=]|:(?=//)")


def line(text: str) -> str:
    """One printable line: white space joined, control and invisible characters escaped."""
    joined = " ".join(text.split())
    if joined.isprintable() and not _HIDDEN.search(joined):
        return joined
    return "".join(_visible(c) for c in joined)


def _visible(char: str) -> str:
    if char == " " or (char.isprintable() and not _HIDDEN.match(char)):
        return char
    return char.encode("unicode_escape").decode()


def markdown(text: str) -> str:
    """One line that means nothing to Markdown, to HTML in it, or to a mention or link finder."""
    return _MARKDOWN.sub(_entity, line(text))


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def code(text: str) -> str:
    """One line as inline code in a table cell, where even a pipe would end the cell.

    What looks like HTML or a link is written in entities: not every renderer leaves code alone.
    """
    shown = line(text)
    if not shown:
        return ""
    if _NOT_IN_CODE.search(shown):
        return f"<code>{markdown(text)}</code>"
    return f"`{shown}`"


def width(text: str) -> int:
    """Terminal columns that the text takes: wide characters take two, combining ones none."""
    return sum(_columns(c) for c in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """The text cut to that many columns, with an ellipsis where something was cut."""
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for char in text:
        if used + _columns(char) > columns - 1:
            break
        kept += char
        used += _columns(char)
    return kept + "…" if columns > 0 else ""


def pad(text: str, columns: int) -> str:
    """The text cut or filled with spaces to exactly that many columns."""
    cut = fit(text, columns)
    return cut + " " * (columns - width(cut))


def markup(text: str) -> str:
    """One line that means nothing to the Markdown of OSCAL, nor to its `{{ insert }}`."""
    return _MARKUP.sub(_entity, line(text))
