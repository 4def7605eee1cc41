"""`ppc gc`."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import click

from portable_pipeline.cli.options import project_option


@click.command(
    epilog="""\b
Examples:
  ppc gc --dry-run
  ppc gc --days 7"""
)
@click.option("--days", type=click.IntRange(0), default=30, show_default=True, help="Keep runs that are younger.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@project_option
def command(days: int, dry_run: bool, project: Path) -> None:
    """Remove old local runs.

    Runs under way stay, whatever their age. Artifacts stay: they belong to the pipeline, not to the run.
    """
    from portable_pipeline.store import Project

    opened = Project(project)
    before = time.time() - timedelta(days=days).total_seconds()
    old = [each for each in opened.runs(until=before) if each.state != "running"]
    orphans = opened.orphans()
    for each in old:
        if not dry_run:
            opened.delete(each.id)
        click.echo(f"{'would remove' if dry_run else 'removed'} {each.id} ({each.pipeline}, {each.state})")
    for folder in orphans:
        if not dry_run:
            opened.delete(folder.name)
        click.echo(f"{'would remove' if dry_run else 'removed'} {folder.name} (no run of that id is known)")
    if not old and not orphans:
        click.echo("nothing to remove")
