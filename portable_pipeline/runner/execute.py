"""The local runner: the reference for what a pipeline means."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from pydantic import JsonValue

from portable_pipeline.codegen.code_folder import code_folder
from portable_pipeline.codegen.names import code_folder_name
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.output import CannotWrite
from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome, StageOutcome
from portable_pipeline.parameters import given_parameters, with_defaults
from portable_pipeline.runner.bindings import Bindings
from portable_pipeline.runner.loop import RunLoop
from portable_pipeline.runner.moment import run_moment
from portable_pipeline.runner.observer import Observer, RunBegan, Silent

#: Where runs keep their code and their logs, in the current directory.
RUNS_FOLDER = Path(".ppc", "runs")


def run_locally(
    pipeline: Pipeline,
    parameters: Mapping[str, JsonValue] | None = None,
    *,
    date: str | None = None,
    max_parallel: int | None = None,
    python: Path | None = None,
    runs_folder: Path = RUNS_FOLDER,
    observer: Observer | None = None,
) -> RunOutcome:
    """Run a valid pipeline on this machine, to the end.

    An interrupt (Ctrl-C, SIGTERM) kills what runs and ends the run as cancelled.

    Args:
        parameters: JSON values by name; the rest has its defaults.
        date: The run's date or instant in ISO form (D1); None is now.
        max_parallel: How many attempts run at once; as many as there are processors, at least 2, if not given.
        python: The interpreter of the stages; ours if not given.
        runs_folder: The run's own folder, with its code and its logs, is made in there.
        observer: Is told of every change.

    Returns:
        How the run and its stages ended; failed with an `error` and without a single attempt when a parameter or the
        date is refused (P2), or nothing can be written to the folder.
    """
    observer = observer or Silent()
    now = datetime.now(timezone.utc)
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    outcome: RunOutcome | None = None
    try:
        values = with_defaults(pipeline, given_parameters(pipeline, values=parameters))
        bindings = Bindings(values, run_moment(pipeline, date, now))
        folder = runs_folder.absolute() / run_id
        code = write_code(pipeline, folder)
        observer.began(RunBegan(pipeline.name, run_id, tuple(stage.id for stage in pipeline.stages), folder))
        outcome = RunLoop(
            pipeline,
            bindings,
            run_id=run_id,
            folder=folder,
            code=code,
            python=python,
            room=max_parallel or _processors(),
            observer=observer,
        ).run()
    except Refused as refused:
        outcome = _refused(pipeline, run_id, refused)
    finally:
        observer.ended(outcome)
    return outcome


def write_code(pipeline: Pipeline, folder: Path) -> Path:
    """Write the stages' code below a folder, as each target has it beside its files; return the code folder.

    Raises:
        Refused: If the folder cannot be written.
    """
    try:
        for each in code_folder(pipeline):
            path = folder / each.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(each.text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refused([CannotWrite(folder=str(folder), reason=error.strerror or str(error))]) from error
    return folder / code_folder_name(pipeline)


def _refused(pipeline: Pipeline, run_id: str, refused: Refused) -> RunOutcome:
    stages = tuple(StageOutcome(stage.id, "cancelled") for stage in pipeline.stages)
    error = "; ".join(each.message for each in refused.diagnostics)
    return RunOutcome(pipeline.name, "local", run_id, "failed", stages, error)


def _processors() -> int:
    return max(os.cpu_count() or 1, 2)
