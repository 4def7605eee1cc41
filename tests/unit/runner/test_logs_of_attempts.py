"""What attempts print is in their own logs, all of it and nothing else; who prints nothing has none."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import run_locally
from tests.unit.runner.pipelines import pipeline, stage

CODE = """
import ctypes, os, subprocess, sys, threading, time
C = ctypes.CDLL(None)

class Last:
    # Prints when it is dropped with the attempt.
    def __init__(self, text, end):
        self.me, self.text, self.end = self, text, end
    def __del__(self):
        print(self.text, end=self.end)

def silent(n: int) -> int:
    return n

def prints(n: int) -> int:
    print(f"{n} printed")
    return n

def half_a_line(n: int) -> int:
    print(f"{n} half a line", end="")
    return n

def descriptor(n: int) -> int:
    os.write(2, b"%d descriptor" % n)
    return n

def native(n: int) -> int:
    C.puts(b"%d native" % n)
    return n

def native_half(n: int) -> int:
    C.printf(b"%d native half", n)
    return n

def child(n: int) -> int:
    subprocess.run(["echo", f"{n} child"])
    return n

def orphan(n: int) -> int:
    print(f"{n} orphan", flush=True)
    begun, begin = os.pipe()
    if os.fork() == 0:
        os.write(begin, b".")
        time.sleep(600)
        os._exit(0)
    os.read(begun, 1)
    return n

def thread(n: int) -> int:
    threading.Thread(target=lambda: time.sleep(0.01) or print(f"{n} thread")).start()
    return n

def last_word(n: int) -> int:
    Last(f"{n} last word", "\\n")
    return n

def last_half(n: int) -> int:
    Last(f"{n} last half", "")
    return n

def both(n: int) -> int:
    print(f"{n} first,", end=" ", flush=True)
    Last(f"{n} last", "")
    return n

def spoils(n: int) -> int:
    os.environ["SPOILED"] = str(n)
    return n

def spoils_and_prints(n: int) -> int:
    print(f"{n} spoils")
    os.environ["SPOILED"] = str(n)
    Last(f"{n} last", "")
    return n

def floods(n: int) -> int:
    sys.stdout.write(f"{n}" * 100_000)
    return n

def writes(n: int, out) -> int:
    with open(out.path, "w") as file:
        file.write("x")
    return n

def writes_and_prints(n: int, out) -> int:
    print(f"{n} artifact")
    Last(f"{n} last", "")
    return writes(n, out)

def dies(n: int) -> int:
    os.write(1, b"%d dies\\n" % n)
    os._exit(1)
"""
#: What is in the log of an attempt that is called with that.
LOGS = {
    "silent": None,
    "prints": "{n} printed\n",
    "half_a_line": "{n} half a line",
    "descriptor": "{n} descriptor",
    "native": "{n} native\n",
    "native_half": "{n} native half",
    "child": "{n} child\n",
    "orphan": "{n} orphan\n",
    "thread": "{n} thread\n",
    "last_word": "{n} last word\n",
    "last_half": "{n} last half",
    "both": "{n} first, {n} last",
    "spoils": None,
    "spoils_and_prints": "{n} spoils\n{n} last",
    "floods": "{n}",
    "writes": None,
    "writes_and_prints": "{n} artifact\n{n} last",
    "dies": "{n} dies\nstage `dies_{n}` failed: its process exited with code 1\n",
}
#: Half of all say nothing.
WEIGHTS = [len(LOGS) if kind == "silent" else 1 for kind in LOGS]


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # native code would write at once, too


def run(kinds: Sequence[str], room: int = 1) -> RunOutcome:
    stages = [
        stage(
            f"{kind}_{n}",
            function=kind,
            takes={"n": n},
            writes={"out": str(Path(f"{n}.txt").absolute())} if kind.startswith("writes") else None,
            timeout=20,
        )
        for n, kind in enumerate(kinds)
    ]
    return run_locally(pipeline(CODE, *stages), max_parallel=room)


def assert_logs(outcome: RunOutcome, kinds: Sequence[str]) -> None:
    said = {each.id: each for each in outcome.stages}
    wrong = {}
    for n, kind in enumerate(kinds):
        found, log = said[f"{kind}_{n}"], LOGS[kind]
        text = None if found.log is None else Path(found.log).read_text(encoding="utf-8")
        expected = None if log is None else log.format(n=n) * (100_000 if kind == "floods" else 1)
        if text != expected or found.state != ("failed" if kind == "dies" else "success"):
            wrong[found.id] = (found.state, found.error, text and text[:200], expected and expected[:200])
    assert wrong == {}


@pytest.mark.parametrize("room", [1, 3])
def test_each_has_its_own_log(room: int) -> None:
    chance = random.Random(room)
    kinds = [*LOGS, *chance.choices([*LOGS], WEIGHTS, k=240)]
    assert_logs(run(kinds, room), kinds)


@pytest.mark.parametrize("kind", LOGS)
def test_each_is_followed_by_each_that_prints_at_once(kind: str) -> None:
    kinds = [each for _ in range(4) for each in (kind, "prints", kind, "silent")]
    assert_logs(run(kinds), kinds)


def test_a_flood_that_never_ends_is_ended_in_time() -> None:
    code = "import os\ndef floods() -> int:\n    while True:\n        os.write(1, b'x' * 512)\n"
    begun = time.monotonic()
    outcome = run_locally(pipeline(code, stage("floods", timeout=0.5)))
    assert outcome.stages[0].error == "timed out after 0:00:00.500000"
    assert time.monotonic() - begun < 5
    with Path(str(outcome.stages[0].log)).open(encoding="utf-8") as log:
        assert log.read(1000) == "x" * 1000


def test_what_was_printed_before_a_timeout_is_there() -> None:
    code = """
import time
def prints() -> None:
    print("before", end="", flush=True)
    time.sleep(600)
"""
    outcome = run_locally(pipeline(code, stage("prints", timeout=0.3)))
    lines = Path(str(outcome.stages[0].log)).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("before")
    assert lines[-1] == "stage `prints` failed: timed out after 0:00:00.300000"


def test_what_imports_print_is_written_once() -> None:
    code = """
import ctypes, os, sys
print("from python")
sys.stderr.write("to stderr\\n")
ctypes.CDLL(None).puts(b"from native code")
sys.stdout.write("x" * 1_000_000)

def spoils() -> None:
    os.environ["SPOILED"] = "yes"
"""
    outcome = run_locally(pipeline(code, *(stage(f"s{n}", function="spoils") for n in range(5))), max_parallel=1)
    assert [(each.state, each.log) for each in outcome.stages] == [("success", None)] * 5
    (log,) = Path(".ppc").glob("runs/*/imports.log")
    text = log.read_text(encoding="utf-8")
    words = ("from python\n", "to stderr\n", "from native code\n", "x" * 1_000_000)
    assert [text.count(each) for each in words] == [1] * 4
    assert len(text) == sum(map(len, words))


def test_a_stage_that_closes_what_it_prints_to_is_no_concern_of_the_next_one() -> None:
    code = """
import os
def closes() -> int:
    os.close(1)
    os.close(2)
    return 1
def prints() -> None:
    print("seen")
"""
    outcome = run_locally(pipeline(code, stage("closes"), stage("prints")), max_parallel=1)
    closes, prints = outcome.stages
    assert (closes.state, closes.log, prints.state) == ("success", None, "success")
    assert Path(str(prints.log)).read_text(encoding="utf-8") == "seen\n"
