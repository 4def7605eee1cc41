"""`ppc gc`."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import click

from portable_pipeline.cli.options import format_option, project_option


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
def command(days: int, dry_run: bool, project: Path, output_format: str) -> None:
    """Remove old local runs.

    Runs under way stay, whatever their age. Artifacts stay: they belong to the pipeline, not to the run.
    """
    from portable_pipeline.cli import run_table
    from portable_pipeline.store import Project

    opened = Project(project)
    before = time.time() - timedelta(days=days).total_seconds()
    old = [each for each in opened.runs(until=before) if each.state != "running"]
    orphans = [each.name for each in opened.orphans()]
    if not dry_run:
        for id in (*(each.id for each in old), *orphans):
            opened.delete(id)
    write = {"text": run_table.removed_as_text, "json": run_table.removed_as_json}[output_format]
    click.echo(write(old, orphans, dry_run=dry_run), nl=False)
