"""Whole runs in real processes: what ran, how often, what it left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import Constraints, Cron, Parameter, Pipeline, RunDate, RunTime, Scalar, Text, Uri, to_json
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import RunBegan, StageChanged, run_locally
from tests.unit.runner.pipelines import artifact, parameter, pipeline, result, stage


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield


class Watcher:
    def __init__(self) -> None:
        self.began_with: list[RunBegan] = []
        self.changes: list[StageChanged] = []
        self.outcomes: list[RunOutcome] = []

    def began(self, run: RunBegan) -> None:
        self.began_with.append(run)

    def changed(self, change: StageChanged) -> None:
        self.changes.append(change)

    def ended(self, outcome: RunOutcome) -> None:
        self.outcomes.append(outcome)


def states(outcome: RunOutcome) -> dict[str, tuple[str, int]]:
    return {each.id: (each.state, each.attempts) for each in outcome.stages}


def results(outcome: RunOutcome) -> dict[str, Any]:
    return {each.id: each.result for each in outcome.stages if each.has_result}


def logs(outcome: RunOutcome) -> dict[str, str]:
    return {each.id: Path(each.log).read_text(encoding="utf-8") for each in outcome.stages if each.log}


def test_values_and_artifacts_go_from_stage_to_stage() -> None:
    case = pipeline(
        """
        from typing import NamedTuple
        from stage_runtime import Artifact

        class Split(NamedTuple):
            train: int
            test: int

        def make(text: str, out: Artifact) -> int:
            with open(out.path, "w") as file:
                file.write(text)
            return len(text)

        def split(size: int) -> Split:
            return Split(size - 1, 1)

        def use(data: Artifact, train: int, both: Split) -> dict:
            with open(data.path) as file:
                return {"text": file.read(), "train": train, "is_split": isinstance(both, Split)}
        """,
        stage("make", takes={"text": parameter("text")}, writes={"out": "data/made.txt"}),
        stage("split", takes={"size": result("make")}),
        stage(
            "use", takes={"data": artifact("make", "out"), "train": result("split", "train"), "both": result("split")}
        ),
        stage(
            "count",
            takes={"data": artifact("make", "out")},
            writes={"n": "data/n.txt"},
            command="wc -c < {data.path} > {n.path}",
        ),
        parameters=(Parameter(name="text", type=Scalar(name="str"), required=False, default="{{ ä }}"),),
    )
    outcome = run_locally(case)
    assert outcome.state == "success", logs(outcome)
    assert results(outcome) == {
        "make": 7,
        "split": {"train": 6, "test": 1},
        "use": {"text": "{{ ä }}", "train": 6, "is_split": True},
    }
    assert Path("data/n.txt").read_text().strip() == "8"
    assert outcome.to_json()["stages"][0] == {"id": "make", "state": "success", "attempts": 1, "result": 7}


def test_failures_retries_and_independent_branches() -> None:
    case = pipeline(
        """
        import os
        from stage_runtime import Abort

        def flaky(log: str) -> int:
            with open(log, "a") as file:
                file.write("x")
            print("attempt", os.path.getsize(log))
            if os.path.getsize(log) < 3:
                raise ValueError("not yet")
            return os.path.getsize(log)

        def aborts():
            raise Abort("pointless")

        def fine(): ...
        """,
        stage("flaky", takes={"log": "flaky.txt"}, retries=5),
        stage("aborts", retries=5),
        stage("after_abort", function="fine", after=["aborts"]),
        stage("far", function="fine", after=["after_abort", "flaky"]),
        stage("fine", after=["flaky"]),
    )
    watcher = Watcher()
    outcome = run_locally(case, observer=watcher)
    assert outcome.state == "failed"
    assert states(outcome) == {
        "flaky": ("success", 3),
        "aborts": ("failed", 1),
        "after_abort": ("upstream_failed", 0),
        "far": ("upstream_failed", 0),
        "fine": ("success", 1),
    }
    found = {each.id: each for each in outcome.stages}
    assert found["aborts"].error == "pointless"
    assert found["flaky"].error is None
    assert logs(outcome)["flaky"] == "attempt 3\n"
    folder = watcher.began_with[0].folder
    assert (folder / "flaky.1.log").read_text().startswith("attempt 1\nstage `flaky` failed: ValueError: not yet\n")
    assert 'pipeline.py", line' in (folder / "flaky.1.log").read_text()
    assert [(each.state, each.attempt) for each in watcher.changes if each.stage == "flaky"] == [
        ("running", 1),
        ("up_for_retry", 1),
        ("queued", 1),
        ("running", 2),
        ("up_for_retry", 2),
        ("queued", 2),
        ("running", 3),
        ("success", 3),
    ]
    assert watcher.outcomes == [outcome]


SLEEPS = """
import time
def stamp() -> float:
    return time.monotonic()
