"""`ppc targets`."""

from __future__ import annotations

import click

from portable_pipeline.cli.options import OneOf


@click.command(
    epilog="""\b
Examples:
  ppc targets
  ppc targets --output-format json
  ppc explain R3                      # one rule: how each target keeps it"""
)
@click.option(
    "--output-format",
    type=OneOf("text", "json", "markdown"),
    default="text",
    show_default=True,
    help="How the matrix is printed.",
)
def command(output_format: str) -> None:
    """Print which rules each orchestrator keeps, and how."""
    from portable_pipeline import matrix
    from portable_pipeline.backend import backends

    write = {"text": matrix.as_text, "json": matrix.as_json, "markdown": matrix.as_markdown}[output_format]
    click.echo(write(backends()), nl=False)
