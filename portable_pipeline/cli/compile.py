"""`ppc compile`."""

from __future__ import annotations

from pathlib import Path

import click

from portable_pipeline.cli.options import degrade_option, file_argument, format_option, pass_reporter, targets_option
from portable_pipeline.cli.reporter import Reporter


@click.command(
    epilog="""\b
Examples:
  ppc compile pipeline.py --target airflow --out generated
  ppc compile pipeline.py -t airflow -t prefect -t kfp --out generated
  ppc compile pipeline.py -t airflow --out generated --check     # in CI: are the files current?
  ppc compile pipeline.py -t kfp --degrade D2.zone --out generated"""
)
@file_argument
@targets_option(required=True)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="Folder; each target gets its own in it."
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 and the diff when files are stale.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@degrade_option
@format_option("text", "json", "github")
@pass_reporter
def command(  # noqa: PLR0917 - click passes them by name
    reporter: Reporter,
    file: str,
    targets: tuple[str, ...],
    out: Path,
    check: bool,
    diff: bool,
    degrade: tuple[str, ...],
    output_format: str,
) -> None:
    """Write the code of a pipeline for one or more orchestrators.

    What is written does not need ppc any more: it imports the orchestrator, the standard library and your own code.
    """
    from portable_pipeline.cli.output import missing_compiled, planned, stale, written
    from portable_pipeline.cli.steps import checked, chosen

    pipeline = checked(reporter, file, targets, degrade)
    plans = [planned(pipeline, target, out, degrade) for target in chosen(targets)]
    show = click.echo if output_format == "text" else _nothing
    for plan in plans:
        if check or diff:
            for change in plan.changes:
                show(change.diff, nl=False)
        else:
            for path in written(plan):
                show(path)
        note = missing_compiled(pipeline, plan)
        if note:
            click.echo(note, err=True)
    if check:
        reporter.show(stale(plans))


def _nothing(message: str, nl: bool = True) -> None:
    """In a format for programs the diagnostics are all that is printed."""
