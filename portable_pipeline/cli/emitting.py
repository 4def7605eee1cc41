"""What a command makes, where it was wanted."""

from __future__ import annotations

from pathlib import Path

import click


def print_or_write(out: Path | None, text: str) -> None:
    """Write a single file, whole or not at all; print it where no file is named.

    Raises:
        Refused: If it cannot be written.
    """
    if out is None or out == Path("-"):
        click.echo(text, nl=False)
        return
    from portable_pipeline.cli.output import write_file

    write_file(out, text)
