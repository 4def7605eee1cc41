"""What a stage does to its process reaches neither the next one nor the run."""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import pytest

from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import run_locally
from portable_pipeline.runner.code import runtime_in_use, write_code
from portable_pipeline.runner.servers import Servers
from portable_pipeline.store import Project
from tests.contract.observed import alive
from tests.unit.runner.pipelines import pipeline, result, stage

GONE_WITHIN_SECONDS = 5.0

SPOILS = """
import os, sys, time

state = []
HERE = os.getcwd()

def spoils() -> int:
    state.append("spoiled")
    os.environ["SPOILED"] = "yes"
    os.chdir("/")
    sys.path.insert(0, "/nowhere")
    sys.stdout.close()
    os.close(2)
    globals()["ballast"] = bytearray(200_000_000)
    return 1

def looks(n: int) -> dict:
    print("seen")
    with open("/proc/self/status") as file:
        (memory,) = (int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    return {
        "state": state,
        "environment": os.environ.get("SPOILED"),
        "folder": os.getcwd() == HERE,
        "path": "/nowhere" in sys.path,
        "argv": sys.argv[1:],
        "megabytes": memory // 1024,
    }
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def log_of(outcome: RunOutcome, stage: str) -> str:
    (found,) = (each.log for each in outcome.stages if each.id == stage)
    assert found is not None
    return Path(found).read_text(encoding="utf-8")


def test_a_stage_finds_everything_as_new() -> None:
    case = pipeline(SPOILS, stage("spoils"), stage("looks", takes={"n": result("spoils")}))
    outcome = run_locally(case, max_parallel=1)
    assert outcome.state == "success", outcome
    seen = outcome.stages[1].result
    assert seen.pop("megabytes") < 100
    assert seen == {"state": [], "environment": None, "folder": True, "path": False, "argv": []}
    assert log_of(outcome, "looks") == "seen\n"


def test_chance_is_not_the_same_for_all() -> None:
    code = "import random\ndef draws() -> float:\n    return random.random()\n"
    case = pipeline(code, *(stage(f"draws_{number}", function="draws") for number in range(8)))
    drawn = {each.result for each in run_locally(case, max_parallel=1).stages}
    assert len(drawn) == 8


def test_what_is_printed_by_whomever_goes_to_the_log() -> None:
    code = """
import ctypes, os, subprocess, sys

def prints() -> None:
    print("from python")
    print("to stderr", file=sys.stderr)
    os.write(1, b"to the descriptor\\n")
    libc = ctypes.CDLL(None)
    libc.puts(b"from native code")
    libc.fflush(None)
    subprocess.run(["echo", "from a child"])
"""
    outcome = run_locally(pipeline(code, stage("prints")))
    assert sorted(log_of(outcome, "prints").splitlines()) == [
        "from a child",
        "from native code",
        "from python",
        "to stderr",
        "to the descriptor",
    ]


def test_a_flood_of_output_stalls_nothing() -> None:
    code = """
import sys

def floods() -> int:
    for _ in range(200):
        sys.stdout.write("x" * 99_999 + "\\n")
    return 1

def quiet() -> int:
    return 2
"""
    outcome = run_locally(pipeline(code, stage("floods"), stage("quiet")))
    assert [each.result for each in outcome.stages] == [1, 2]
    assert len(log_of(outcome, "floods")) == 200 * 100_000


def test_a_daemon_is_ended_with_its_attempt() -> None:
    code = """
import os, time

def leaves() -> int:
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write, str(os.getpid()).encode())
            time.sleep(600)
        os._exit(0)
    return int(os.read(read, 32))
"""
    outcome = run_locally(pipeline(code, stage("leaves"), stage("next", function="leaves", after=["leaves"])))
    assert outcome.state == "success", outcome
    assert [process for each in outcome.stages if alive(process := each.result)] == []


def test_a_fork_that_comes_back_is_not_the_stage() -> None:
    code = """
import os, time

def forks() -> str:
    if os.fork() == 0:
        return "child"
    time.sleep(0.2)
    return "parent"
"""
    outcome = run_locally(pipeline(code, stage("forks")))
    assert (outcome.state, outcome.stages[0].result) == ("success", "parent")


def test_threads_and_exit_functions_end_before_the_stage_has() -> None:
    code = """
import atexit, threading, time

def works() -> None:
    def later() -> None:
        time.sleep(0.3)
        print("thread")
    threading.Thread(target=later).start()
    atexit.register(print, "exit")
    print("function")
"""
    outcome = run_locally(pipeline(code, stage("works")))
    assert log_of(outcome, "works").split() == ["function", "thread", "exit"]


def test_a_module_that_starts_threads_is_imported_by_each_attempt() -> None:
    code = """
import os, threading, time

imported_by = os.getpid()
lock = threading.Lock()
threading.Thread(target=lambda: lock.acquire() and time.sleep(600), daemon=True).start()

