"""The command line, `ppc`: one module for each command, imported when it is called."""

from __future__ import annotations

from portable_pipeline.cli.main import main

__all__ = ["main"]
