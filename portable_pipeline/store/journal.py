"""What a run writes down: everything that one step changes, in one commit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from portable_pipeline.ir import Pipeline, to_json
from portable_pipeline.outcome import Origin
from portable_pipeline.store.clock import SteadyClock
from portable_pipeline.store.locks import RunLock
from portable_pipeline.store.project import Project
from portable_pipeline.store.records import RunRecord

_ARTIFACT = {"uri", "kind", "size", "sha256"}

_INSERT_RUN = """
INSERT INTO run (id, pipeline, source, parameters, moment, state, created)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_CAPTURED = "INSERT OR REPLACE INTO captured (run, ir) VALUES (?, ?)"
_RESUME_RUN = """
UPDATE run
SET state = 'running', error = NULL, ended = NULL, hook_errors = '[]', sessions = sessions + 1
WHERE id = ?
"""
_END_OLD_ATTEMPTS = """
UPDATE attempt SET state = 'cancelled', error = 'its run was interrupted' WHERE run = ? AND state = 'running'
"""
_END_RUN = "UPDATE run SET state = ?, error = ?, degraded = ?, hook_errors = ?, ended = ? WHERE id = ?"
_EVENT = "INSERT INTO event (run, number, at, kind, subject, detail) VALUES (?, ?, ?, ?, ?, ?)"
_STAGE = """
INSERT INTO stage (run, id, state, attempts, returned) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE
SET state = excluded.state, attempts = excluded.attempts, returned = coalesce(excluded.returned, returned)
"""
_START_ATTEMPT = """
INSERT INTO attempt (run, stage, number, session, state, began) VALUES (?, ?, ?, ?, 'running', ?)
"""
_END_ATTEMPT = """
UPDATE attempt SET state = ?, ended = ?, error = ?, traceback = ? WHERE run = ? AND stage = ? AND number = ?
"""
_ARTIFACT_ROW = """
INSERT OR REPLACE INTO artifact (run, stage, name, uri, kind, size, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)
"""

_CACHED = "INSERT INTO cached (run, stage, key, from_run, from_stage) VALUES (?, ?, ?, ?, ?)"


