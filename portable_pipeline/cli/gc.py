"""`ppc gc`."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import click

from portable_pipeline.cli.options import format_option, pass_reporter, project_option
from portable_pipeline.cli.reporter import DIAGNOSTICS, Reporter


@click.command(
    epilog="""\b
Examples:
  ppc gc --dry-run
  ppc gc --days 7"""
)
@click.option("--days", type=click.IntRange(0), default=30, show_default=True, help="Keep runs that are younger.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@project_option
@format_option("text", "json")
@pass_reporter
def command(reporter: Reporter, days: int, dry_run: bool, project: Path, output_format: str) -> None:
    """Remove old local runs, and what processes that were killed have left.

    Runs under way stay, whatever their age, with all that they need. Artifacts stay: they belong to the pipeline, not
    to the run. What a killed attempt had written beside them goes. Exit code 1 when something could not be removed.
    """
    from portable_pipeline.cli import removed
    from portable_pipeline.engines.scratch import scratch_folders
    from portable_pipeline.runner.leftovers import leftovers
    from portable_pipeline.store import Project
    from portable_pipeline.store.forgetting import forget, outdated
    from portable_pipeline.store.leftover import Leftover, if_unused, nothing
    from portable_pipeline.store.removing import remove

    opened = Project(project)
    old = outdated(opened, time.time() - timedelta(days=days).total_seconds())
    if not dry_run and (old.runs or old.orphans):
        opened.check_writable()
    # First, for the runs tell where to look.
    found = removed.without_secrets(opened, leftovers(opened, remove_them=not dry_run))
    for folder in scratch_folders():
        found += if_unused(Leftover(folder, "session"), nothing if dry_run else remove)
    gone = old if dry_run else forget(opened, old)
    if output_format == "json":
        click.echo(removed.as_json(gone, found, dry_run=dry_run), nl=False)
        reporter.exit_code = DIAGNOSTICS if removed.left(gone, found) else reporter.exit_code
    else:
        click.echo(removed.as_text(gone, found, dry_run=dry_run), nl=False)
        reporter.show(removed.left(gone, found))
