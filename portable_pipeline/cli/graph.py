"""`ppc graph`."""

from __future__ import annotations

from pathlib import Path

import click

from portable_pipeline.cli.options import OneOf, file_argument, out_option, pass_reporter
from portable_pipeline.cli.reporter import Reporter


@click.command(
    epilog="""\b
Examples:
  ppc graph pipeline.py                                   # mermaid, for a README
  ppc graph pipeline.py --format dot | dot -Tpng > graph.png
  ppc graph pipeline.py --format svg --out graph.svg
  ppc graph pipeline.py --format html --out pipeline.html   # with the settings and the code of each stage"""
)
@file_argument
@click.option(
    "-f",
    "--format",
    "drawing",
    type=OneOf("mermaid", "dot", "svg", "html"),
    default="mermaid",
    show_default=True,
    help="Solid arrows are data and decisions; dashed ones mere order, or the way by a stand-in.",
)
@out_option
@pass_reporter
def command(reporter: Reporter, file: str, drawing: str, out: Path | None) -> None:
    """Draw a pipeline as mermaid, dot, svg or an HTML page."""
    from portable_pipeline.cli.emitting import print_or_write
    from portable_pipeline.cli.steps import checked

    pipeline = checked(reporter, file)
    if drawing == "html":
        from portable_pipeline.report import pipeline_page

        text = pipeline_page(pipeline)
    else:
        from portable_pipeline.graph import draw

        text = draw(pipeline, drawing)
    print_or_write(out, text)
