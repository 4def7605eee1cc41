"""What is kept from run to run: the next run finds it as if it had been started for it, whatever became of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import run_locally
from tests.contract.observed import alive
from tests.unit.runner.pipelines import pipeline, stage
from tests.unit.runner.test_isolation import assert_only, descendants

CODE = """
import os, signal, time

def works() -> int:
    return 1

def here() -> str:
    with open("here.txt", "w") as file:
        file.write("x")
    return os.getcwd()

def forkserver() -> int:
    with open(f"/proc/{os.getppid()}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])

def opened() -> list:
    return [len(os.listdir(f"/proc/{process}/fd")) for process in (os.getpid(), os.getppid(), forkserver())]

def spoils() -> None:
    os.environ["SPOILED"] = "yes"

def prints() -> None:
    print("seen")

def writes(out) -> None:
    with open(out.path, "w") as file:
        file.write("x")

def fails() -> None:
    raise ValueError

def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

def kills_its_server() -> int:
    if os.path.exists("killed"):
        return 1
    child = os.fork()
    if child == 0:
        time.sleep(600)
    with open("child.txt", "w") as file:
        file.write(str(child))
    open("killed", "w").close()
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)

def kills_all() -> int:
    if os.path.exists("killed"):
        return 1
    open("killed", "w").close()
    os.kill(forkserver(), signal.SIGKILL)
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    before = descendants()
    yield
    assert_only(before)


def many(function: str, count: int, **how: Any) -> Pipeline:
    return pipeline(CODE, *(stage(f"{function}_{n}", function=function, **how) for n in range(count)))


def results(outcome: RunOutcome) -> list[Any]:
    assert outcome.state == "success", outcome
    return [each.result for each in outcome.stages]


def one(function: str, **how: Any) -> Any:
    (result,) = results(run_locally(many(function, 1), **how))
    return result


def opened() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - only their number is wanted


def test_it_is_kept_and_nothing_grows() -> None:
    process = one("forkserver")
    before: tuple[int, int] | None = None
    for n in range(30):
        functions = ("works", "spoils", "prints", "fails", "dies", "works")
        stages = [stage(f"{each}_{k}", function=each) for k, each in enumerate(functions)]
        run_locally(pipeline(CODE, *stages), max_parallel=1 + n % 3)
        if n == 5:
            before = opened(), resident(process)
    assert one("forkserver") == process
    assert before is not None
    assert opened() == before[0]
    assert resident(process) - before[1] < 1 << 20
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    assert len(children) <= 2  # the last one, which may not have been waited for


