"""Ending a process with all that it started, sessions of their own included."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path


def kill_tree(pid: int) -> None:
    """Kill a process that leads a session, its group, and every descendant that can still be found."""
    for each in reversed([pid, *descendants(pid)]):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(each, signal.SIGKILL)
    # What was orphaned before we looked has lost its parent, but is still of the group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Ids of all processes below one, parents first."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents():
        children.setdefault(parent, []).append(child)
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found[1:]


def _parents() -> Iterator[tuple[int, int]]:
    if Path("/proc/self/stat").exists():  # not every container has `ps`
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                # The name, in parentheses, may hold anything; the parent is the second field after it.
                yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
        return
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        child, parent = line.split()
        yield int(child), int(parent)
