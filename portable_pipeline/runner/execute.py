"""The local runner: the reference for what a pipeline means."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

from pydantic import JsonValue

from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import Pipeline, PythonBody
from portable_pipeline.outcome import RunOutcome, StageOutcome
from portable_pipeline.parameters import given_parameters, with_defaults
from portable_pipeline.runner.bindings import Bindings, RunValues
from portable_pipeline.runner.code import runtime_in_use, write_code
from portable_pipeline.runner.loop import RunLoop
from portable_pipeline.runner.messages import StageKept
from portable_pipeline.runner.moment import run_moment
from portable_pipeline.runner.observer import Observer, RunBegan, Silent
from portable_pipeline.runner.resuming import downstream, kept_stages
from portable_pipeline.runner.servers import Servers
from portable_pipeline.store import PROJECT_FOLDER, Journal, Project, RunRecord


def run_locally(
    pipeline: Pipeline,
    parameters: Mapping[str, JsonValue] | None = None,
    *,
    date: str | None = None,
    max_parallel: int | None = None,
    python: Path | None = None,
    project: Path = PROJECT_FOLDER,
    source: str | None = None,
    observer: Observer | None = None,
    cache: bool = True,
) -> RunOutcome:
    """Run a valid pipeline on this machine, to the end.

    Ctrl-C lets the attempts that run end, and starts no others; a second one, or SIGTERM, kills them. The run is
    cancelled then, and can be resumed.

    Args:
        parameters: JSON values by name; the rest has its defaults.
        date: The run's date or instant in ISO form (D1); None is now.
        max_parallel: How many attempts run at once; as many as there are processors, at least 2, if not given.
        python: The interpreter of the stages; ours if not given.
        project: The folder in which runs are kept.
        source: Where the pipeline can be found again, to resume the run; its file if not given.
        observer: Is told of every change.
        cache: Whether stages with `cache=True` may take over what earlier runs have left (K1).

    Returns:
        How the run and its stages ended; failed with an `error` and without a single attempt when a parameter or the
        date is refused (P2).

    Raises:
        Refused: If nothing can be written to the folder, so that the run has not begun.
    """
    observer = observer or Silent()
    now = datetime.now(timezone.utc)
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    outcome: RunOutcome | None = None
    opened = Project(project)
    try:
        try:
            values = with_defaults(pipeline, given_parameters(pipeline, values=parameters))
            bindings = Bindings(values, run_moment(pipeline, date, now))
        except Refused as refused:
            outcome = _refused(pipeline, run_id, refused)
            return outcome
        record = RunRecord(
            run_id,
            pipeline.name,
            source or pipeline.source,
            values,
            bindings.moment.isoformat(),
            "running",
            time.time(),
        )
        fresh = () if cache else tuple(stage.id for stage in pipeline.stages)
        journal = Journal.begin(opened, record, pipeline)
        outcome = _executed(pipeline, bindings, opened, record, journal, {}, fresh, python, max_parallel, observer)
    finally:
        opened.close()
        observer.ended(outcome)
    return outcome


def resume_locally(
    pipeline: Pipeline,
    run: str,
    *,
    since: Collection[str] = (),
    keep_changed: bool = False,
    max_parallel: int | None = None,
    python: Path | None = None,
    project: Path = PROJECT_FOLDER,
    observer: Observer | None = None,
    cache: bool = True,
) -> RunOutcome:
    """Go on with a run that has not succeeded: what has is kept, everything else runs.

    Args:
        pipeline: As it is today.
        run: Id of the run.
        since: Ids of stages that run again with all that comes after them, although they have succeeded.
        keep_changed: Whether to keep what has changed since it succeeded.
        cache: Whether stages with `cache=True` may take over what earlier runs have left (K1); what runs again because
            of `since` does not.

    Raises:
        Refused: If another process works on the run, something that is to be kept has changed, or nothing is left to
            run.
    """
    observer = observer or Silent()
    outcome: RunOutcome | None = None
    opened = Project(project)
    try:
        lock = opened.lock(opened.run(run).id)
        try:
            record = opened.run(run)  # as the one before has left it
            kept = kept_stages(opened, record, pipeline, since=since, keep_changed=keep_changed)
            known = {each.name for each in pipeline.parameters}
            given = {name: value for name, value in record.parameters.items() if name in known}
            values = with_defaults(pipeline, given_parameters(pipeline, values=given))
            bindings = Bindings(values, run_moment(pipeline, record.moment, datetime.now(timezone.utc)))
            fresh = downstream(pipeline, since) if cache else {stage.id for stage in pipeline.stages}
            journal = Journal.resume(opened, record, pipeline, kept, lock=lock)
        except BaseException:
            lock.release()
            raise
        outcome = _executed(pipeline, bindings, opened, record, journal, kept, fresh, python, max_parallel, observer)
    finally:
        opened.close()
        observer.ended(outcome)
    return outcome


def _executed(  # noqa: PLR0917 - what both ways to begin a run have in common
    pipeline: Pipeline,
    bindings: Bindings,
    project: Project,
    run: RunRecord,
    journal: Journal,
    kept: Mapping[str, StageKept],
    fresh: Collection[str],
    python: Path | None,
    max_parallel: int | None,
    observer: Observer,
) -> RunOutcome:
    with closing(journal), runtime_in_use(project.runtime_folder) as runtime:
        folder = project.run_folder(run.id)
        code = write_code(pipeline, folder)
        observer.began(RunBegan(pipeline.name, run.id, tuple(stage.id for stage in pipeline.stages), folder))
        modules = sorted({stage.body.module for stage in pipeline.stages if isinstance(stage.body, PythonBody)})
        loop = RunLoop(
            pipeline,
            RunValues(pipeline, bindings),
            run_id=run.id,
            project=project,
            journal=journal,
            kept=kept,
            fresh=fresh,
            servers=Servers(python or Path(sys.executable), runtime, code, modules, folder / "imports.log"),
            python=python,
            room=max_parallel or _processors(),
            observer=observer,
        )
        try:
            return loop.run()
        except Refused as refused:
            ways = "; ".join(f"{each.code}: {each.advice}" for each in refused.diagnostics)
            return loop.outcome("failed", f"{_error(refused)} ({ways})")


def _refused(pipeline: Pipeline, run_id: str, refused: Refused) -> RunOutcome:
    stages = tuple(StageOutcome(stage.id, "cancelled") for stage in pipeline.stages)
    return RunOutcome(pipeline.name, "local", run_id, "failed", stages, _error(refused))


def _error(refused: Refused) -> str:
    return "; ".join(each.message for each in refused.diagnostics)


def _processors() -> int:
    return max(os.cpu_count() or 1, 2)
