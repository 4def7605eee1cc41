"""How wide source text is on a terminal, so that an underline stands under what it means."""

from __future__ import annotations

from unicodedata import category, east_asian_width

#: Columns from one tab stop to the next.
TAB = 4


def laid_out(line: str) -> tuple[str, list[int]]:
    """A source line as it is safe to print, and the terminal column at which each of its characters starts.

    Tabs become spaces; control characters, which could move the cursor or recolour the terminal, become the
    replacement character. The list has one entry more than the line has characters: where the line ends.

    >>> laid_out("a\\tb")
    ('a   b', [0, 1, 4, 5])
    """
    shown: list[str] = []
    starts = [0]
    at = 0
    for character in line:
        text, width = _cell(character, at)
        shown.append(text)
        at += width
        starts.append(at)
    return "".join(shown), starts


def on_one_line(text: str) -> str:
    """Text from a user's names and values, without anything that would break the layout.

    >>> on_one_line("a\\nb")
    'a\\\\nb'
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _cell(character: str, at: int) -> tuple[str, int]:
    if character == "\t":
        width = TAB - at % TAB
        return " " * width, width
    kind = category(character)
    if kind in ("Mn", "Me"):
        return character, 0
    if kind in ("Cc", "Cs", "Zl", "Zp") or (kind == "Cf" and character != "\u200d"):
        return "\N{REPLACEMENT CHARACTER}", 1
    if character == "\u200d":  # joins emoji
        return character, 0
    return character, 2 if east_asian_width(character) in ("W", "F") else 1
