"""Printing diagnostics: for people, for programs, for pull requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from portable_pipeline.diagnostics.diagnostic import Diagnostic
from portable_pipeline.diagnostics.render.sources import NoSources, Sources

#: Names for `--output-format`.
FORMATS = ("text", "json", "github")

__all__ = ["FORMATS", "NoSources", "Sources", "render"]


def render(
    found: Iterable[Diagnostic], sources: Sources | None = None, output_format: str = "text", color: bool = False
) -> str:
    """The diagnostics as text that ends in a newline; the empty string when there is nothing to print.

    Args:
        found: In the order to print them.
        sources: Texts and paths of the files that they point into.
        output_format: One of `FORMATS`. JSON prints a list even when it is empty.
        color: Whether the text goes to a terminal that shows colours; only `text` has any.

    Raises:
        ValueError: If there is no such format.
    """
    known = NoSources() if sources is None else sources
    if output_format == "text":
        from portable_pipeline.diagnostics.render.text import as_text

        return as_text(found, known, color)
    return _format(output_format)(found, known)


def _format(name: str) -> Callable[[Iterable[Diagnostic], Sources], str]:
    if name == "json":
        from portable_pipeline.diagnostics.render.json import as_json

        return as_json
    if name == "github":
        from portable_pipeline.diagnostics.render.github import as_github

        return as_github
    raise ValueError(f"no output format {name!r}; there are {', '.join(FORMATS)}")