def alone() -> bool:
    return imported_by == os.getpid()
"""
    case = pipeline(code, stage("alone"), stage("again", function="alone", after=["alone"]))
    assert [each.result for each in run_locally(case).stages] == [True, True]


def test_a_module_that_cannot_be_imported_fails_what_needs_it() -> None:
    outcome = run_locally(pipeline("raise ImportError('no such thing')\ndef f(): ...\n", stage("f")))
    assert (outcome.state, outcome.stages[0].error) == ("failed", "ImportError: no such thing")


def test_results_and_errors_of_any_size_come_back() -> None:
    code = "def large() -> str:\n    return 'x' * 48_000\ndef wrong() -> int:\n    raise ValueError('y' * 300_000)\n"
    outcome = run_locally(pipeline(code, stage("large"), stage("wrong")))
    assert outcome.stages[0].result == "x" * 48_000
    assert outcome.stages[1].error == f"ValueError: {'y' * 300_000}"


def test_servers_that_are_killed_are_replaced() -> None:
    code = """
import os, signal

def kills() -> int:
    with open("kills.txt", "a+") as file:
        file.write("x")
        file.flush()
        if file.tell() < 3:
            os.kill(os.getppid(), signal.SIGKILL)
            signal.pause()
    return 1
"""
    case = pipeline(code, stage("kills", retries=3), stage("next", function="kills", after=["kills"]))
    outcome = run_locally(case, max_parallel=1)
    assert [(each.state, each.attempts) for each in outcome.stages] == [("success", 3), ("success", 1)]
    (run,) = Project().runs()
    errors = [each.error for each in Project().attempts(run.id) if each.error]
    assert errors == ["its process and the guard of it were killed"] * 2


def test_an_attempt_can_be_ended_before_its_server_is_up(tmp_path: Path) -> None:
    case = pipeline("import time\ndef sleeps() -> None:\n    time.sleep(600)\n", stage("sleeps"))
    code = write_code(case, tmp_path)
    job = {"function": "pipeline:sleeps", "inputs": {}, "outputs": {}, "timeout": None, "log": str(tmp_path / "log")}
    with runtime_in_use(tmp_path / "runtime") as runtime:
        servers = Servers(Path(sys.executable), runtime, code, ["pipeline"], tmp_path / "imports.log")
        servers.start("one", job)
        servers.kill("one")  # in one write, or nearly so: the server is still being started
        begun = time.monotonic()
        while not (answers := servers.answers(10)):
            assert time.monotonic() < begun + 10
        servers.end()
    assert answers["one"]["stopped"] == "killed"


def test_a_clock_that_jumps_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    jumps = iter(range(10_000))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600 * next(jumps))
    code = "def works(n: int = 0) -> int:\n    return n + 1\n"
    case = pipeline(code, stage("one", function="works"), stage("two", function="works", takes={"n": result("one")}))
    outcome = run_locally(case)
    assert [each.result for each in outcome.stages] == [1, 2]
    (run,) = Project().runs()
    assert (run.state, 0.0 < run.seconds < 60.0) == ("success", True)


def test_values_that_are_no_json_fail_their_stage_alone() -> None:
    code = """
def bad() -> object:
    return {1, 2}

def worse() -> float:
    return float("nan")

def fine() -> int:
    return 1
"""
    outcome = run_locally(pipeline(code, stage("bad"), stage("worse"), stage("fine")))
    assert [each.state for each in outcome.stages] == ["failed", "failed", "success"]


def test_nothing_is_left_of_a_run() -> None:
    before = descendants()
    run_locally(pipeline("def f() -> int:\n    return 1\n", *(stage(f"s{n}", function="f") for n in range(5))))
    assert_only(before)


def assert_only(before: set[int]) -> None:
    """What runs because of this process ran before, too; save for the moment in which a process ends."""
    until = time.monotonic() + GONE_WITHIN_SECONDS
    while descendants() - before and time.monotonic() < until:
        time.sleep(0.01)
    assert {process: _described(process) for process in descendants() - before} == {}


def _described(process: int) -> str:
    """What it is and what it waits for, as far as it is still there."""
    found = []
    for name in ("cmdline", "status", "wchan"):
        with suppress(OSError):
            found.append(Path(f"/proc/{process}/{name}").read_text(errors="replace").replace("\0", " "))
    return "\n".join(found)


def descendants() -> set[int]:
    """All that runs because of this process, but for what is kept for the next run."""
    children, kept = defaultdict[int, list[int]](list), set[int]()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                children[int(parent)].append(int(process.name))
            if (process / "cmdline").read_bytes().endswith(b"/__main__.py\0forkserver\0") and int(
                parent
            ) == os.getpid():
                kept.add(int(process.name))
        except OSError:
            continue
    found, unvisited = set[int](), [os.getpid()]
    while unvisited:
        new = children[unvisited.pop()]
        found.update(new)
        unvisited += new
    return found - kept
