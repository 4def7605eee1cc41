"""What the figures depend on and is not ours: the machine, its disk, how busy it is."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_WRITES = 200
_MOUNTS = Path("/proc/mounts")


def machine(folder: Path) -> dict[str, Any]:
    """What it is.

    Args:
        folder: On the disk that is measured.
    """
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sqlite": sqlite3.sqlite_version,
        "file_system": file_system(folder),
    }


def file_system(folder: Path) -> str | None:
    """The type of the file system that a folder is on; None if the system does not tell."""
    if not _MOUNTS.exists():
        return None
    mounts = [line.split()[1:3] for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    around = [(len(point), kind) for point, kind in mounts if folder.absolute().is_relative_to(point)]
    return max(around, default=(0, None))[1]


def moment(folder: Path) -> dict[str, float]:
    """How fast disk and processor are now; all in seconds, medians.

    `fsync_seconds` of 4 kB appended to a file; `commit_seconds` of one row in a database as ours has it;
    `spin_seconds` of a fixed piece of work of the processor alone: where it varies, somebody else was at work.
    """
    return {
        "fsync_seconds": _fsync(folder / "fsync"),
        "commit_seconds": _commit(folder / "commit.db"),
        "spin_seconds": _spin(),
        "load": os.getloadavg()[0],
    }


def _fsync(path: Path) -> float:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write() -> None:
        os.write(file, bytes(4096))
        os.fsync(file)

    try:
        return statistics.median(_timed(write) for _ in range(_WRITES))
    finally:
        os.close(file)


def _commit(path: Path) -> float:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE IF NOT EXISTS row (at REAL)")
        insert = "INSERT INTO row VALUES (0.5)"
        return statistics.median(_timed(lambda: database.execute(insert)) for _ in range(_WRITES))
    finally:
        database.close()


def _spin() -> float:
    return statistics.median(_timed(lambda: sum(range(100_000))) for _ in range(20))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
