"""Stages that do what no stage should, each on its own."""

import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

from portable_pipeline import Abort, Dataset, Output, pipeline, stage, uri


class HoldsAFile(Exception):
    """Cannot be pickled, nor made anew from its arguments."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")
        self.file = open(os.devnull)


class CannotTell(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class CannotTellWhy(Abort):
    def __str__(self):
        raise RuntimeError("no text")


@stage(timeout="1m")
def leaves() -> int:
    sys.exit("bye")


@stage(timeout="1m")
def leaves_well() -> int:
    sys.exit(0)


@stage(timeout="1m")
def leaves_at_once() -> int:
    os._exit(0)


@stage(timeout="1m")
def interrupts() -> int:
    raise KeyboardInterrupt


@stage(timeout="1m")
def ends_a_generator() -> int:
    raise GeneratorExit


@stage(timeout="1m")
def kills_itself() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


@stage(timeout="1m")
def kills_its_group() -> int:
    os.killpg(0, signal.SIGKILL)
    return 1


@stage(timeout="1m")
def crashes() -> int:
    return len(ctypes.string_at(0))


@stage(timeout="1m")
def floods() -> int:
    for _ in range(1000):
        sys.stdout.write("x" * 99_999 + "\n")
    return 1


@stage(timeout="1m")
def prints_bytes() -> int:
    os.write(1, b"\xff\xfe\x00 raw\n")
    print("half a pair: \udcff, nothing: \0")
    return 1


@stage(timeout="1m")
def returns_much() -> str:
    return "x" * 50_000_000


@stage(timeout="1m")
def returns_depths() -> list[list[int]]:
    value = []
    for _ in range(100_000):
        value = [value]
    return value


@stage(timeout="1m")
def returns_what_cannot_be_shown() -> int:
    return CannotTell()


@stage(timeout="1m")
def returns_itself() -> list[list[int]]:
    value = []
    value.append(value)
    return value


@stage(timeout="1m")
def returns_a_set() -> list[int]:
    return {1, 2}


@stage(timeout="1m")
def returns_nan() -> float:
    return float("nan")


@stage(timeout="1m")
def returns_digits() -> int:
    return 10**5000


@stage(timeout="1m")
def returns_no_text() -> str:
    return os.fsdecode(b"a\xffb")


@stage(timeout="1m")
def calls_itself() -> int:
    return calls_itself()


@stage(timeout="1m")
def raises_what_holds_a_file() -> int:
    raise HoldsAFile(1, 2)


@stage(timeout="1m")
def raises_what_cannot_tell() -> int:
    raise CannotTell


@stage(timeout="1m")
def aborts_without_telling() -> int:
    raise CannotTellWhy


@stage(timeout="1m")
def raises_bytes() -> int:
    raise ValueError(os.fsdecode(b"no file \xff\x00 \x1b[31m"))


@stage(timeout="1m")
def raises_nothing() -> int:
    raise ValueError


@stage(timeout="1m")
def has_no_memory() -> int:
    return len(bytearray(1 << 60))


@stage(timeout="1m")
def opens_many() -> int:
    opened = []
    while True:
        opened.append(os.open(os.devnull, os.O_RDONLY))


@stage(timeout="1m")
def closes_its_output() -> int:
    sys.stdout.close()
    sys.stderr.close()
    for each in (0, 1, 2):
        os.close(each)
    return 1


@stage(timeout="1m")
def goes_elsewhere(out: Output[Dataset] = uri("data/elsewhere.txt")) -> str:
    os.chdir("/")
    Path(out.path).write_text("written")
    return os.getcwd()


@stage(timeout="1m")
def leaves_threads() -> int:
    for _ in range(5):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    return 1


@stage(timeout="1m")
def leaves_a_daemon() -> int:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 256)
            os.chdir("/")
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        os._exit(0)
    os.wait()
    return 1


@stage(timeout="1m")
def forks_and_comes_back() -> int:
    return 1 if os.fork() else 2


@stage(timeout="1m")
def behaves() -> int:
    return 1


@pipeline
def misbehaving():
    leaves()
    leaves_well()
    leaves_at_once()
    interrupts()
    ends_a_generator()
    kills_itself()
    kills_its_group()
    crashes()
    floods()
    prints_bytes()
    returns_much()
    returns_depths()
    returns_what_cannot_be_shown()
    returns_itself()
    returns_a_set()
    returns_nan()
    returns_digits()
    returns_no_text()
    calls_itself()
    raises_what_holds_a_file()
    raises_what_cannot_tell()
    aborts_without_telling()
    raises_bytes()
    raises_nothing()
    has_no_memory()
    opens_many()
    closes_its_output()
    goes_elsewhere()
    leaves_threads()
    leaves_a_daemon()
    forks_and_comes_back()
    behaves()
