"""The project folder: the database of all runs, and a folder for each.

.ppc/runs.db            what happened
.ppc/runs/<run>/        the stages' code, their logs, and the lock of the process that runs it
.ppc/runtime/           our own part of what attempts run
.ppc/backfills/         the locks of backfills
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.store import (
    AmbiguousRun,
    BackfillInProgress,
    NoSuchRun,
    ProjectTooNew,
    ProjectUnusable,
    RunInProgress,
)
from portable_pipeline.ir import Pipeline, from_json
from portable_pipeline.outcome import Origin
from portable_pipeline.store.locks import Held, RunLock, holder
from portable_pipeline.store.opening import opened
from portable_pipeline.store.records import ArtifactRecord, AttemptRecord, EventRecord, RunRecord, StageRecord
from portable_pipeline.store.schema import NewerSchema

#: In the current directory.
PROJECT_FOLDER = Path(".ppc")
#: What a run is whose process is gone without having ended it.
INTERRUPTED = "interrupted"

#: Less than the database needs for a commit.
_LEAST_FREE_BYTES = 64 * 1024
#: All but the pipeline, which is long.
_RUN = "id, pipeline, source, parameters, moment, state, error, degraded, hook_errors, created, ended, sessions"
_STAGES = """
SELECT stage.*, from_run, from_stage
FROM stage LEFT JOIN cached ON cached.run = stage.run AND cached.stage = stage.id
WHERE stage.run = ? ORDER BY id
"""


def log_name(stage: str, attempt: int) -> str:
    """How the log of an attempt is called.

    Args:
        attempt: Its number over all sessions, from 1.
    """
    return f"{stage}.{attempt}.log"


class Project:
    """What is known of local runs. Opened at first use; one for each thread.

    Args:
        folder: Need not exist.
    """

    def __init__(self, folder: Path = PROJECT_FOLDER) -> None:
        self.folder = folder.absolute()

    @property
    def runtime_folder(self) -> Path:
        """The folder of our runtime, whatever runs need it."""
        return self.folder / "runtime"

    def run_folder(self, run: str) -> Path:
        """The folder of a run."""
        return self.folder / "runs" / run

    def log(self, run: str, stage: str, attempt: int) -> Path:
        """The log of an attempt.

        Args:
            attempt: Its number over all sessions, from 1.
        """
        return self.run_folder(run) / log_name(stage, attempt)

    @cached_property
    def database(self) -> sqlite3.Connection:
        """The open database, made if there is none.

        Raises:
            Refused: If it cannot be used.
        """
        with self.usable():
            self._make_folder()
            return opened(self.folder / "runs.db")

    def _is_there(self) -> bool:
        try:
            (self.folder / "runs.db").stat()  # `exists` is False as well where it cannot be told
        except FileNotFoundError:
            return False
        return True

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        ignored = self.folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")

    @contextmanager
    def usable(self) -> Iterator[None]:
        """Turn what the database or the disk says into diagnostics.

        Raises:
            Refused: If something went wrong inside.
        """
        try:
            yield
        except NewerSchema as error:
            raise Refused([ProjectTooNew(folder=str(self.folder), version=str(error))]) from error
        except (sqlite3.Error, OSError) as error:
            raise Refused([ProjectUnusable(folder=str(self.folder), reason=self._why(error))]) from error

    def _why(self, error: sqlite3.Error | OSError) -> str:
        """What went wrong; SQLite calls a full disk an I/O error, and a folder that is read-only a file."""
        if isinstance(error, OSError):
            return error.strerror or str(error)
        with suppress(OSError):
            if self.folder.is_dir() and not os.access(self.folder, os.W_OK):
                return f"the folder is read-only ({error})"
            if shutil.disk_usage(self.folder).free < _LEAST_FREE_BYTES:
                return f"the disk is full ({error})"
        return str(error)

    def close(self) -> None:
        """Close the database."""
        database = self.__dict__.pop("database", None)
        if database is not None:
            database.close()

    def lock(self, run: str) -> RunLock:
        """Hold a run, so that no other process works on it.

        Raises:
            Refused: If another one does.
        """
        try:
            with self.usable():
                return RunLock(self.run_folder(run))
        except Held as held:
            raise Refused([RunInProgress(run=run, process=held.process)]) from held

    def backfill_lock(self, pipeline: str, parameters: Mapping[str, JsonValue]) -> RunLock:
        """Hold what a backfill of a pipeline is about, so that no other one begins the same runs.

        Args:
            pipeline: Its name.
            parameters: Of the runs, defaults included.

        Raises:
            Refused: If another one is under way, or runs that it has left behind are.
        """
        about = json.dumps([pipeline, dict(parameters)], sort_keys=True)
        try:
            with self.usable():
                return RunLock(self.folder / "backfills" / hashlib.sha256(about.encode()).hexdigest()[:16])
        except Held as held:
            raise Refused([BackfillInProgress(pipeline=pipeline, process=held.process)]) from held

    # ---- questions

    def runs(
        self,
        *,
        pipeline: str | None = None,
        state: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int | None = None,
    ) -> list[RunRecord]:
        """Runs, the newest first.

        Args:
            since: Only runs created then or later; seconds since the epoch.
            until: Only runs created before.
        """
        # Whether one runs or was interrupted is not in its row.
        noted = "running" if state == INTERRUPTED else state
        wanted = {"pipeline = ?": pipeline, "state = ?": noted, "created >= ?": since, "created < ?": until}
        given = {clause: value for clause, value in wanted.items() if value is not None}
        where = f" WHERE {' AND '.join(given)}" if given else ""
        query = f"SELECT {_RUN} FROM run{where} ORDER BY created DESC, id DESC"
        if limit is None or noted == "running":
            rows = self._rows(query, *given.values())
        else:
            rows = self._rows(f"{query} LIMIT ?", *given.values(), limit)
        chosen = (each for each in map(self._run, rows) if state is None or each.state == state)
        return list(islice(chosen, limit))

    def run(self, name: str) -> RunRecord:
        """The run of that id, or the only one whose id begins so.

        Raises:
            Refused: If there is none, or more than one.
        """
        query = f"SELECT {_RUN} FROM run WHERE id >= ? AND id < ? ORDER BY id LIMIT 3"
        found = self._rows(query, name, f"{name}{chr(sys.maxunicode)}")
        exact = [row for row in found if row["id"] == name]
        if len(found) > 1 and not exact:
            raise Refused([AmbiguousRun(run=name, found=", ".join(row["id"] for row in found))])
        if not found or not name:
            raise Refused([NoSuchRun(run=name, folder=str(self.folder))])
        return self._run((exact or found)[0])

    def pipeline(self, run: str) -> Pipeline:
        """The pipeline of its last session."""
        return from_json(self._rows("SELECT ir FROM captured WHERE run = ?", run)[0]["ir"])

    def stages(self, run: str) -> list[StageRecord]:
        """Its stages, those that were heard of, in the order of their ids."""
        return [
            StageRecord(
                row["id"],
                row["state"],
                row["attempts"],
                json.loads(row["returned"] or "{}"),
                Origin(row["from_run"], row["from_stage"]) if row["from_run"] else None,
            )
            for row in self._rows(_STAGES, run)
        ]

    def attempts(self, run: str) -> list[AttemptRecord]:
        """Its attempts, as they began; those of a stage by their numbers, whatever the clock has said."""
        rows = self._rows("SELECT * FROM attempt WHERE run = ? ORDER BY session, began, stage, number", run)
        found = [AttemptRecord(**{name: value for name, value in row.items() if name != "run"}) for row in rows]
        lines: dict[str, deque[AttemptRecord]] = {}
        for each in sorted(found, key=lambda each: each.number):
            lines.setdefault(each.stage, deque()).append(each)
        return [lines[each.stage].popleft() for each in found]

    def artifacts(self, run: str) -> list[ArtifactRecord]:
        """What its stages committed."""
        rows = self._rows("SELECT * FROM artifact WHERE run = ? ORDER BY stage, name", run)
        return [ArtifactRecord(**{name: value for name, value in row.items() if name != "run"}) for row in rows]

    def events(self, run: str) -> int:
        """How many events it has."""
        count: int = self._rows("SELECT count(*) AS count FROM event WHERE run = ?", run)[0]["count"]
        return count

    def history(self, run: str) -> list[EventRecord]:
        """All that happened in it, as it was written down."""
        rows = self._rows("SELECT number, at, kind, subject, detail FROM event WHERE run = ? ORDER BY number", run)
        return [EventRecord(**{**row, "detail": json.loads(row["detail"] or "{}")}) for row in rows]

    def knows(self, run: str) -> bool:
        """Whether there is a run of that id."""
        return bool(self._rows("SELECT 1 FROM run WHERE id = ?", run))

    def folders(self, name: str) -> list[Path]:
        """What is in one of the folders of the project, if there is such a folder, links left out.

        Raises:
            OSError: If it cannot be read.
        """
        try:
            found = sorted((self.folder / name).iterdir())
        except FileNotFoundError:
            return []
        return [each for each in found if each.is_dir() and not each.is_symlink()]

    # ---- changes

    def note_cancelled(self, run: str) -> None:
        """Note that a run whose process is gone is not to go on by itself."""
        with self.usable():
            self.database.execute(
                "UPDATE run SET state = 'cancelled', error = 'the run was cancelled', ended = ? WHERE id = ?",
                (time.time(), run),
            )

    def delete(self, run: str) -> None:
        """Forget a run; its folder stays.

        Raises:
            Refused: If that cannot be written.
        """
        with self.usable():
            self.database.execute("DELETE FROM run WHERE id = ?", (run,))

    def check_writable(self) -> None:
        """Prove that the database can be written.

        Raises:
            Refused: If it cannot.
        """
        with self.usable():
            self.database.execute("BEGIN IMMEDIATE")
            self.database.execute("ROLLBACK")

    def _run(self, row: Mapping[str, Any]) -> RunRecord:
        state = row["state"]
        if state == "running":
            # Nobody can go on with one whose folder cannot be read, whether or not somebody does.
            with self.usable(), suppress(PermissionError):
                state = INTERRUPTED if holder(self.run_folder(row["id"])) is None else state
        return RunRecord(
            id=row["id"],
            pipeline=row["pipeline"],
            source=row["source"],
            parameters=json.loads(row["parameters"]),
            moment=row["moment"],
            state=state,
            created=row["created"],
            ended=row["ended"],
            error=row["error"],
            degraded=bool(row["degraded"]),
            hook_errors=tuple(json.loads(row["hook_errors"])),
            sessions=row["sessions"],
        )

    def _rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self.usable():
            if not self._is_there():
                return []  # a question makes no folder
            try:
                cursor = self.database.execute(query, values)
            except UnicodeEncodeError:  # bytes on the command line that are no text: nothing is called so
                return []
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]
