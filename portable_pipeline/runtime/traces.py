"""Whether anything is left of an attempt in its process, as far as that can be seen.

A process does another attempt only if it is as it was before the one before: what an attempt finds must not depend on
who was there first. So what is looked at here is all that an attempt can change of a process and a later one can
notice; whatever cannot be looked at makes a process fit for a single attempt. That is never wrong, only slower.

| left behind                                                 | seen by                                       |
|-------------------------------------------------------------|-----------------------------------------------|
| environment, folder, rights, signals, timers, limits, files | `_PROCESS`, `_SYSTEM`                         |
| threads, children, exit functions, memory                   | `_AT_WORK`, `Traces.none`                     |
| streams, paths, hooks, locale, warnings, logging            | `_INTERPRETER`                                |
| variables of the stages' modules, of the library's as well  | `pictures.py`                                 |
| other packages' own state                                   | not at all: whoever imports one is used once  |

Chance is seeded anew for each attempt, and context variables (decimal's precision is one) live in a context of its own.
"""

import _locale
import _signal  # type: ignore[import-not-found] # `signal` looks up names for all that it returns
import _thread
import atexit
import ctypes
import gc
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .pictures import Pictures, Unknowable

#: A process that has grown by more than that, in bytes, is given up; its memory was that of the attempts before.
_GROWTH_BYTES = 32 << 20
#: What is left in ways that nobody has thought of stays no longer than for so many attempts.
_ATTEMPTS = 200

_SIGNALS = [int(number) for number in signal.valid_signals()]
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
_LIMITS = sorted({getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")})


def _environment() -> object:
    # Names and values as bytes; `os.environ` itself would decode all of them each time.
    return os.environ._data.copy()  # type: ignore[attr-defined]


def _past_python() -> object:
    # What `os.putenv` and C's `setenv` do, Python itself does not see.
    environ = ctypes.c_void_p.in_dll(_C, "environ").value
    return environ and ctypes.string_at(environ, (len(os.environ) + 1) * ctypes.sizeof(ctypes.c_void_p))


def _stack_size() -> int:
    size = _thread.stack_size()  # which also sets it to that of the system
    if size:
        _thread.stack_size(size)
    return size


def _children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _status() -> object:
    text = _read("/proc/self/status")
    return [text[text.find(begin) : text.find(end)] for begin, end in _TOLD]


def _sockets() -> object:
    socket: Any = sys.modules.get("_socket")
    return socket and socket.getdefaulttimeout()


def _logging() -> object:
    logging: Any = sys.modules.get("logging")
    if logging is None:
        return None
    root = logging.root
    return root.level, [*root.handlers], [*root.filters], root.manager.disable, [*root.manager.loggerDict]


#: Of the process its name, rights, signals and processors: from where to where they stand.
_TOLD = (
    (b"Name:", b"State:"),
    (b"Uid:", b"FDSize:"),
    (b"Groups:", b"VmPeak:"),
    (b"SigBlk:", b"voluntary_ctxt_switches:"),
)
_C = ctypes.CDLL(None)

_Look = Callable[[], object]

#: Each gives what is equal as long as nothing has changed.
_PROCESS: tuple[_Look, ...] = (
    _environment,
    _past_python,
    os.getcwd,
    lambda: [_signal.getsignal(number) for number in _SIGNALS],
    lambda: _signal.pthread_sigmask(_signal.SIG_BLOCK, ()),
    lambda: [signal.getitimer(timer) for timer in _TIMERS],
    lambda: [resource.getrlimit(limit) for limit in _LIMITS],
    lambda: os.getpriority(os.PRIO_PROCESS, 0),
)
#: What can still be at work, or will be when the process ends.
_AT_WORK: tuple[_Look, ...] = (
    atexit._ncallbacks,
    lambda: os.stat("/proc/self/task").st_nlink,  # noqa: PTH116 - a path would take as long as all the rest
    _children,
    lambda: _read(f"/proc/{os.getppid()}/task/{os.getppid()}/children"),  # those that have lost their parents, too
)
#: What only Linux tells; elsewhere a process does one attempt.
_SYSTEM: tuple[_Look, ...] = (
    lambda: os.listdir("/proc/self/fd"),  # noqa: PTH208 - as above
    lambda: os.sched_getscheduler(0),
    _status,
)
_INTERPRETER: tuple[_Look, ...] = (
    lambda: sys.modules.keys() - (),
    lambda: ([*sys.path], [*sys.argv], [*sys.meta_path], [*sys.path_hooks]),
    lambda: [_stream(each) for each in (sys.stdin, sys.stdout, sys.stderr)],
    lambda: (sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile()),
    lambda: (gc.isenabled(), gc.get_threshold(), gc.get_debug(), [*gc.callbacks]),
    lambda: [*warnings.filters],
    lambda: _locale.setlocale(_locale.LC_ALL, None),
    _logging,
    _sockets,
    _stack_size,
)
_LOOKS = (*_PROCESS, *(_SYSTEM if sys.platform == "linux" else ()), *_INTERPRETER)


def _read(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 1 << 14)
    finally:
        os.close(file)


def _stream(stream: Any) -> object:
    return stream and (stream.closed, stream.encoding, stream.errors, stream.line_buffering)


class Traces:
    """What the processes of attempts were like before their first one.

    Made once, in the process that they are forked from, when it has imported the stages' modules.

    Args:
        code: The folder of the stages' code.
        before: The modules that were there before these were imported.
    """

    def __init__(self, code: str, before: Iterable[str]) -> None:
        self._pictures: Pictures | None = None
        new = sys.modules.keys() - before
        if sys.platform == "linux":
            try:
                self._pictures = Pictures(code, [sys.modules[name] for name in sorted(new)])
            except Unknowable:
                return

    def begin(self) -> None:
        """Remember the process as it is now; in the one that does the attempts."""
        self._attempts = 0
        self._pages = _memory()
        if self._pictures is not None:
            self._pictures.renew()
            try:
                self._before = [look() for look in _LOOKS]
                self._at_work = [look() for look in _AT_WORK]
            except OSError:  # the folder is gone
                self._pictures = None

    def settled(self) -> bool:
        """Whether the attempt that has just returned is over: no end of the process will change what came of it."""
        if self._pictures is None:
            return False
        try:
            return all(look() == before for look, before in zip(_AT_WORK, self._at_work, strict=True))
        except OSError:  # no file can be opened any more
            return False

    def none(self, dropped: int) -> bool:
        """Whether nothing is left of the attempt that has just ended, which has settled.

        Args:
            dropped: How many objects have been taken away since; each may have done anything.
        """
        self._attempts += 1
        if self._pictures is None or self._attempts >= _ATTEMPTS:
            return False
        if dropped and not self.settled():
            return False
        try:
            same = all(look() == before for look, before in zip(_LOOKS, self._before, strict=True))
        except (OSError, ValueError, AttributeError):  # the folder is gone, a stream is something else
            return False
        return same and self._pictures.same() and _memory() - self._pages < _GROWTH_BYTES


def _memory() -> int:
    """The most that the process has ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def imported(before: Iterable[str]) -> Sequence[str]:
    """The modules of Python's own library that have been imported since; they are the same for everybody."""
    new = sys.modules.keys() - before
    return sorted(name for name in new if name.partition(".")[0] in sys.stdlib_module_names)
