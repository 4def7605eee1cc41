"""Which view of a run fits where its output goes."""

from __future__ import annotations

import os
from typing import TextIO

from portable_pipeline.runner.observer import Observer
from portable_pipeline.runner.plain import PlainLines


def observer_for(stream: TextIO) -> Observer:
    """A live view on a terminal that can show one, plain lines elsewhere."""
    if not stream.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return PlainLines(stream)
    from rich.console import Console

    from portable_pipeline.runner.live import LiveView

    return LiveView(Console(file=stream))
