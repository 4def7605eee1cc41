"""`ppc verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portable_pipeline.cli.options import degrade_option, file_argument, format_option, pass_reporter, targets_option
from portable_pipeline.cli.reporter import Reporter

if TYPE_CHECKING:
    from portable_pipeline.diagnostics import Diagnostic


@click.command(
    epilog="""\b
Examples:
  ppc verify pipeline.py --target airflow
  ppc verify pipeline.py -t airflow -t prefect -t kfp --output-format json

Needs the engines: ppc engines install airflow"""
)
@file_argument
@targets_option(required=True)
@degrade_option
@format_option("text", "json", "github")
@pass_reporter
def command(
    reporter: Reporter, file: str, targets: tuple[str, ...], degrade: tuple[str, ...], output_format: str
) -> None:
    """Let a real orchestrator load the code, and compare what it sees.

    Stages, edges, retries, timeouts, schedule and parameters are read back from the engine's own objects.
    """
    from portable_pipeline.cli.on_engine import verified
    from portable_pipeline.cli.steps import checked, chosen

    reporter.on_stdout = True
    pipeline = checked(reporter, file, targets, degrade)
    found: list[Diagnostic] = []
    for target in chosen(targets):
        result = verified(pipeline, target, degrade)
        found += result.found
        if output_format == "text" and not result.found:
            left_out = f" (it does not hold: {', '.join(result.left_out)})" if result.left_out else ""
            click.echo(f"{target.title} {target.engine.version} agrees on {', '.join(result.compared)}{left_out}")
    reporter.show(found)
