"""A run on the local runner, with the pipeline's own packages, and somebody who watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from portable_pipeline.engines.overlay import python_with
from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import Observer, run_locally


def executed_here(
    pipeline: Pipeline,
    parameters: Mapping[str, JsonValue],
    date: str | None,
    observer: Observer,
    say: Callable[[str], None],
) -> RunOutcome:
    """A run of the pipeline here.

    Args:
        say: Takes a line when packages have to be installed first.

    Raises:
        Refused: If its packages cannot be installed.
    """
    python = python_with(pipeline.packages, say=say)
    return run_locally(pipeline, parameters, date=date, python=python, observer=observer)