def resident(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_server_has_no_more_open_after_many_attempts_than_after_few() -> None:
    kinds = ("spoils", "prints", "writes", "dies", "works", "fails")
    stages = [stage("first", function="opened")]
    for n in range(120):
        kind = kinds[n % len(kinds)]
        writes = {"out": str(Path(f"{n}.txt").absolute())} if kind == "writes" else None
        stages.append(stage(f"{kind}_{n}", function=kind, writes=writes))
    outcome = run_locally(pipeline(CODE, *stages, stage("last", function="opened")), max_parallel=1)
    first, last = outcome.stages[0], outcome.stages[-1]
    assert first.result == last.result != None  # noqa: E711 - neither is nothing


CHANGES = """
import json, os, resource, sys
from tests.unit.runner.pipelines import pipeline, stage
from portable_pipeline.runner import run_locally

case = pipeline('''
import os, resource
def looks() -> list:
    mask = os.umask(0)
    os.umask(mask)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return [os.environ.get("CHANGED"), os.getcwd(), mask, limit, os.nice(0), sorted(os.sched_getaffinity(0))]
''', stage("looks"))
project = sys.argv[1]

def seen():
    return run_locally(case, project=__import__("pathlib").Path(project)).stages[0].result

all = [seen()]
for change in (
    lambda: os.environ.update(CHANGED="yes"),
    lambda: os.environ.pop("CHANGED"),
    lambda: (os.mkdir("sub"), os.chdir("sub")),
    lambda: os.umask(0o27),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (200, resource.getrlimit(resource.RLIMIT_NOFILE)[1])),
    lambda: os.nice(3),
    lambda: os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]),
):
    change()
    all.append(seen())
child = os.fork()
if child == 0:
    os._exit(0 if seen() == all[-1] else 1)
print(json.dumps({"all": all, "in_a_fork": os.waitpid(child, 0)[1], "after": seen() == all[-1]}))
"""


def test_the_next_run_finds_what_has_changed_in_this_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(CHANGES), str(tmp_path / "project")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = json.loads(done.stdout)
    first, with_it, without, moved, masked, limited, nicer, pinned = told["all"]
    _, here, mask, limit, nice, processors = first
    assert first[:2] == [None, str(tmp_path)]
    assert with_it == ["yes", here, mask, limit, nice, processors]
    assert without == first
    assert moved == [None, f"{here}/sub", mask, limit, nice, processors]
    assert masked == [None, f"{here}/sub", 0o27, limit, nice, processors]
    assert limited == [None, f"{here}/sub", 0o27, 200, nice, processors]
    assert nicer == [None, f"{here}/sub", 0o27, 200, min(nice + 3, 19), processors]
    assert pinned == [None, f"{here}/sub", 0o27, 200, min(nice + 3, 19), processors[:1]]
    assert (told["in_a_fork"], told["after"], done.stderr) == (0, True, "")


def test_a_folder_that_was_made_anew_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        folder = tmp_path / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert one("here", project=tmp_path / "project") == str(folder)
        assert (folder / "here.txt").exists()
        monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("projects", [["one", "one"], ["one", "two", "three"]], ids=len)
def test_runs_at_once_in_one_process(projects: Sequence[str]) -> None:
    def runs(number: int, project: str) -> None:
        for _ in range(5):
            outcome = run_locally(many("works", 6), max_parallel=4, project=Path(project).absolute())
            found[number].append([(each.state, each.result, each.error) for each in outcome.stages])

    found: list[list[Any]] = [[] for _ in projects]
    threads = [threading.Thread(target=runs, args=each) for each in enumerate(projects)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [[[("success", 1, None)] * 6] * 5 for _ in projects]


def test_it_is_replaced_when_it_has_died_between_runs() -> None:
    process = one("forkserver")
    os.kill(process, signal.SIGKILL)
    assert one("works") == 1
    assert one("forkserver") != process


def test_it_is_replaced_when_it_dies_with_its_servers() -> None:
    outcome = run_locally(many("kills_all", 1, retries=1, timeout=20), max_parallel=1)
    assert [(each.state, each.attempts) for each in outcome.stages] == [("success", 2)]


def test_nobody_waits_for_a_child_of_a_stage_whose_server_was_killed() -> None:
    begun = time.monotonic()
    outcome = run_locally(many("kills_its_server", 1, retries=1, timeout=20), max_parallel=1)
    assert [(each.state, each.attempts) for each in outcome.stages] == [("success", 2)]
    assert time.monotonic() - begun < 10
    assert not alive(int(Path("child.txt").read_text(encoding="utf-8")))


def test_why_an_interpreter_does_not_come_up_is_told() -> None:
    python = Path("python").absolute()
    python.write_text("#!/bin/sh\necho 'libpython is not there' >&2\nexit 3\n", encoding="utf-8")
    python.chmod(0o755)
    for _ in range(3):
        outcome = run_locally(many("works", 4, retries=1), python=python, max_parallel=2)
        told = {each.error for each in outcome.stages}
        assert told == {"no process can be started for it: libpython is not there"}


def test_an_interpreter_that_says_much_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    python = Path("python").absolute()
    python.write_text(f'#!/bin/sh\nyes | head -c 1000000 >&2\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    assert one("works", python=python) == 1


IMPORTS = {
    "prints much": "print('x' * 1_000_000)",
    "leaves": "import sys; sys.exit(3)",
    "has a thread": "import threading, time; threading.Thread(target=time.sleep, args=[600], daemon=True).start()",
    "has a child": "import subprocess; subprocess.Popen(['sleep', '600'])",
    "goes elsewhere": "import os; os.chdir('/')",
    "closes what it has": "import os; os.close(1); os.close(2)",
}


@pytest.mark.parametrize("name", IMPORTS)
def test_a_job_of_any_size_waits_for_an_import(name: str) -> None:
    code = f"{IMPORTS[name]}\nfrom typing import Any\ndef length(text: str) -> int:\n    return len(text)\n"
    stages = [stage(f"s{n}", function="length", takes={"text": "x" * 1_000_000}, timeout=20) for n in range(3)]
    outcome = run_locally(pipeline(code, *stages), max_parallel=2)
    expected = [("failed", "SystemExit: 3")] if name == "leaves" else [("success", None)]
    assert [(each.state, each.error) for each in outcome.stages] == expected * 3


def test_an_import_that_ends_its_process_fails_its_attempts() -> None:
    code = "import os\nos._exit(3)\ndef works() -> int:\n    return 1\n"
    outcome = run_locally(pipeline(code, stage("one", function="works"), stage("two", function="works")))
    assert [each.state for each in outcome.stages] == ["failed"] * 2
    assert {each.error for each in outcome.stages} == {"its process and the guard of it were killed"}
    assert one("works") == 1
