"""The tables, and how an older database becomes one of today."""

from __future__ import annotations

import sqlite3

#: Tells our databases from those of others: `PRAGMA application_id`.
APPLICATION_ID = 0x70706331  # "ppc1"

#: Each entry takes the schema from the version of its index to the next one. Entries are never edited once released.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE run (
        id          TEXT PRIMARY KEY,
        pipeline    TEXT NOT NULL,
        source      TEXT NOT NULL,  -- as the user named the pipeline's file
        parameters  TEXT NOT NULL,  -- JSON object, defaults included
        moment      TEXT NOT NULL,  -- the run's instant (D1), ISO with offset
        state       TEXT NOT NULL,
        error       TEXT,
        degraded    INTEGER NOT NULL DEFAULT 0,
        hook_errors TEXT NOT NULL DEFAULT '[]',
        created     REAL NOT NULL,  -- seconds since the epoch, as all times here
        ended       REAL,
        sessions    INTEGER NOT NULL DEFAULT 1,  -- how often it was begun or resumed
        ir          TEXT NOT NULL   -- the pipeline of the last session
    ) WITHOUT ROWID;
    CREATE INDEX run_by_pipeline ON run (pipeline, created);
    CREATE INDEX run_by_time ON run (created);

    CREATE TABLE stage (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        id          TEXT NOT NULL,  -- in a loop with the index, `train[0]`
        state       TEXT NOT NULL,
        attempts    INTEGER NOT NULL DEFAULT 0,
        returned    TEXT,           -- JSON object: its result, record fields, references of artifacts
        PRIMARY KEY (run, id)
    ) WITHOUT ROWID;

    CREATE TABLE attempt (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        stage       TEXT NOT NULL,
        number      INTEGER NOT NULL,  -- from 1, over all sessions of the run
        session     INTEGER NOT NULL,
        state       TEXT NOT NULL,
        began       REAL NOT NULL,
        ended       REAL,
        error       TEXT,
        traceback   TEXT,
        PRIMARY KEY (run, stage, number)
    ) WITHOUT ROWID;

    CREATE TABLE artifact (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        stage       TEXT NOT NULL,
        name        TEXT NOT NULL,
        uri         TEXT NOT NULL,
        kind        TEXT NOT NULL,
        size        INTEGER NOT NULL,  -- bytes
        sha256      TEXT NOT NULL,
        PRIMARY KEY (run, stage, name)
    ) WITHOUT ROWID;

    CREATE TABLE event (
        run         TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        number      INTEGER NOT NULL,
        at          REAL NOT NULL,
        kind        TEXT NOT NULL,
        subject     TEXT,  -- a stage, a block or a hook
        detail      TEXT,  -- JSON
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE cached (  -- what later runs may take over (K1)
        run         TEXT NOT NULL,
        stage       TEXT NOT NULL,
        key         TEXT NOT NULL,
        from_run    TEXT,  -- where it was executed, if it was not in this run
        from_stage  TEXT,
        PRIMARY KEY (run, stage),
        FOREIGN KEY (run, stage) REFERENCES stage (run, id) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX cached_by_key ON cached (key);
    """,
    # Each row that names a run proves that it is there: with the pipeline in its row, megabytes were read each time.
    """
    CREATE TABLE captured (
        run         TEXT PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
        ir          TEXT NOT NULL  -- the pipeline of the last session
    );
    INSERT INTO captured (run, ir) SELECT id, ir FROM run;
    ALTER TABLE run DROP COLUMN ir;
    """,
)


class NewerSchema(Exception):
    """The database was written by a later version."""


def check_ours(connection: sqlite3.Connection) -> None:
    """Prove that a database is ours to change.

    Raises:
        NewerSchema: If it is from a later version.
        sqlite3.DatabaseError: If it is not ours, or damaged.
    """
    found = _version(connection)
    if found > len(MIGRATIONS):
        raise NewerSchema(f"version {found}, this is version {len(MIGRATIONS)}")
    if found == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise sqlite3.DatabaseError("it is a database of something else")


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the tables are those of today."""
    return _version(connection) == len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to today, all of it or nothing.

    Raises:
        NewerSchema: If it is from a later version.
        sqlite3.DatabaseError: If it is not ours, or damaged.
    """
    if is_current(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        check_ours(connection)  # another process may have been first
        for migration in MIGRATIONS[_version(connection) :]:
            for statement in migration.split(";\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if version and application != APPLICATION_ID:
        raise sqlite3.DatabaseError("it is a database of something else")
    return version
