"""`ppc graph`."""

from __future__ import annotations

from pathlib import Path

import click

from portable_pipeline.cli.options import OneOf, file_argument, pass_reporter
from portable_pipeline.cli.reporter import Reporter


@click.command(
    epilog="""\b
Examples:
  ppc graph pipeline.py                                   # mermaid, for a README
  ppc graph pipeline.py --format dot | dot -Tpng > graph.png
  ppc graph pipeline.py --format svg --out graph.svg"""
)
@file_argument
@click.option(
    "-f",
    "--format",
    "drawing",
    type=OneOf("mermaid", "dot", "svg"),
    default="mermaid",
    show_default=True,
    help="Solid arrows are data, dashed ones mere order.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File to write; stdout without it.")
@pass_reporter
def command(reporter: Reporter, file: str, drawing: str, out: Path | None) -> None:
    """Draw a pipeline as mermaid, dot or svg."""
    from portable_pipeline.cli.steps import checked
    from portable_pipeline.graph import draw

    text = draw(checked(reporter, file), drawing)
    if out is None:
        click.echo(text, nl=False)
        return
    from portable_pipeline.cli.output import write_file

    write_file(out, text)