def sleeps(seconds: float) -> list[float]:
    begin = time.monotonic()
    time.sleep(seconds)
    return [begin, time.monotonic()]
def fails():
    raise ValueError
"""


def test_independent_stages_run_side_by_side_up_to_the_limit() -> None:
    case = pipeline(SLEEPS, *(stage(f"s{n}", function="sleeps", takes={"seconds": 0.4}) for n in range(4)))
    outcome = run_locally(case, max_parallel=2)
    spans = sorted(results(outcome).values())
    overlapping = [sum(begin < other[0] < end for other in spans) for begin, end in spans]
    assert max(overlapping) == 1
    assert sum(overlapping) >= 2
    alone = sorted(results(run_locally(case, max_parallel=1)).values())
    assert all(before[1] <= after[0] for before, after in pairwise(alone))


def test_a_retry_waits_and_holds_up_nothing_else() -> None:
    case = pipeline(
        SLEEPS, stage("fails", retries=1, delay=1.0), stage("stamp"), stage("next", function="stamp", after=["stamp"])
    )
    watcher = Watcher()
    begun = time.monotonic()
    outcome = run_locally(case, max_parallel=1, observer=watcher)
    assert time.monotonic() - begun >= 1.0
    assert states(outcome)["fails"] == ("failed", 2)
    order = [(each.stage, each.state, each.attempt) for each in watcher.changes]
    assert order.index(("next", "success", 1)) < order.index(("fails", "running", 2))


def test_a_timeout_counts_as_a_failed_attempt() -> None:
    case = pipeline(SLEEPS, stage("sleeps", takes={"seconds": 60.0}, timeout=0.3, retries=1))
    outcome = run_locally(case)
    assert states(outcome) == {"sleeps": ("failed", 2)}
    assert outcome.stages[0].error == "timed out after 0:00:00.300000"


def test_the_time_of_the_run_is_up() -> None:
    case = pipeline(
        SLEEPS,
        stage("stamp"),
        stage("sleeps", takes={"seconds": 60.0}, after=["stamp"]),
        stage("never", function="stamp", after=["sleeps"]),
        stage("again", function="fails", retries=9, delay=60.0),
        timeout=timedelta(seconds=2.5),
    )
    begun = time.monotonic()
    outcome = run_locally(case)
    assert time.monotonic() - begun < 5.0
    assert outcome.state == "failed"
    assert outcome.error == "the run timed out after 0:00:02.500000"
    assert states(outcome) == {
        "stamp": ("success", 1),
        "sleeps": ("failed", 1),
        "never": ("cancelled", 0),
        "again": ("cancelled", 1),
    }
    assert outcome.stages[1].error == outcome.error


@pytest.mark.parametrize(
    ("given", "named"),
    [({}, "count"), ({"count": "x"}, "count"), ({"count": 11}, "count"), ({"count": 1, "cuont": 2}, "cuont")],
)
def test_a_bad_parameter_is_refused_before_anything_starts(given: dict[str, Any], named: str) -> None:
    limits = Constraints(le=10)
    case = pipeline(
        SLEEPS,
        stage("stamp"),
        parameters=(Parameter(name="count", type=Scalar(name="int"), required=True, constraints=limits),),
    )
    watcher = Watcher()
    outcome = run_locally(case, given, observer=watcher)
    assert outcome.state == "failed"
    assert named in (outcome.error or "")
    assert states(outcome) == {"stamp": ("cancelled", 0)}
    assert (watcher.began_with, watcher.outcomes) == ([], [outcome])
    assert not Path(".ppc").exists()


def dated(zone: str | None) -> Pipeline:
    return pipeline(
        """
        from datetime import date, datetime
        from stage_runtime import Artifact
        def tell(day: date, at: datetime, out: Artifact) -> list[str]:
            open(out.path, "w").close()
            return [repr(day), at.isoformat()]
        """,
        stage(
            "tell",
            takes={"day": RunDate(), "at": RunTime()},
            writes={"out": Uri(parts=(Text(text="out/"), RunDate(), Text(text="/x")))},
        ),
        schedule=None if zone is None else Cron(expression="0 2 * * *", timezone=zone),
    )


@pytest.mark.parametrize(
    ("zone", "date", "day", "at"),
    [
        (None, "2026-01-05", "2026-01-05", "2026-01-05T00:00:00+00:00"),
        ("Europe/Berlin", "2026-07-05", "2026-07-05", "2026-07-05T00:00:00+02:00"),
        ("Europe/Berlin", "2026-01-05T23:30:00Z", "2026-01-06", "2026-01-06T00:30:00+01:00"),
        ("Europe/Berlin", "2026-01-05T23:30:00", "2026-01-05", "2026-01-05T23:30:00+01:00"),
    ],
)
def test_the_date_that_was_given(zone: str | None, date: str, day: str, at: str) -> None:
    outcome = run_locally(dated(zone), date=date)
    year, month, number = (int(part) for part in day.split("-"))
    assert results(outcome) == {"tell": [f"datetime.date({year}, {month}, {number})", at]}
    assert Path("out", day, "x").exists()


def test_a_date_that_is_none_is_refused() -> None:
    outcome = run_locally(dated(None), date="tomorrow")
    assert outcome.state == "failed"
    assert "tomorrow" in (outcome.error or "")


INTERRUPTED = """
import json, sys
from pathlib import Path
from portable_pipeline.ir import from_json
from portable_pipeline.runner import run_locally
outcome = run_locally(from_json(Path("case.json").read_text()))
print(json.dumps([outcome.state, outcome.error, {each.id: each.state for each in outcome.stages}]))
"""


def interrupted(*signals: signal.Signals, meanwhile: Callable[[], object] = lambda: None) -> list[object]:
    """What becomes of a stage that runs, and of the next one, when these signals come one after the other."""
    case = pipeline(
        """
        import os, time
        def sleeps():
            with open("pid", "w") as file:
                file.write(f"{os.getpid()}\\n")
            while not os.path.exists("go"):
                time.sleep(0.02)
        """,
        stage("sleeps"),
        stage("next", function="sleeps", after=["sleeps"]),
    )
    Path("case.json").write_text(to_json(case))
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while not (Path("pid").exists() and Path("pid").read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.3)
        meanwhile()
        output, _ = process.communicate(timeout=30)
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("pid").read_text()), 0)
    answer: list[object] = json.loads(output)
    return answer


@pytest.mark.parametrize(
    "signals", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,), (signal.SIGINT, signal.SIGTERM)]
)
def test_an_urgent_interrupt_kills_what_runs_and_cancels_the_run(signals: Sequence[signal.Signals]) -> None:
    states = {"sleeps": "cancelled", "next": "cancelled"}
    assert interrupted(*signals) == ["cancelled", "the run was cancelled", states]


def test_after_an_interrupt_what_runs_may_end_and_nothing_else_starts() -> None:
    states = {"sleeps": "success", "next": "cancelled"}
    assert interrupted(signal.SIGINT, meanwhile=Path("go").touch) == ["cancelled", "the run was cancelled", states]


def test_the_code_is_that_of_the_run_and_nothing_is_left_of_its_processes() -> None:
    case = pipeline("def where() -> str:\n    return __file__\n", stage("where"))
    watcher = Watcher()
    outcome = run_locally(case, observer=watcher)
    assert results(outcome) == {"where": str(watcher.began_with[0].folder / "case_code" / "pipeline.py")}
    assert watcher.began_with[0].folder == Path.cwd() / ".ppc" / "runs" / outcome.run_id


def test_a_folder_that_cannot_be_written_is_told() -> None:
    Path("file").touch()
    with pytest.raises(Refused) as refused:
        run_locally(pipeline("def f(): ...", stage("f")), project=Path("file"))
    assert [each.code for each in refused.value.diagnostics] == ["PPC480"]
    assert "Not a directory" in refused.value.diagnostics[0].message


def test_a_log_that_cannot_be_written_fails_its_attempt() -> None:
    case = pipeline("def f(): print('said')", stage("f", retries=1), stage("g", function="f"))

    class InTheWay(Watcher):
        def began(self, run: RunBegan) -> None:
            (run.folder / "f.1.log").mkdir()

    outcome = run_locally(case, observer=InTheWay())
    assert states(outcome) == {"f": ("success", 2), "g": ("success", 1)}
