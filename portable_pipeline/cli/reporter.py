"""How a command tells what it found: the diagnostics in the format that was asked for, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portable_pipeline.diagnostics import Diagnostic
    from portable_pipeline.diagnostics.render import Sources

CLEAN, DIAGNOSTICS, USAGE, OUR_BUG, INTERRUPTED = 0, 1, 2, 70, 130


@dataclass
class Reporter:
    """What the whole command shares, as click's context object.

    Args:
        output_format: Of the diagnostics: one of `diagnostics.render.FORMATS`.
        sources: Texts of the pipeline's files, once they are known.
        exit_code: What the command ends with unless something worse happens.
        embedded: Whether the command prints a JSON object of its own, with the diagnostics inside.
        on_stdout: Whether diagnostics are what the command is for; otherwise text goes to stderr.
    """

    output_format: str = "text"
    sources: Sources | None = None
    exit_code: int = 0
    embedded: bool = False
    on_stdout: bool = False
    _held: tuple[Diagnostic, ...] | None = None

    def show(self, found: Iterable[Diagnostic]) -> None:
        """Print diagnostics, text at once, and let errors among them decide the exit code."""
        from portable_pipeline.diagnostics import has_errors, in_order
        from portable_pipeline.diagnostics.render import render

        ordered = in_order(found)
        if has_errors(ordered):
            self.exit_code = DIAGNOSTICS
        if self.embedded and self.output_format == "json" and has_errors(ordered):
            sys.stdout.write(_refusal(render(ordered, self.sources, "json")))
        elif self.output_format == "text" or self.embedded:
            stream = sys.stdout if self.on_stdout else sys.stderr
            stream.write(render(ordered, self.sources, "text", color=_colored(stream.isatty())))
        else:
            self._held = (*(self._held or ()), *ordered)

    def finish(self) -> int:
        """Print what programs get as a whole, once, and return the exit code."""
        if self._held is not None:
            from portable_pipeline.diagnostics import in_order
            from portable_pipeline.diagnostics.render import render

            sys.stdout.write(render(in_order(self._held), self.sources, self.output_format))
            self._held = None
        sys.stdout.flush()
        return self.exit_code

    def stopped(self, error: Exception) -> None:
        """Report what stopped a command: diagnostics, or a bug of ours."""
        from portable_pipeline.diagnostics import Refused

        if isinstance(error, Refused):
            self.show(error.diagnostics)
            return
        from portable_pipeline.cli.bug import our_bug

        self.show([our_bug(error)])
        self.exit_code = OUR_BUG


def _refusal(listed: str) -> str:
    """The one object of a command that prints an object whatever happens: nothing was run, and why."""
    import json

    content = {"state": "failed", "stages": [], "diagnostics": json.loads(listed)}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _colored(terminal: bool) -> bool:
    return terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
