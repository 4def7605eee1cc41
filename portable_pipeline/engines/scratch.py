"""Temporary folders of sessions, each locked as long as somebody needs it: one that is not is a leftover."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PREFIX = "ppc-session-"


class Scratch:
    """A temporary folder, until `close`.

    Args:
        name: Part of the folder's name.
    """

    def __init__(self, name: str) -> None:
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{name}-"))
            with suppress(FileNotFoundError):  # `ppc gc` has removed it in this moment
                self._lock = os.open(self.folder, os.O_RDONLY)
                with suppress(OSError):  # a filesystem without locks: nobody removes leftovers there
                    fcntl.flock(self._lock, fcntl.LOCK_SH)
                if self.folder.exists():
                    return
                os.close(self._lock)

    def fileno(self) -> int:
        """The descriptor of the lock: whoever inherits it needs the folder, too."""
        return self._lock

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def scratch_folders() -> Iterator[Path]:
    """All that this user has on this machine; whether one is in use is for its lock to say."""
    with suppress(OSError):  # there is no temporary folder, or it cannot be read
        for each in sorted(Path(tempfile.gettempdir()).glob(f"{_PREFIX}*")):
            found = each.lstat()
            if each.is_dir() and not each.is_symlink() and found.st_uid == os.getuid():
                yield each
