"""Folders in which little can be written, or nothing, whether the tests run as root or not."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2


class SmallDisk:
    """A small filesystem; where it cannot be mounted, a limit on the files of the processes that use it.

    Args:
        kilobytes: Room in all, or in each file.
    """

    def __init__(self, folder: Path, kilobytes: int) -> None:
        folder.mkdir()
        self.folder = folder
        self._kilobytes = kilobytes
        mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
        self._mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        self.message = "No space left on device" if self._mounted else "File too large"

    @property
    def settings(self) -> dict[str, Any]:
        """For the processes that use it, as `subprocess.Popen` takes them."""
        size = self._kilobytes * 1024
        return {} if self._mounted else {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))}

    def fill(self, process: subprocess.Popen[bytes]) -> None:
        """Leave a process no room from now on."""
        if not self._mounted:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, self._kilobytes * 1024))
            return
        filler = os.open(self.folder / "filler", os.O_WRONLY | os.O_CREAT)
        for size in (4096, 1):
            with suppress(OSError):
                while True:
                    os.write(filler, b"x" * size)
        os.close(filler)

    def grow(self) -> None:
        """Give it room enough for everything."""
        (self.folder / "filler").unlink(missing_ok=True)
        self._kilobytes = 100_000
        if self._mounted:
            subprocess.run(["mount", "-o", f"remount,size={self._kilobytes}k", str(self.folder)], check=True)

    def close(self) -> None:
        """Be gone."""
        if self._mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[dict[str, Any]]:
    """A folder that cannot be written by the processes that are started with what this gives."""
    folder.chmod(0o555)
    try:
        yield {"preexec_fn": heed_permissions} if os.getuid() == 0 else {}
    finally:
        folder.chmod(0o755)


def heed_permissions() -> None:
    """Take from root, with the next program, the right to pass over them."""
    for right in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)
