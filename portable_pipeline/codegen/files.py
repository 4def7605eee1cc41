"""A generated file, before it is written anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file of the output.

    Args:
        path: Relative to the target's folder, with forward slashes.
        text: What it holds.
        formatted: Whether the text is ours, to be laid out by the formatter; the user's own code stays as it is.
        holds_user_code: Whether it is ours with the user's code in it: laid out, but no import of it is touched.
        anchors: From a stage's id to the function of this file that stands for it: the source map is made from these.
    """

    path: str
    text: str
    formatted: bool = False
    holds_user_code: bool = False
    anchors: Mapping[str, str] = field(default_factory=dict)
