"""The texts of a captured pipeline's files, for printing diagnostics."""

from __future__ import annotations

from functools import cache
from importlib.util import decode_source
from pathlib import Path


class Sources:
    """The files that spans point into.

    Args:
        root: Folder that the spans' paths are relative to; None when the files are not at hand.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self.text = cache(self._read)

    def shown(self, file: str) -> str:
        """The path to print: relative to the current folder where it is below it."""
        if self._root is None:
            return file
        path = self._root / file
        here = Path.cwd()
        return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()

    def _read(self, file: str) -> str | None:
        if self._root is None:
            return None
        try:
            return decode_source((self._root / file).read_bytes())
        except (OSError, SyntaxError, UnicodeDecodeError):
            return None
