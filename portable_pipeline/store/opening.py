"""The database, opened: to write in it, or, where nothing can be written, to look at it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from portable_pipeline.store.schema import check_ours, is_current, migrate

_BUSY_SECONDS, _PAUSE_SECONDS = 10.0, 0.02


def opened(database: Path) -> sqlite3.Connection:
    """The database, made if there is none, with the tables of today.

    One that cannot be written is left as it is: whoever tries to write is told by SQLite.

    Raises:
        NewerSchema: If it is from a later version.
        sqlite3.Error: If it is not ours, or damaged, or cannot be read.
        OSError: If it cannot be read.
    """
    if not _is_read_only(database):
        return _to_write(database)
    connection = _to_read(database)
    connection.execute("PRAGMA query_only = ON")  # a copy could be written, and lost
    return connection


def _is_read_only(database: Path) -> bool:
    return database.exists() and not (os.access(database.parent, os.W_OK) and os.access(database, os.W_OK))


def _to_write(database: Path) -> sqlite3.Connection:
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return _written_ahead(database)
        except sqlite3.OperationalError as error:
            # Of two that make it a database with a log at once, SQLite sends one away without having it wait.
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(_PAUSE_SECONDS)


def _written_ahead(database: Path) -> sqlite3.Connection:
    connection = _connected(str(database))
    with _closed_on_error(connection):
        check_ours(connection)  # before anything of it is changed
        connection.execute("PRAGMA journal_mode = WAL")
        # A transition that was committed survives the loss of power, too.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # In pages. To write over a short log again and again is faster than to have it grow: a file that is longer than
        # before has to be noted in the journal of the file system, too, before a commit is on disk.
        connection.execute("PRAGMA wal_autocheckpoint = 100")
        migrate(connection)
        return connection


def _to_read(database: Path) -> sqlite3.Connection:
    # Beside a log of the last changes SQLite has its index, or would have to write it; without one nothing changes.
    immutable = "" if _log(database).exists() else "&immutable=1"
    connection = _connected(f"{database.as_uri()}?mode=ro{immutable}")
    try:
        with _closed_on_error(connection):
            check_ours(connection)
            current = is_current(connection)
    except sqlite3.OperationalError:  # there is a log, but no index of it
        current = False
    if current:
        return connection
    connection.close()
    return _copied(database)


def _copied(database: Path) -> sqlite3.Connection:
    """A copy in memory, with the tables of today."""
    with TemporaryDirectory(prefix="ppc-") as folder:
        copy = Path(folder, database.name)
        shutil.copyfile(database, copy)
        if _log(database).exists():
            shutil.copyfile(_log(database), _log(copy))
        with closing(_to_write(copy)) as written:
            connection = _connected(":memory:")
            with _closed_on_error(connection):
                written.backup(connection)
                return connection


def _connected(database: str) -> sqlite3.Connection:
    return sqlite3.connect(database, uri=database.startswith("file:"), timeout=_BUSY_SECONDS, isolation_level=None)


def _log(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
