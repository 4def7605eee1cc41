"""Runs on the local runner, with the pipeline's own packages, and somebody who watches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from pydantic import JsonValue

from portable_pipeline.engines.overlay import python_with
from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import Observer, resume_locally, run_locally


def executed_here(  # noqa: PLR0917 - as the command has them
    pipeline: Pipeline,
    parameters: Mapping[str, JsonValue],
    date: str | None,
    observer: Observer,
    say: Callable[[str], None],
    project: Path,
    source: str,
    cache: bool,
) -> RunOutcome:
    """A run of the pipeline here.

    Args:
        say: Takes a line when packages have to be installed first.
        project: The folder in which runs are kept.
        source: Where the pipeline can be found again.
        cache: Whether stages may take over what earlier runs have left.

    Raises:
        Refused: If its packages cannot be installed.
    """
    python = python_with(pipeline.packages, say=say)
    return run_locally(
        pipeline,
        parameters,
        date=date,
        python=python,
        observer=observer,
        project=project,
        source=source,
        cache=cache,
    )


def resumed_here(  # noqa: PLR0917 - as the command has them
    pipeline: Pipeline,
    run: str,
    since: Collection[str],
    keep_changed: bool,
    observer: Observer,
    say: Callable[[str], None],
    project: Path,
    cache: bool,
) -> RunOutcome:
    """The rest of a run.

    Args:
        cache: Whether stages may take over what other runs have left.

    Raises:
        Refused: If its packages cannot be installed, or the run cannot go on.
    """
    python = python_with(pipeline.packages, say=say)
    return resume_locally(
        pipeline,
        run,
        since=since,
        keep_changed=keep_changed,
        python=python,
        observer=observer,
        project=project,
        cache=cache,
    )


def source_of(file: str) -> str:
    """A pipeline as the user named it, so that it is found from another folder, too."""
    path, colon, function = file.partition(":")
    return f"{Path(path).absolute()}{colon}{function}" if Path(path).exists() else file
