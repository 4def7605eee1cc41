"""`ppc runs`."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import click

from portable_pipeline.cli.options import OneOf, format_option, project_option

STATES = ("success", "failed", "cancelled", "running", "interrupted")


@click.command(
    epilog="""\b
Examples:
  ppc runs --state failed
  ppc runs --pipeline churn --since 2026-01-01 --output-format json"""
)
@click.option("--pipeline", metavar="NAME", help="Only runs of this pipeline.")
@click.option("--state", type=OneOf(*STATES), help="Only runs in this state; `interrupted`: their process is gone.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only runs begun on that day or later."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only runs begun on that day or before."
)
@click.option("-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many.")
@project_option
@format_option("text", "json")
def command(  # noqa: PLR0917 - click passes them by name
    pipeline: str | None,
    state: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    project: Path,
    output_format: str,
) -> None:
    """List local runs, the newest first."""
    from portable_pipeline.cli import run_table
    from portable_pipeline.store import Project

    found = Project(project).runs(
        pipeline=pipeline,
        state=state,
        since=None if since is None else since.timestamp(),
        until=None if until is None else datetime.combine(until, time.max).timestamp(),
        limit=limit,
    )
    write = {"text": run_table.runs_as_text, "json": run_table.runs_as_json}[output_format]
    click.echo(write(found), nl=False)
