"""The group of commands, and the exit codes: 0 clean, 1 diagnostics, 2 usage, 70 our bug."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from portable_pipeline.cli.lazy_group import LazyGroup
from portable_pipeline.cli.reporter import DIAGNOSTICS, INTERRUPTED, USAGE, Reporter

#: Name, module and summary of each command: `ppc --help` imports none of them. A test holds the summaries to the
#: commands' own.
COMMANDS = {
    "backfill": ("portable_pipeline.cli.backfill", "Run a pipeline here once for each fire time in a range."),
    "cancel": ("portable_pipeline.cli.cancel", "End a local run that is under way."),
    "check": ("portable_pipeline.cli.check", "Find the mistakes in a pipeline."),
    "compile": ("portable_pipeline.cli.compile", "Write the code of a pipeline for one or more orchestrators."),
    "completion": ("portable_pipeline.cli.completion", "Print the completion script for a shell."),
    "engines": ("portable_pipeline.cli.engines", "Install, list and remove the real orchestrators."),
    "explain": ("portable_pipeline.cli.explain", "Explain a diagnostic's code, or a rule of the semantics."),
    "gc": ("portable_pipeline.cli.gc", "Remove old local runs, and what processes that were killed have left."),
    "graph": ("portable_pipeline.cli.graph", "Draw a pipeline as mermaid, dot, svg or an HTML page."),
    "ir": ("portable_pipeline.cli.ir", "Print a pipeline as versioned JSON, or the schema of that JSON."),
    "report": ("portable_pipeline.cli.report", "Make an HTML page of a local run."),
    "resume": ("portable_pipeline.cli.resume", "Go on with a local run that has not succeeded."),
    "run": ("portable_pipeline.cli.run", "Run a pipeline here, or on a real orchestrator."),
    "runs": ("portable_pipeline.cli.runs", "List local runs, the newest first."),
    "show": ("portable_pipeline.cli.show", "Show what a local run has done."),
    "targets": ("portable_pipeline.cli.targets", "Print which rules each orchestrator keeps, and how."),
    "verify": ("portable_pipeline.cli.verify", "Let a real orchestrator load the code, and compare what it sees."),
}


@click.command(
    "ppc",
    cls=LazyGroup,
    modules=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  ppc check pipeline.py
  ppc run pipeline.py -p table=events
  ppc compile pipeline.py --target airflow --out generated

FILE is path.py, path.py:function, package.module:function, or the JSON that `ppc ir` prints.
Exit codes: 0 clean, 1 diagnostics or a failed run, 2 usage, 70 our bug.""",
)
@click.version_option(package_name="portable-pipeline", prog_name="ppc")
def ppc() -> None:
    """Write an ML pipeline once; compile it to Airflow, Prefect and Kubeflow Pipelines."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `ppc` and exit.

    Args:
        arguments: Without the program's name; those of the process when None.

    Raises:
        SystemExit: Always, with the exit code.
    """
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run `ppc` and return its exit code; whatever happens, no traceback reaches the user."""
    try:
        return _run(arguments)
    except _UnwritableOutput as error:
        # What is still buffered must not fail at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.reason:
            click.echo(f"cannot write the output: {error.reason}", err=True)
        return DIAGNOSTICS


def _run(arguments: Sequence[str] | None) -> int:
    reporter = Reporter()
    try:
        given = None if arguments is None else list(arguments)
        ppc.main(args=given, prog_name="ppc", standalone_mode=False, obj=reporter)
    except click.ClickException as usage:
        usage.show()
        return usage.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        _check_output(error)
        if isinstance(error, FileNotFoundError) and _is_nowhere():
            click.echo("Error: the current folder does not exist any more: change to another one", err=True)
            return USAGE
        reporter.stopped(error)
    try:
        return reporter.finish()
    except OSError as error:
        _check_output(error)
        raise


def _is_nowhere() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


class _UnwritableOutput(Exception):
    """Nobody reads our output any more (no reason), or it cannot be written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _check_output(error: Exception) -> None:
    """Tell a failure of stdout, which has no file name, from all others.

    Raises:
        _UnwritableOutput: If it is one.
    """
    if isinstance(error, OSError) and error.filename is None:
        if error.errno == errno.EPIPE:
            raise _UnwritableOutput("") from error
        if error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EBADF):
            raise _UnwritableOutput(os.strerror(error.errno)) from error
