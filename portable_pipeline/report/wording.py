"""Numbers, times and output as people read them."""

from __future__ import annotations

import re
from datetime import datetime

#: Colours and cursor movements of terminals, titles of windows, and other escape sequences.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]|[\ud800-\udfff]")
#: They turn the direction of the text around, for those who have nothing good in mind.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def took(seconds: float | None) -> str:
    """A duration, as exact as one can make use of.

    >>> [took(each) for each in (0.0004, 0.0123, 1.234, 59.96, 83, 3661, 90000)]
    ['0 ms', '12 ms', '1.2 s', '1 min', '1 min 23 s', '1 h 1 min', '25 h']
    """
    if seconds is None:
        return ""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    if seconds < 3599.5:
        return _two(round(seconds), 60, "min", "s")
    return _two(round(seconds / 60), 60, "h", "min")


def _two(number: int, size: int, large: str, small: str) -> str:
    whole, rest = divmod(number, size)
    return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"


def size(bytes_: int) -> str:
    """A number of bytes.

    >>> [size(each) for each in (0, 1, 999, 1500, 2_500_000, 3_210_000_000)]
    ['0 bytes', '1 byte', '999 bytes', '1.5 kB', '2.5 MB', '3.2 GB']
    """
    if bytes_ < 1000:
        return count(bytes_, "byte")
    power = next((each for each in (1, 2, 3) if bytes_ / 1000**each < 999.95), 4)
    return f"{bytes_ / 1000**power:.1f} {('kB', 'MB', 'GB', 'TB')[power - 1]}"


def count(number: int, what: str) -> str:
    """So many of something.

    >>> count(1, "attempt"), count(1200, "attempt"), count(2, "retry")
    ('1 attempt', '1,200 attempts', '2 retries')
    """
    plural = f"{what[:-1]}ies" if what.endswith("ry") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def clock(seconds: float) -> str:
    """The time of day in the time zone of this machine."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%H:%M:%S}"


def day_and_clock(seconds: float) -> str:
    """An instant in the time zone of this machine, which is named."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S %Z}"


def printed(text: str) -> str:
    r"""What a program has printed, as it stands in a terminal in the end: without colours and overwritten lines.

    >>> printed("\x1b[31mred\x1b[0m\n 10%\r 100%\r\ndone\x07")
    'red\n 100%\ndone'
    """
    lines = _ESCAPES.sub("", text).split("\n")
    return "\n".join(plain(line.rstrip("\r").rpartition("\r")[2]) for line in lines)


def plain(text: str) -> str:
    """A text without characters that a page cannot or should not show."""
    return _BIDI.sub("�", _UNPRINTABLE.sub("", text))


def shortened(text: str, longest: int) -> tuple[str, int]:
    """What of a text is shown, and how many characters are left out at its end."""
    return (text, 0) if len(text) <= longest else (text[:longest], len(text) - longest)
