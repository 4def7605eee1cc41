"""How long the processors have worked for this process and all that it has started; from /proc."""

from __future__ import annotations

import os
from pathlib import Path

#: user and system time, of the process and of its children that have ended: from the 14th field on. The name, which
#: may have blanks, ends at the last parenthesis.
_TIMES = slice(11, 15)


def processor_seconds() -> float | None:
    """User and system time of this process and its descendants, to the clock tick; None if the system does not tell."""
    parents: dict[int, int] = {}
    times: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended; its parent will have its times
        parents[int(folder.name)] = int(fields[1])
        times[int(folder.name)] = sum(map(int, fields[_TIMES]))
    if os.getpid() not in times:
        return None
    ours = {os.getpid()}
    while found := {process for process, parent in parents.items() if parent in ours} - ours:
        ours |= found
    return sum(times[process] for process in ours) / os.sysconf("SC_CLK_TCK")
