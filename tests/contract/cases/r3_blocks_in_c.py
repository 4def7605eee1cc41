"""R3: an attempt that blocks in C and holds the interpreter's lock is gone in time, and so are a child in a
session of its own and a daemon that has left its parent."""

import ctypes
import os
import subprocess
import sys

from portable_pipeline import pipeline, stage

from recording import record

CHILD = "import os, time; os.setsid(); time.sleep(12)"
DAEMON = "import os, time; os.fork() and os._exit(0); os.setsid(); print(os.getpid(), flush=True); time.sleep(12)"


@stage(retries=1, retry_delay="0s", timeout="3s")
def stuck(log: str) -> int:
    attempt = record(log, "stuck")
    if attempt == 1:
        child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.DEVNULL, close_fds=True)
        parent = subprocess.Popen([sys.executable, "-c", DAEMON], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        daemon = int(parent.stdout.readline())
        parent.wait()
        record(log, "stuck", "child", pids=[os.getpid(), child.pid, daemon])
        ctypes.PyDLL(None).sleep(12)
    return attempt


@stage
def take(log: str, attempt: int) -> None:
    record(log, "take", attempt=attempt)


@pipeline
def r3_blocks_in_c(log: str):
    take(log=log, attempt=stuck(log=log))