class Journal:
    """The one writer of a run.

    Args:
        lock: Held until `close`.
        session: Of the run, from 1.
        events: How many there are already.
        attempts: How many of each stage there have been in earlier sessions, unless it is kept.
        clock: Gives the time of day, in seconds since the epoch.
    """

    def __init__(
        self,
        project: Project,
        run: str,
        lock: RunLock,
        *,
        session: int,
        events: int,
        attempts: Counter[str],
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._project = project
        self._run = run
        self._lock = lock
        self._session = session
        self._events = events
        self._attempts = attempts
        self._now = clock or SteadyClock()
        self._pending: list[tuple[str, tuple[Any, ...]]] = []
        self._noted: list[tuple[Any, ...]] = []
        # A stage may change more than once in a step; only the last state is written.
        self._stages: dict[str, tuple[str, int]] = {}
        self._returned: dict[str, str] = {}

    @classmethod
    def begin(
        cls, project: Project, run: RunRecord, pipeline: Pipeline, *, clock: Callable[[], float] | None = None
    ) -> Journal:
        """Of a new run.

        Args:
            clock: Gives the time of day, in seconds since the epoch; one that nobody sets if not given.

        Raises:
            Refused: If nothing can be written.
        """
        lock = project.lock(run.id)
        parameters = json.dumps(run.parameters)
        row = (run.id, run.pipeline, run.source, parameters, run.moment, "running", run.created)
        journal = cls(project, run.id, lock, session=1, events=0, attempts=Counter(), clock=clock)
        journal._add(_INSERT_RUN, *row)
        journal._add(_CAPTURED, run.id, to_json(pipeline))
        journal.note("run_began")
        return journal._begun()

    @classmethod
    def resume(
        cls,
        project: Project,
        run: RunRecord,
        pipeline: Pipeline,
        keep: Collection[str],
        *,
        lock: RunLock | None = None,
        clock: Callable[[], float] | None = None,
    ) -> Journal:
        """Of a run that goes on.

        Args:
            keep: Ids of the stages that are not run again; what is known of the others is forgotten, save attempts.
            lock: Of the run, if it is held already.
            clock: As that of `begin`.

        Raises:
            Refused: If another process works on it, or nothing can be written.
        """
        lock = lock or project.lock(run.id)
        attempts = Counter(each.stage for each in project.attempts(run.id) if each.stage not in keep)
        session, events = run.sessions + 1, project.events(run.id)
        journal = cls(project, run.id, lock, session=session, events=events, attempts=attempts, clock=clock)
        journal._add(_RESUME_RUN, run.id)
        journal._add(_CAPTURED, run.id, to_json(pipeline))
        journal._add(_END_OLD_ATTEMPTS, run.id)
        for stage in {each.id for each in project.stages(run.id)} - set(keep):
            journal._add("DELETE FROM stage WHERE run = ? AND id = ?", run.id, stage)
            journal._add("DELETE FROM artifact WHERE run = ? AND stage = ?", run.id, stage)
        journal.note("run_resumed")
        return journal._begun()

    def _begun(self) -> Journal:
        try:
            self.commit()
        except BaseException:
            self.close()
            raise
        return self

    def number(self, stage: str, attempt: int) -> int:
        """The number of an attempt over all sessions.

        Args:
            attempt: In this one, from 1.
        """
        return self._attempts[stage] + attempt

    def note(self, kind: str, subject: str | None = None, detail: Mapping[str, JsonValue] | None = None) -> None:
        """Add an event to what is committed next."""
        self._events += 1
        told = None if detail is None else json.dumps(detail)
        self._noted.append((self._run, self._events, self._now(), kind, subject, told))

    def stage(self, stage: str, state: str, attempts: int) -> None:
        """The state of a stage.

        Args:
            attempts: In this session.
        """
        self._stages[stage] = (state, self.number(stage, attempts))

    def attempt_started(self, stage: str, attempt: int) -> None:
        """An attempt is about to start."""
        self._add(_START_ATTEMPT, self._run, stage, self.number(stage, attempt), self._session, self._now())

    def attempt_ended(
        self, stage: str, attempt: int, state: str, error: str | None = None, traceback: str | None = None
    ) -> None:
        """An attempt has ended."""
        row = (state, self._now(), error, traceback or None, self._run, stage, self.number(stage, attempt))
        self._add(_END_ATTEMPT, *row)

    def returned(self, stage: str, values: Mapping[str, JsonValue], attempts: int) -> None:
        """A stage has succeeded, with all that it returned.

        Args:
            attempts: In this session.
        """
        self.stage(stage, "success", attempts)  # what it returned is kept in the row of its state
        self._returned[stage] = json.dumps(values)
        for name, value in values.items():
            if isinstance(value, dict) and value.keys() == _ARTIFACT:
                row = (value["uri"], value["kind"], value["size"], value["sha256"])
                self._add(_ARTIFACT_ROW, self._run, stage, name, *row)

    def cached(self, stage: str, key: str, origin: Origin | None) -> None:
        """What a stage has returned can be taken over by later runs (K1).

        Args:
            key: Of its code, inputs and environment.
            origin: Where it was executed, if it was not in this run.
        """
        run, name = (None, None) if origin is None else (origin.run, origin.stage)
        self._add(_CACHED, self._run, stage, key, run, name)

    def ended(self, state: str, error: str | None, *, degraded: bool, hook_errors: Sequence[str]) -> None:
        """The run has ended."""
        self._add(_END_RUN, state, error, degraded, json.dumps(list(hook_errors)), self._now(), self._run)
        self.note("run_ended", None, {"state": state})

    def commit(self) -> None:
        """Write all that was added since the last time, all of it or nothing; on disk when this returns.

        Raises:
            Refused: If it cannot be written.
        """
        if not (self._pending or self._noted or self._stages):
            return
        # First, for others refer to them.
        stages = [(self._run, stage, *status, self._returned.get(stage)) for stage, status in self._stages.items()]
        database = self._project.database
        with self._project.usable():
            database.execute("BEGIN IMMEDIATE")
            try:
                database.executemany(_STAGE, stages)
                for statement, values in self._pending:
                    database.execute(statement, values)
                database.executemany(_EVENT, self._noted)
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise
        self._pending.clear()
        self._noted.clear()
        self._stages.clear()
        self._returned.clear()

    def close(self) -> None:
        """Let others work on the run."""
        self._lock.release()

    def _add(self, statement: str, *values: Any) -> None:
        self._pending.append((statement, values))
