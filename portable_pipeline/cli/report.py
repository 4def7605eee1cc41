"""`ppc report`."""

from __future__ import annotations

from pathlib import Path

import click

from portable_pipeline.cli.options import out_option, project_option, run_argument


@click.command(
    epilog="""\b
Examples:
  ppc report 20260105 --out run.html
  ppc report 20260105 > run.html"""
)
@run_argument
@out_option
@project_option
def command(run: str, out: Path | None, project: Path) -> None:
    """Make an HTML page of a local run.

    One file without anything beside it, which asks the network for nothing: the graph with its states, when what ran,
    values, artifacts, errors and logs. RUN is the id that `ppc run` and `ppc runs` print, or the beginning of it.
    """
    import time

    from portable_pipeline.cli.emitting import print_or_write
    from portable_pipeline.report import run_page
    from portable_pipeline.store import Project

    opened = Project(project)
    print_or_write(out, run_page(opened, opened.run(run), time.time()))
