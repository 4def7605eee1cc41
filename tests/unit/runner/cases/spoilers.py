"""Stages that leave their process in another state than they found it in; they stand in one module with `looks.py`."""

import asyncio
import atexit
import builtins
import decimal
import faulthandler
import gc
import importlib
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
from collections.abc import Callable

import helper

from looks import LOCK, MUTABLE, TABLE, VARIABLE, Settings, counts, moment, remembers


def spoils_environment() -> None:
    os.environ["SPOILED"] = "yes"
    os.environ["PATH"] = "/nowhere:" + os.environ["PATH"]


def spoils_environment_by_removing() -> None:
    os.environ.pop("PATH")


def spoils_environment_past_python() -> None:
    os.putenv("SPOILED_PAST_PYTHON", "yes")


def spoils_folder() -> None:
    os.chdir("/")


def spoils_folder_that_goes() -> None:
    os.chdir(tempfile.mkdtemp())
    os.rmdir(os.getcwd())


def spoils_umask() -> None:
    os.umask(0o777)


def spoils_signal_handlers() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def spoils_signal_mask() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})


def spoils_wakeup() -> None:
    _, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)


def spoils_alarm() -> None:
    signal.signal(signal.SIGALRM, lambda *_: os._exit(9))
    signal.setitimer(signal.ITIMER_REAL, 0.2)


def spoils_limits() -> None:
    for each, soft in ((resource.RLIMIT_NOFILE, 16), (resource.RLIMIT_FSIZE, 100_000)):
        resource.setrlimit(each, (soft, resource.getrlimit(each)[1]))


def spoils_limits_for_good() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def spoils_nice() -> None:
    os.nice(5)


def spoils_processors() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def spoils_user() -> None:
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


def spoils_name() -> None:
    importlib.import_module("ctypes").CDLL(None).prctl(15, b"spoiled", 0, 0, 0)


def spoils_output_by_closing() -> None:
    sys.stdout.close()
    sys.stderr.close()
    sys.stdin.close()


def spoils_output_descriptors() -> None:
    for each in (0, 1, 2):
        os.close(each)


def spoils_output_by_replacing() -> None:
    sys.stdout = sys.stderr = io.StringIO()
    sys.stdin = io.StringIO("text")


def spoils_output_elsewhere() -> None:
    other = os.open(os.devnull, os.O_RDWR)
    os.dup2(other, 1)
    os.dup2(other, 2)


def spoils_output_encoding() -> None:
    sys.stdout.reconfigure(encoding="latin-1", errors="strict", line_buffering=False)
    print("half a line", end="")


def spoils_output_by_detaching() -> None:
    sys.stdout.detach()


def spoils_descriptors() -> None:
    for _ in range(50):
        os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)


def spoils_descriptors_of_others() -> None:
    os.closerange(3, 256)


def spoils_sockets_left() -> None:
    for _ in range(3):
        held.append(socket.socket())
        held[-1].bind(("127.0.0.1", 0))
        held[-1].listen()


held = []


def spoils_threads() -> None:
    for _ in range(3):
        threading.Thread(target=time.sleep, args=[600], daemon=True).start()


def spoils_threads_that_meddle() -> None:
    def meddle():
        while True:
            os.environ["SPOILED"] = "later"
            os.chdir("/")
            MUTABLE.append("later")
            time.sleep(0.001)

    threading.Thread(target=meddle, daemon=True).start()


def spoils_children() -> None:
    held.append(subprocess.Popen(["sleep", "600"]))


def spoils_children_that_leave() -> None:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for each in range(3):
                os.close(each)
            time.sleep(600)
        os._exit(0)
    os.wait()


def spoils_memory() -> None:
    globals()["ballast"] = bytearray(200_000_000)


def spoils_memory_elsewhere() -> None:
    json.ballast = [str(each) for each in range(2_000_000)]


def spoils_argv() -> None:
    sys.argv[:] = ["spoiled", "--flag"]


def spoils_path() -> None:
    sys.path.insert(0, "/nowhere")
    sys.path_hooks.clear()
    sys.meta_path.insert(0, Finder())


class Finder:
    def find_spec(self, *_):
        return None


def spoils_hooks() -> None:
    sys.excepthook = lambda *_: os._exit(0)
    threading.excepthook = lambda *_: os._exit(0)
    sys.unraisablehook = lambda *_: os._exit(0)


def spoils_tracing() -> None:
    sys.setprofile(lambda *_: None)
    sys.settrace(lambda *_: None)
    threading.settrace(lambda *_: None)


def spoils_interpreter() -> None:
    sys.setrecursionlimit(5000)
    sys.setswitchinterval(1.0)
    sys.dont_write_bytecode = not sys.dont_write_bytecode
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)


