"""A module with state, and a stage that tells all that it finds."""

import asyncio
import builtins
import contextvars
import decimal
import faulthandler
import functools
import gc
import io
import json
import locale
import logging
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import helper

MUTABLE = ["as imported"]
TABLE = {"key": ["nested"]}
VARIABLE = contextvars.ContextVar("VARIABLE", default="unset")
LOCK = threading.Lock()
LIMITS = (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)


class Settings:
    verbose = False


def remembers(item, seen=[]):
    seen.append(item)
    return len(seen)


@functools.cache
def moment():
    return time.monotonic_ns()


def counts():
    counts.calls = getattr(counts, "calls", 0) + 1
    return counts.calls


def process() -> int:
    """Which one this is."""
    return os.getpid()


def looks() -> dict:
    """All that a stage could see of the attempts before it."""
    print("seen")
    status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
    descriptors = {}
    for name in sorted(os.listdir("/proc/self/fd"), key=int):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            continue  # what the folder itself was read with
        if int(name) > 2:  # the log has a name of its own for each
            descriptors[target.partition(":")[0]] = descriptors.get(target.partition(":")[0], 0) + 1
    inherited = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            "import os; print(*os.environ, *(fd for fd in range(256) if os.path.exists(f'/proc/self/fd/{fd}')))",
        ],
        close_fds=False,
        capture_output=True,
        text=True,
    )
    return {
        # the system's side
        "environment": dict(sorted(os.environ.items())),
        "past Python": "SPOILED_PAST_PYTHON" in inherited.stdout,
        "folder": os.getcwd(),
        "umask": status["Umask"],
        "signals": [status[each] for each in ("SigBlk", "SigIgn", "SigCgt")],
        "handlers": [str(signal.getsignal(each)) for each in sorted(signal.valid_signals())],
        "alarm": signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        "limits": [
            list(resource.getrlimit(each))
            for each in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)
        ],
        "nice": os.nice(0),
        "processors": sorted(os.sched_getaffinity(0)),
        "user": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
        "name": status["Name"],
        "leads its session": os.getsid(0) == os.getpid(),
        "input": os.path.samefile("/proc/self/fd/0", os.devnull),
        "same log": os.path.samefile("/proc/self/fd/1", "/proc/self/fd/2"),
        "descriptors": descriptors,
        "inherited": [each for each in inherited.stdout.split() if each.isdigit()],
        "threads": len(os.listdir("/proc/self/task")),
        "children": open(f"/proc/self/task/{os.getpid()}/children").read().split(),
        "large": int(status["VmRSS"].split()[0]) > 150_000,
        # the interpreter's
        "argv": sys.argv,
        "path": sys.path,
        "meta path": [str(type(each)) for each in sys.meta_path],
        "streams": [sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__, sys.stdin is sys.__stdin__],
        "text": [sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stderr.encoding],
        "hooks": [sys.excepthook is sys.__excepthook__, threading.excepthook is threading.__excepthook__],
        "tracing": [sys.gettrace() is None, sys.getprofile() is None],
        "recursion": sys.getrecursionlimit(),
        "switches": sys.getswitchinterval(),
        "integers": sys.get_int_max_str_digits() if hasattr(sys, "get_int_max_str_digits") else None,
        "collector": [gc.isenabled(), *gc.get_threshold(), len(gc.callbacks)],
        "bytecode": sys.dont_write_bytecode,
        "locale": [locale.setlocale(each) for each in (locale.LC_NUMERIC, locale.LC_COLLATE, locale.LC_CTYPE)],
        "zone": list(time.tzname),
        "built in": [hasattr(builtins, "spoiled"), print.__module__, open is io.open],
        "library": [json.JSONEncoder.default.__module__, time.monotonic() > 0],
        "modules": [name for name in ("made_up", "late") if name in sys.modules],
        # the standard library's
        "warnings": [repr(each) for each in warnings.filters],
        "logging": [len(logging.getLogger().handlers), logging.getLogger().level, logging.root.manager.disable],
        "decimal": [decimal.getcontext().prec, str(decimal.getcontext().rounding)],
        "sockets": socket.getdefaulttimeout(),
        "temporary": tempfile.gettempdir(),
        "faults": faulthandler.is_enabled(),
        "chance": random.random() == random.Random(7).random(),
        "threads known": threading.active_count(),
        "stack": threading.stack_size(),
        "switched": str(asyncio.run(loop_kind())),
        # the user's
        "mutable": MUTABLE,
        "table": TABLE,
        "added": [name for name in globals() if name.startswith("spoiled")],
        "class": [Settings.verbose, hasattr(Settings, "spoiled")],
        "default": remembers("a"),
        "attribute": counts(),
        "cache": moment.cache_info().currsize,
        "variable": VARIABLE.get(),
        "lock": LOCK.locked(),
        "helper": helper.state(),
    }


async def loop_kind():
    return type(asyncio.get_running_loop())
