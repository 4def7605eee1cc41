"""Which process works on a run: a lock on a file, which the system lets go of however that process ends.

What more than one run needs, or has no room for a file, is locked itself: a folder can be.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

_NAME = "lock"
#: `holder` takes the lock for a moment to find out: no reason to refuse a run.
_TRIES, _PAUSE_SECONDS = 10, 0.02
#: How a folder is opened to be locked itself; what a link leads to is somebody else's.
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Held(Exception):
    """Another process holds the lock.

    Args:
        process: The one that took it.
    """

    def __init__(self, process: int) -> None:
        super().__init__(process)
        self.process = process


class RunLock:
    """Held from its making until `release`, or the end of the process and of all that it gives the file to.

    Args:
        folder: Of the run; made if it is not there.

    Raises:
        Held: If another process holds it.
        OSError: If the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = _made(folder)
        for _ in range(_TRIES):
            if not _locked(self._file, fcntl.LOCK_EX):
                time.sleep(_PAUSE_SECONDS)
            elif _is_there(self._file, folder / _NAME):
                break
            else:  # whoever held it has removed it: a lock that nobody else finds keeps nobody away
                self.release()
                self._file = _made(folder)
        else:
            process = _process(self._file)
            self.release()
            raise Held(process)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def fileno(self) -> int:
        """The descriptor of its file."""
        return self._file

    def release(self) -> None:
        """Let go of it; a second time does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> RunLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


@contextmanager
def unused(folder: Path) -> Iterator[bool]:
    """Whether no process holds a folder itself, as with `in_use`; if so, none does until this ends.

    False as well where the filesystem has no locks to tell.

    Raises:
        OSError: If it is no folder, or cannot be read.
    """
    file = os.open(folder, _FOLDER)
    try:
        yield _is_free(file) and _is_there(file, folder)
    finally:
        os.close(file)


@contextmanager
def in_use(folder: Path) -> Iterator[bool]:
    """Hold a folder, together with others, so that `unused` is False; whether it was still there.

    Raises:
        OSError: If it is no folder, or cannot be read.
    """
    file = os.open(folder, _FOLDER)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield _is_there(file, folder)
    finally:
        os.close(file)


def holder(folder: Path) -> int | None:
    """The process that works on the run of that folder; None if none does.

    For a moment, before a new one has noted itself, it may be one of an earlier session: see `works_on`.
    """
    try:
        file = os.open(folder / _NAME, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return None if _locked(file, fcntl.LOCK_SH) else _process(file)
    finally:
        os.close(file)


def works_on(process: int, folder: Path) -> bool:
    """Whether that process has the lock of the run open: a number alone may be somebody else's by now."""
    if sys.platform != "linux":
        return True  # nothing but the number is known
    try:
        lock = (folder / _NAME).stat()
        return any(_is_same(file, lock) for file in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return False  # it is gone, or somebody else's


def _made(folder: Path) -> int:
    for _ in range(_TRIES):
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # somebody has removed the folder at this moment
            return os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))


def _is_there(file: int, path: Path) -> bool:
    """Whether what was opened is still at its place."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file), path.stat())
    return False


def _is_free(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody holds it, or there are no locks
        return False
    return True


def _is_same(file: Path, lock: os.stat_result) -> bool:
    with suppress(FileNotFoundError):  # it has been closed
        return os.path.samestat(file.stat(), lock)
    return False


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _process(file: int) -> int:
    """The process that has noted itself; 0 in the moment before it has."""
    with suppress(ValueError):
        return int(os.pread(file, 32, 0))
    return 0
