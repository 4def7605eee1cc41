"""`ppc show`."""

from __future__ import annotations

from pathlib import Path

import click

from portable_pipeline.cli.options import format_option, project_option, run_argument


@click.command(
    epilog="""\b
Examples:
  ppc show 20260105
  ppc show 20260105 --logs train
  ppc show 20260105 --output-format json"""
)
@run_argument
@click.option("--logs", "stage", metavar="STAGE", help="Print what the attempts of this stage have printed.")
@project_option
@format_option("text", "json")
def command(run: str, stage: str | None, project: Path, output_format: str) -> None:
    """Show what a local run has done.

    RUN is the id that `ppc run` and `ppc runs` print, or the beginning of it.
    """
    from portable_pipeline.cli import run_table
    from portable_pipeline.cli.run_logs import logs_of
    from portable_pipeline.store import Project

    opened = Project(project)
    record = opened.run(run)
    if stage is not None:
        for line in logs_of(opened, record, stage):
            click.echo(line)
        return
    write = {"text": run_table.run_as_text, "json": run_table.run_as_json}[output_format]
    click.echo(write(opened, record), nl=False)
