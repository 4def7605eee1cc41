"""The guard of an attempt: a small process between the engine and the stage.

    engine --standard input--> guard --fork--> stage --> whatever it starts

It ends the stage's whole process tree when the time is up, when the stage has ended and left something behind, and when
its standard input closes. Only the engine's process holds the other end of that: it closes on purpose, or because that
process is gone, however it died. The stage's own process needs no thread and no signal handler for this, so code that
never returns to the interpreter is no obstacle.

On Linux the guard adopts its orphaned descendants, so that a process that left its session and lost its parent is still
found. On macOS such a process escapes.
"""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

MARKER = "STAGE_RUNTIME_ATTEMPT"
"""Environment variable that tells the processes of an attempt from all others."""

GRACE_SECONDS = 0.5
"""How long a process tree that was asked to end (SIGTERM) may take before it is ended (SIGKILL)."""

_GIVE_UP_SECONDS = 10.0
#: Most end at once; whoever takes longer is not asked for it all the time.
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.0005, 0.02
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def split(timeout: float | None, results: int) -> None:
    """Fork; only the process that is to run the stage returns from here.

    The other one stays as the guard until the whole tree is gone. Its last word, a line of JSON, says how the stage's
    process ended: `{"exit": code}`, `{"signal": number}`, `{"stopped": "timeout"}` or `{"stopped": "closed"}`.

    Args:
        timeout: Of the stage, in seconds.
        results: File descriptor for the last word.
    """
    adopt_orphans()
    guard, worker = os.getpid(), os.fork()
    if worker == 0:
        become_worker(guard)
        return
    ended = _watch(worker, timeout)
    end_tree(worker)
    with suppress(BrokenPipeError):  # when nobody is left to hear it
        os.write(results, f"\n{json.dumps(ended)}\n".encode())
    os._exit(0)


def kill_marked(marker: str) -> None:
    """Kill the processes that carry a marker in their environment: for an attempt that has lost its guard."""
    from pathlib import Path

    wanted = f"{MARKER}={marker}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue  # gone by now, or another user's


def adopt_orphans() -> None:
    """Become the parent of all descendants that lose theirs."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def become_worker(guard: int) -> None:
    """Leave the guard's session, end with it, and have nothing to read; in the process that is to run the stage."""
    os.setsid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != guard:  # it died before it could be known
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _watch(worker: int, timeout: float | None) -> dict[str, Any]:
    deadline = None if timeout is None else time.monotonic() + timeout
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ended, _ = reap()
        if worker in ended:
            return how_it_ended(ended[worker])
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return {"stopped": "timeout"}
        ready, _, _ = select.select([0, woken], [], [], left)
        if 0 in ready:
            return {"stopped": "closed"}
        if woken in ready:
            os.read(woken, 512)


def how_it_ended(status: int) -> dict[str, Any]:
    """Describe the end of a process, by what `waitpid` gave."""
    code = os.waitstatus_to_exitcode(status)
    return {"exit": code} if code >= 0 else {"signal": -code}


def reap() -> tuple[dict[int, int], bool]:
    """Collect the children that have ended, adopted ones too.

    Returns:
        The status of each, and whether children are left.
    """
    ended: dict[int, int] = {}
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended, False
        if child == 0:
            return ended, True
        ended[child] = status


def end_tree(worker: int, meanwhile: Callable[[], object] = lambda: None) -> dict[int, int]:
    """End all descendants: they are asked, and after a moment killed.

    Args:
        worker: The process that ran the stage.
        meanwhile: Called again and again until they have ended.

    Returns:
        The status of each child that has ended.
    """
    begin = time.monotonic()
    pause = _PAUSE_SECONDS
    asked: set[int] = set()
    found, left = reap()
    while left and (spent := time.monotonic() - begin) < _GIVE_UP_SECONDS:
        alive = _descendants(os.getpid())
        if not alive:
            break
        if spent < GRACE_SECONDS:
            _signal(alive - asked, signal.SIGTERM)
            asked |= alive
        else:
            _signal(alive, signal.SIGKILL)
        meanwhile()
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        ended, left = reap()
        found |= ended
    if sys.platform != "linux":
        with suppress(OSError):
            os.killpg(worker, signal.SIGKILL)  # orphans that stayed in its group
    return found


def _signal(processes: set[int], number: int) -> None:
    for process in processes:
        with suppress(OSError):  # gone by now, or running as another user
            os.kill(process, number)


def _descendants(ancestor: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for process, parent in _processes():
        children.setdefault(parent, []).append(process)
    found: set[int] = set()
    unvisited = [ancestor]
    while unvisited:
        new = children.get(unvisited.pop(), [])
        found.update(new)
        unvisited += new
    return found


def _processes() -> Iterator[tuple[int, int]]:
    """All processes with their parents."""
    if sys.platform == "linux":
        from pathlib import Path

        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                # pid (name) state parent ...: the name may hold anything, also parentheses
                yield int(stat.parent.name), int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            except OSError:
                continue
    else:
        for line in os.popen("ps -axo pid=,ppid="):
            process, parent = line.split()
            yield int(process), int(parent)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        _libc().prctl(option, value, 0, 0, 0)


@cache
def _libc() -> Any:
    import ctypes  # slow, and a process that is forked has it already

    return ctypes.CDLL(None)
