"""What a renderer needs to know about the files that diagnostics point into."""

from __future__ import annotations

from typing import Protocol


class Sources(Protocol):
    """The files of a pipeline, by the path that their spans carry."""

    def text(self, file: str) -> str | None:
        """The file's text, or None when it is not at hand."""

    def shown(self, file: str) -> str:
        """The path to print: one that the reader's editor can open."""


class NoSources:
    """For diagnostics on what has no source: paths as the spans carry them, no text."""

    def text(self, file: str) -> str | None:
        """None, always."""
        return None

    def shown(self, file: str) -> str:
        """The path of the span."""
        return file
