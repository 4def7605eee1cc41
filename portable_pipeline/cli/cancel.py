"""`ppc cancel`."""

from __future__ import annotations

from pathlib import Path

import click

from portable_pipeline.cli.options import format_option, pass_reporter, project_option, run_argument
from portable_pipeline.cli.reporter import Reporter

#: Attempts get half a second to end by themselves, then they are killed.
_WITHIN_SECONDS = 10.0


@click.command(
    epilog="""\b
Examples:
  ppc cancel 20260105"""
)
@run_argument
@project_option
@format_option("text", "json")
@pass_reporter
def command(reporter: Reporter, run: str, project: Path, output_format: str) -> None:
    """End a local run that is under way.

    Its attempts are killed, its stages are cancelled, its `on_exit` hook is called. `ppc resume` goes on with it. Exit
    code 1 when it has not ended within ten seconds.
    """
    from portable_pipeline.cli import run_table
    from portable_pipeline.store import Project
    from portable_pipeline.store.cancelling import cancel

    opened = Project(project)
    record = opened.run(run)
    ended = cancel(opened, record, within_seconds=_WITHIN_SECONDS)
    write = {"text": run_table.ended_as_text, "json": run_table.ended_as_json}[output_format]
    click.echo(write(ended), nl=False)
    if ended.state == "running":
        reporter.exit_code = 1
