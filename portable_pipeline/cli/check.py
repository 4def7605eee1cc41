"""`ppc check`."""

from __future__ import annotations

import click

from portable_pipeline.cli.options import degrade_option, file_argument, format_option, pass_reporter, targets_option
from portable_pipeline.cli.reporter import Reporter


@click.command(
    epilog="""\b
Examples:
  ppc check pipeline.py
  ppc check pipeline.py:churn --target airflow --target kfp
  ppc check pipeline.py --output-format github"""
)
@file_argument
@targets_option(required=False)
@degrade_option
@format_option("text", "json", "github")
@pass_reporter
def command(
    reporter: Reporter, file: str, targets: tuple[str, ...], degrade: tuple[str, ...], output_format: str
) -> None:
    """Find the mistakes in a pipeline.

    With --target also what stops it on that orchestrator.
    """
    from portable_pipeline.cli.steps import checked

    reporter.on_stdout = True
    pipeline = checked(reporter, file, targets, degrade)
    if output_format == "text":
        stages = "stage" if len(pipeline.stages) == 1 else "stages"
        click.echo(f"{pipeline.name}: {len(pipeline.stages)} {stages}, no errors")
