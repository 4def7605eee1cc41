"""`ppc run`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from portable_pipeline.cli.options import (
    Target,
    degrade_option,
    file_argument,
    format_option,
    no_cache_option,
    pass_reporter,
    project_option,
)
from portable_pipeline.cli.reporter import Reporter


@click.command(
    epilog="""\b
Examples:
  ppc run pipeline.py
  ppc run pipeline.py -p table=events -p folds=5 --date 2026-01-05
  ppc run pipeline.py --engine airflow --output-format json

Parameters are read by their types: 5, 0.5, true, 2026-01-05, 90s, and JSON for lists, dicts and records."""
)
@file_argument
@click.option("-e", "--engine", type=Target(), metavar="TARGET", help="A real orchestrator; without it: here.")
@click.option(
    "-p", "--param", "texts", multiple=True, metavar="NAME=VALUE", help="A parameter; can be given several times."
)
@click.option("--params-file", type=click.Path(path_type=Path), help="A JSON object of parameters; -p wins over it.")
@click.option("--date", metavar="DATE", help="The run's date or instant, as in ISO 8601; now without it.")
@no_cache_option
@project_option
@degrade_option
@format_option("text", "json", embedded=True)
@pass_reporter
def command(  # noqa: PLR0917 - click passes them by name
    reporter: Reporter,
    file: str,
    engine: str | None,
    texts: tuple[str, ...],
    params_file: Path | None,
    date: str | None,
    no_cache: bool,
    project: Path,
    degrade: tuple[str, ...],
    output_format: str,
) -> None:
    """Run a pipeline here, or on a real orchestrator.

    Prints the same table of states, attempts and values whatever runs it. Exit code 1 when the run has failed. A run
    here is kept: `ppc runs` lists it, `ppc resume` goes on with it.
    """
    from portable_pipeline.cli import outcome_table
    from portable_pipeline.cli.hiding import Hiding, hidden
    from portable_pipeline.cli.parameters import read_file, split
    from portable_pipeline.cli.steps import checked, chosen
    from portable_pipeline.parameters import given_parameters, run_date

    given = split(texts)
    pipeline = checked(reporter, file, [engine] if engine else [], degrade)
    parameters = given_parameters(pipeline, given, read_file(params_file) if params_file else {})
    moment = run_date(date)
    say = said(output_format)
    if engine:
        from portable_pipeline.cli.on_engine import executed

        outcome = executed(pipeline, chosen([engine])[0], degrade, parameters, moment, say)
    else:
        from portable_pipeline.cli.on_this_machine import executed_here, source_of
        from portable_pipeline.runner import Silent
        from portable_pipeline.runner.watching import observer_for

        observer = Hiding(observer_for(sys.stderr) if output_format == "text" else Silent(), pipeline, parameters)
        outcome = executed_here(pipeline, parameters, moment, observer, say, project, source_of(file), not no_cache)
    write = {"text": outcome_table.as_text, "json": outcome_table.as_json}[output_format]
    click.echo(write(hidden(outcome, pipeline, parameters)), nl=False)
    if outcome.state != "success":
        reporter.exit_code = 1


def said(output_format: str) -> Callable[[str], None]:
    """What takes lines about the way to a run."""
    return _to_stderr if output_format == "text" else _nowhere


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)


def _nowhere(line: str) -> None:
    """In a format for programs the outcome is all that is printed."""
