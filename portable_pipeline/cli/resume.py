"""`ppc resume`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portable_pipeline.cli.options import format_option, no_cache_option, pass_reporter, project_option, run_argument
from portable_pipeline.cli.reporter import Reporter


@click.command(
    epilog="""\b
Examples:
  ppc resume 20260105T020000Z-5c1f9a
  ppc resume 20260105 --from train"""
)
@run_argument
@click.option("--from", "since", multiple=True, metavar="STAGE", help="Run it again with all that comes after it.")
@click.option("--keep-changed", is_flag=True, help="Keep what succeeded although it has changed since.")
@click.option("--file", "file", metavar="FILE", help="The pipeline, if it has moved.")
@no_cache_option
@project_option
@format_option("text", "json", embedded=True)
@pass_reporter
def command(  # noqa: PLR0917 - click passes them by name
    reporter: Reporter,
    run: str,
    since: tuple[str, ...],
    keep_changed: bool,
    file: str | None,
    no_cache: bool,
    project: Path,
    output_format: str,
) -> None:
    """Go on with a local run that has not succeeded.

    What has succeeded is kept, everything else runs, with the parameters and the date of the run. Refuses if what is to
    be kept has changed since. Exit code 1 when the run has failed.
    """
    from portable_pipeline.cli import outcome_table
    from portable_pipeline.cli.hiding import Hiding, hidden
    from portable_pipeline.cli.on_this_machine import resumed_here
    from portable_pipeline.cli.run import said
    from portable_pipeline.cli.steps import checked
    from portable_pipeline.runner import Silent
    from portable_pipeline.runner.watching import observer_for
    from portable_pipeline.store import Project

    known = Project(project)
    record = known.run(run)
    known.close()
    pipeline = checked(reporter, file or record.source)
    parameters = record.parameters
    observer = Hiding(observer_for(sys.stderr) if output_format == "text" else Silent(), pipeline, parameters)
    outcome = resumed_here(
        pipeline, record.id, since, keep_changed, observer, said(output_format), project, not no_cache
    )
    write = {"text": outcome_table.as_text, "json": outcome_table.as_json}[output_format]
    click.echo(write(hidden(outcome, pipeline, parameters)), nl=False)
    if outcome.state != "success":
        reporter.exit_code = 1