def spoils_collector() -> None:
    gc.disable()
    gc.set_threshold(1, 1, 1)
    gc.callbacks.append(lambda *_: None)


def spoils_locale() -> None:
    locale.setlocale(locale.LC_ALL, "C.UTF-8" if locale.setlocale(locale.LC_NUMERIC) == "C" else "C")


def spoils_zone() -> None:
    os.environ["TZ"] = "Asia/Kathmandu"
    time.tzset()


def spoils_builtins() -> None:
    builtins.spoiled = True
    builtins.print = lambda *_, **__: None


def spoils_library() -> None:
    json.JSONEncoder.default = lambda _, each: str(each)  # as one finds it recommended
    time.monotonic = lambda: 0.0


def spoils_modules() -> None:
    sys.modules["made_up"] = helper
    del sys.modules["json"]


def spoils_modules_by_importing_late() -> None:
    import late

    late.STATE.append("spoiled")


def spoils_warnings() -> None:
    warnings.simplefilter("error")
    warnings.showwarning = lambda *_: None


def spoils_logging() -> None:
    logging.basicConfig(level=logging.DEBUG, filename=os.devnull)
    logging.getLogger().addHandler(logging.StreamHandler())
    logging.disable(logging.CRITICAL)


def spoils_decimals() -> None:
    decimal.getcontext().prec = 3
    decimal.getcontext().rounding = decimal.ROUND_UP


def spoils_timeouts() -> None:
    socket.setdefaulttimeout(0.001)


def spoils_temporary_folder() -> None:
    tempfile.tempdir = "/nowhere"


def spoils_faults() -> None:
    faulthandler.disable()


def spoils_chance() -> None:
    random.seed(7)


def spoils_stack() -> None:
    threading.stack_size(1 << 20)


def spoils_loops() -> None:
    asyncio.set_event_loop(asyncio.new_event_loop())
    if sys.version_info < (3, 14):
        asyncio.set_event_loop_policy(type("Policy", (asyncio.DefaultEventLoopPolicy,), {})())


def spoils_exit() -> None:
    atexit.register(os.chdir, "/")
    atexit.register(MUTABLE.append, "at exit")
    atexit.register(print, "at exit")


def spoils_globals() -> None:
    global MUTABLE
    MUTABLE.append("spoiled")
    MUTABLE = ["spoiled"]
    TABLE["key"].append("spoiled")
    globals()["spoiled_global"] = 1


def spoils_globals_in_place() -> None:
    MUTABLE.append("spoiled")
    TABLE["key"].append("spoiled")


def spoils_class() -> None:
    Settings.verbose = True
    Settings.spoiled = True


def spoils_defaults() -> None:
    remembers("b")
    counts()
    moment()


def spoils_functions() -> None:
    globals()["looks"] = lambda: {}


def spoils_variable() -> None:
    VARIABLE.set("spoiled")


def spoils_lock() -> None:
    LOCK.acquire()


def spoils_helper() -> None:
    helper.STATE.append("spoiled")
    helper.state = lambda: "spoiled"


def spoils_by_raising() -> None:
    spoils_globals()
    spoils_environment()
    raise ValueError("spoiled")


def spoils_by_leaving() -> None:
    spoils_globals()
    sys.exit(0)


def spoils_by_leaving_at_once() -> None:
    spoils_globals()
    os._exit(0)


def spoils_by_a_signal() -> None:
    spoils_globals()
    os.kill(os.getpid(), signal.SIGKILL)


def spoils_by_a_crash() -> None:
    importlib.import_module("ctypes").string_at(0)


def spoils_by_its_group() -> None:
    os.killpg(0, signal.SIGTERM)


def spoils_by_depth() -> None:
    spoils_by_depth()


def spoils_by_its_result() -> object:
    spoils_globals()
    return {1, 2}


def spoils_by_taking_long() -> None:
    spoils_globals()
    spoils_signal_handlers()
    time.sleep(600)


def drops(last_word: Callable[[], object]) -> None:
    """Leave something behind that says so when the garbage is collected."""

    class Dropped:
        def __del__(self) -> None:
            last_word()

    gc.collect()  # so that it is not collected before the stage has returned
    dropped = Dropped()
    dropped.itself = dropped


def spoils_by_a_last_word() -> None:
    drops(lambda: os.environ.update(SPOILED="yes"))


def spoils_by_a_last_word_that_is_long() -> None:
    drops(lambda: time.sleep(600))


def spoils_by_a_last_word_that_leaves() -> None:
    drops(lambda: os._exit(3))


def spoils_by_a_last_word_of_a_child() -> None:
    drops(lambda: subprocess.Popen(["sleep", "600"]))


def spoils_by_a_last_word_to_nobody() -> None:
    drops(lambda: print("the last word", flush=True))
