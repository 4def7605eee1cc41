"""`ppc backfill`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from portable_pipeline.cli.options import (
    file_argument,
    format_option,
    no_cache_option,
    pass_reporter,
    project_option,
)
from portable_pipeline.cli.reporter import Reporter

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="""\b
Examples:
  ppc backfill pipeline.py --from 2026-01-01 --to 2026-01-31
  ppc backfill pipeline.py --from 2026-01-01 --to 2026-01-31 --max-active-runs 4 -p table=events"""
)
@file_argument
@click.option("--from", "first", type=_DAY, required=True, metavar="DATE", help="In the schedule's zone.")
@click.option("--to", "last", type=_DAY, required=True, metavar="DATE", help="The last day.")
@click.option("--max-active-runs", type=click.IntRange(1), default=1, show_default=True, help="How many at once.")
@click.option("--force", is_flag=True, help="Run also what has succeeded, and take nothing over.")
@click.option("--dry-run", is_flag=True, help="Say what would be run, and run nothing.")
@click.option("-p", "--param", "texts", multiple=True, metavar="NAME=VALUE", help="A parameter, as for `ppc run`.")
@click.option("--params-file", type=click.Path(path_type=Path), help="A JSON object of parameters; -p wins over it.")
@no_cache_option
@project_option
@format_option("text", "json", embedded=True)
@pass_reporter
def command(  # noqa: PLR0917 - click passes them by name
    reporter: Reporter,
    file: str,
    first: datetime,
    last: datetime,
    max_active_runs: int,
    force: bool,
    dry_run: bool,
    texts: tuple[str, ...],
    params_file: Path | None,
    no_cache: bool,
    project: Path,
    output_format: str,
) -> None:
    """Run a pipeline here once for each fire time in a range.

    The oldest comes first. What has succeeded with the same parameters is left out, what has not is resumed: a backfill
    that was interrupted goes on when it is called again. Exit code 1 when a run has failed.
    """
    from portable_pipeline.cli.backfill_runs import Backfill
    from portable_pipeline.cli.parameters import read_file, split
    from portable_pipeline.cli.steps import checked
    from portable_pipeline.diagnostics import Refused
    from portable_pipeline.diagnostics.catalog.store import NoSchedule
    from portable_pipeline.ir.fire_times import fire_times
    from portable_pipeline.parameters import given_parameters, with_defaults
    from portable_pipeline.runner.backfilling import due
    from portable_pipeline.store import Project

    if last < first:
        raise click.UsageError(f"--to {last:%Y-%m-%d} is before --from {first:%Y-%m-%d}")
    pipeline = checked(reporter, file)
    if pipeline.schedule is None:
        raise Refused([NoSchedule(span=pipeline.span, pipeline=pipeline.name)])
    given = given_parameters(pipeline, split(texts), read_file(params_file) if params_file else {})
    moments = fire_times(pipeline.schedule, first.date(), last.date())
    parameters, opened = with_defaults(pipeline, given), Project(project)
    say = click.echo if output_format == "text" else _nowhere
    if dry_run:
        wanted = due(opened, pipeline.name, moments, parameters, force=force)
        found = [{"moment": each.moment.isoformat(), "need": each.need, "run_id": each.run} for each in wanted]
        for each in wanted:
            say(f"{each.moment:%Y-%m-%d %H:%M}  {each.need}")
    else:
        arguments = [file, *(word for text in texts for word in ("-p", text))]
        arguments += ["--params-file", str(params_file)] if params_file else []
        with opened.backfill_lock(pipeline.name, parameters) as lock:
            wanted = due(opened, pipeline.name, moments, parameters, force=force)
            backfill = Backfill(arguments, project, say, lock, cache=not (no_cache or force))
            found = backfill.executed(wanted, max_active_runs)
    if output_format == "json":
        click.echo(json.dumps(found, indent=2))
    elif not found:
        click.echo("no fire time in this range")
    if any(each.get("state", "success") != "success" for each in found):
        reporter.exit_code = 1


def _nowhere(line: str) -> None:
    """In a format for programs the list is all that is printed."""
