"""Stages that are not run again: what ran, how often, and where what they gave came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.ir import ItemKey, Pipeline, RunDate, Stage, Text, Uri
from portable_pipeline.outcome import Origin, RunOutcome
from portable_pipeline.runner import resume_locally, run_locally
from portable_pipeline.store import Project
from tests.unit.runner.pipelines import (
    artifact,
    collected,
    item,
    loop,
    parameter,
    pipeline,
    result,
    stage,
    when,
)

CODE = """
import time
from pathlib import Path
from stage_runtime import Artifact

def note(name):
    with open("log.txt", "a") as file:
        print(name, file=file)

def source():
    note("source")
    return 5

def work(of=0):
    note("work")
    return of * 2

def last(of=None):
    note("last")
    return of

def breaks(of=None):
    note("breaks")
    if not Path("mended").exists():
        raise ValueError("not yet")
    return of

def flaky():
    note("flaky")
    if not Path("once").exists():
        Path("once").touch()
        raise ValueError("not yet")

def stand_in():
    note("stand_in")
    return 1

def write(out, text="rows"):
    note("write")
    Path(out.path).write_text(text)
    return len(text)

def folder(out):
    note("folder")
    Path(out.path).mkdir()
    for name in "ab":
        (Path(out.path) / name).write_text(name)

def read(table: Artifact):
    note("read")
    return Path(table.path).read_text()

def each(x):
    note(f"each {x}")
    return x * 10

def write_each(x, out):
    note(f"write_each {x}")
    Path(out.path).write_text(str(x))
    if x == 3 and not Path("mended").exists():
        raise ValueError("the third")

def total(xs):
    note("total")
    return xs
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ran() -> Counter[str]:
    """What has run since the last time, and how often."""
    log = Path("log.txt")
    found = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return Counter(found)


def states(outcome: RunOutcome) -> dict[str, str]:
    return {each.id: each.state for each in outcome.stages}


def origins(outcome: RunOutcome) -> dict[str, Origin]:
    """Where stages were executed that this run has not executed; the store says the same."""
    found = {each.id: each.cached for each in outcome.stages if each.cached is not None}
    project = Project()
    assert {each.id: each.cached for each in project.stages(outcome.run_id) if each.cached} == found
    project.close()
    return found


def values(work: Stage | None = None, code: str = CODE) -> Pipeline:
    """A stage between two that always run."""
    work = work or stage("work", takes={"of": result("source")}, cache=True)
    return pipeline(code, stage("source"), work, stage("last", takes={"of": result("work")}))


def dated(name: str) -> Uri:
    return Uri(parts=(Text(text=str(Path(name).absolute()) + "/"), RunDate(), Text(text="/table.txt")))


def files(**more: object) -> Pipeline:
    """A stage that writes and one that reads, both cached, the artifact at an address with the date."""
    write = stage("write", writes={"out": dated("data")}, takes=more, cache=True)
    read = stage("read", takes={"table": artifact("write", "out")}, cache=True)
    return pipeline(CODE, write, read)


# ---- values


def test_what_has_succeeded_before_is_not_run_again() -> None:
    first = run_locally(values())
    assert (ran(), origins(first)) == (Counter(source=1, work=1, last=1), {})
    again = run_locally(values())
    assert ran() == Counter(source=1, last=1)
    assert states(again) == dict.fromkeys(("source", "work", "last"), "success")
    assert {each.id: (each.result, each.attempts) for each in again.stages} == {
        "source": (5, 1),
        "work": (10, 0),
        "last": (10, 1),
    }
    assert origins(again) == {"work": Origin(first.run_id, "work")}
    project = Project()
    events = project.database.execute("SELECT kind FROM event WHERE run = ? AND subject = 'work'", (again.run_id,))
    assert [kind for (kind,) in events] == ["stage_cached"]
    assert [each.stage for each in project.attempts(again.run_id)] == ["source", "last"]
    project.close()


def test_without_cache_everything_runs_and_leaves_nothing_to_take_over() -> None:
    off = values(stage("work", takes={"of": result("source")}))
    for _ in range(2):
        run_locally(off)
        assert ran() == Counter(source=1, work=1, last=1)
    run_locally(values())
    assert ran() == Counter(source=1, work=1, last=1)


def test_other_code_and_other_inputs_run() -> None:
    run_locally(values())
    run_locally(values(code=CODE.replace("of * 2", "of * 3")))
    assert ran()["work"] == 2
    changed = run_locally(values(code=CODE.replace("return 5", "return 6")))
    assert (ran()["work"], changed.stages[1].result) == (1, 12)
    # What was left before is still there.
    run_locally(values())
    assert ran()["work"] == 0


def test_a_parameter_counts_where_it_is_taken() -> None:
    from portable_pipeline.ir import Parameter, Scalar

    parameters = tuple(Parameter(name=name, type=Scalar(name="int"), required=True) for name in ("n", "unused"))
    case = pipeline(CODE, stage("work", takes={"of": parameter("n")}, cache=True), parameters=parameters)
    for given, expected in (((1, 1), 1), ((1, 2), 0), ((2, 2), 1), ((1, 3), 0)):
        run_locally(case, dict(zip(("n", "unused"), given, strict=True)))
        assert ran()["work"] == expected, given


def test_another_pipeline_has_a_cache_of_its_own() -> None:
    run_locally(values())
    ran()
    run_locally(values().model_copy(update={"name": "another"}))
    assert ran()["work"] == 1


def test_a_command_is_cached_like_a_function() -> None:
    line = "echo ran >> log.txt; echo 1 > {out.path}"
    shell = stage("shell", command=line, writes={"out": str(Path("out.txt").absolute())}, cache=True)
    first, again = (run_locally(pipeline("", shell)) for _ in range(2))
    assert (states(first), states(again)) == ({"shell": "success"},) * 2
    assert ran() == Counter(ran=1)


def test_a_condition_is_decided_by_what_was_taken_over() -> None:
    case = pipeline(
        CODE,
        stage("source", cache=True),
        stage("last", block="when"),
        blocks=(when("when", result("source"), ">", 4),),
    )
    for expected in (Counter(source=1, last=1), Counter(last=1)):
        assert states(run_locally(case)) == {"source": "success", "last": "success"}
        assert ran() == expected


# ---- which successes count


def test_the_run_that_executed_it_is_named_however_often_it_was_taken_over() -> None:
    runs = [run_locally(values()) for _ in range(4)]
    assert [origins(each).get("work") for each in runs] == [None] + [Origin(runs[0].run_id, "work")] * 3


def test_with_a_run_goes_what_it_left_unless_another_has_taken_it_over() -> None:
    first, second = run_locally(values()), run_locally(values())
    ran()
    project = Project()
    project.delete(first.run_id)
    assert project.run(second.run_id).state == "success"
    third = run_locally(values())
    assert (ran()["work"], origins(third)["work"].run) == (0, first.run_id)
    for run in (second, third):
        project.delete(run.run_id)
    assert project.database.execute("SELECT count(*) FROM cached").fetchone() == (0,)
    project.close()
    run_locally(values())
    assert ran()["work"] == 1


def test_a_failure_is_not_taken_over_and_a_success_of_a_failed_run_is() -> None:
    case = pipeline(
        CODE,
        stage("source", cache=True),
        stage("breaks", takes={"of": result("source")}, cache=True),
        stage("last", takes={"of": result("breaks")}, cache=True),
    )
    for expected in (Counter(source=1, breaks=1), Counter(breaks=1)):
        assert states(run_locally(case)) == {"source": "success", "breaks": "failed", "last": "upstream_failed"}
        assert ran() == expected
    Path("mended").touch()
    for expected in (Counter(breaks=1, last=1), Counter()):
        assert run_locally(case).state == "success"
        assert ran() == expected


def test_a_success_after_a_retry_is_a_success() -> None:
    case = pipeline(CODE, stage("flaky", retries=2, cache=True))
    assert [run_locally(case).stages[0].attempts for _ in range(2)] == [2, 0]
    assert ran() == Counter(flaky=2)


def test_what_a_stand_in_has_saved_is_tried_again() -> None:
    case = pipeline(
        CODE,
        stage("breaks", fallback="stand_in", cache=True),
        stage("stand_in", stands_in_for="breaks", cache=True),
        stage("last", takes={"of": result("breaks")}),
    )
    for expected in (Counter(breaks=1, stand_in=1, last=1), Counter(breaks=1, last=1)):
        found = run_locally(case)
        assert (found.state, found.degraded, found.stages[2].result) == ("success", True, 1)
        assert ran() == expected
    Path("mended").touch()
    assert not run_locally(case).degraded
    assert ran() == Counter(breaks=1, last=1)


def test_nothing_is_taken_over_when_it_is_not_wanted() -> None:
    first = run_locally(values())
    second = run_locally(values(), cache=False)
    assert ran()["work"] == 2
    assert origins(second) == {}
    # The newest counts.
    assert origins(run_locally(values())) == {"work": Origin(second.run_id, "work")} != {"work": first.run_id}


def test_what_a_run_does_twice_it_does_twice() -> None:
    same = (stage(name, function="work", takes={"of": 1}, cache=True) for name in ("work", "work_2"))
    first, second = same
    case = pipeline(CODE, first, second.model_copy(update={"after": ("work",)}))
    run_locally(case)
    assert ran() == Counter(work=2)
    assert origins(run_locally(case)).keys() == {"work", "work_2"}


# ---- artifacts


def test_artifacts_stay_where_they_are_and_come_to_other_dates() -> None:
    days = ("2026-01-05", "2026-01-05", "2026-01-06")
    runs = [run_locally(files(), date=day) for day in days]
    assert ran() == Counter(write=1, read=1)
    assert [[each.result for each in run.stages] for run in runs] == [[4, "rows"]] * 3
    project = Project()
    addresses = [[each.uri for each in project.artifacts(run.run_id)] for run in runs]
    project.close()
    assert addresses == [[str(Path(f"data/{day}/table.txt").absolute())] for day in days]
    assert [Path(f"data/{day}/table.txt").read_text(encoding="utf-8") for day in days] == ["rows"] * 3
    assert not list(Path("data").rglob(".*"))


def test_a_consumer_that_runs_reads_what_was_taken_over() -> None:
    case = files()
    reader = case.stages[1].model_copy(update={"cache": False})
    case = case.model_copy(update={"stages": (case.stages[0], reader)})
    for day in ("2026-01-05", "2026-01-06"):
        assert [each.result for each in run_locally(case, date=day).stages] == [4, "rows"]
    assert ran() == Counter(write=1, read=2)


def delete(table: Path) -> None:
    table.unlink()


def alter(table: Path) -> None:
    table.write_text("r0ws", encoding="utf-8")


@pytest.mark.parametrize("day", ["2026-01-05", "2026-01-06"], ids=["the same address", "another address"])
@pytest.mark.parametrize("harm", [delete, alter])
def test_what_is_gone_or_altered_is_made_again(harm: Callable[[Path], None], day: str) -> None:
    run_locally(files(), date="2026-01-05")
    ran()
    harm(Path("data/2026-01-05/table.txt"))
    again = run_locally(files(), date=day)
    # What it makes is the same: the reader need not run.
    assert ran() == Counter(write=1)
    assert ([each.result for each in again.stages], origins(again).keys()) == ([4, "rows"], {"read"})
    assert Path(f"data/{day}/table.txt").read_text(encoding="utf-8") == "rows"


def test_an_older_success_will_do_where_the_newest_has_lost_its_artifact() -> None:
    run_locally(files(), date="2026-01-05")
    run_locally(files(), date="2026-01-06", cache=False)
    ran()
    Path("data/2026-01-06/table.txt").unlink()
    run_locally(files(), date="2026-01-07")
    assert (ran(), Path("data/2026-01-07/table.txt").read_text(encoding="utf-8")) == (Counter(), "rows")


def test_other_content_upstream_runs_the_consumer() -> None:
    run_locally(files(text="rows"), date="2026-01-05")
    run_locally(files(text="more"), date="2026-01-05")
    assert ran() == Counter(write=2, read=2)
    # Its own artifact was overwritten since; what was read of it was not.
    assert [each.result for each in run_locally(files(text="rows"), date="2026-01-05").stages] == [4, "rows"]
    assert ran() == Counter(write=1)


def test_folders_are_artifacts_too() -> None:
    case = pipeline(CODE, stage("folder", writes={"out": dated("parts")}, returns=False, cache=True))
    for day in ("2026-01-05", "2026-01-05", "2026-01-06"):
        assert run_locally(case, date=day).state == "success"
        found = Path(f"parts/{day}/table.txt")
        assert {each.name: each.read_text(encoding="utf-8") for each in found.iterdir()} == {"a": "a", "b": "b"}
    assert ran() == Counter(folder=1)


# ---- loops


def test_items_are_looked_up_one_by_one() -> None:
    def case(*items: int) -> Pipeline:
        over = stage("each", takes={"x": item("loop")}, block="loop", cache=True)
        total = stage("total", takes={"xs": collected("loop", result("each"))})
        return pipeline(CODE, over, total, blocks=(loop("loop", x=list(items)),))

    first = run_locally(case(1, 2, 3))
    assert ran() == {"each 1": 1, "each 2": 1, "each 3": 1, "total": 1}
    again = run_locally(case(9, 3, 2))
    assert ran() == {"each 9": 1, "total": 1}
    assert again.stages[-1].result == [90, 30, 20]
    assert origins(again) == {f"each[{new}]": Origin(first.run_id, f"each[{old}]") for new, old in ((1, 2), (2, 1))}


def test_artifacts_of_items_go_to_the_items_of_today() -> None:
    def case(*items: int) -> Pipeline:
        address = Uri(parts=(Text(text=str(Path("out").absolute()) + "/"), ItemKey(loop="loop")))
        write = stage("write_each", takes={"x": item("loop")}, writes={"out": address}, block="loop", returns=False)
        return pipeline(CODE, write.model_copy(update={"cache": True}), blocks=(loop("loop", x=list(items)),))

    assert run_locally(case(1, 2)).state == "success"
    # The second is taken over to the address of the first, which held another then.
    assert run_locally(case(2, 4)).state == "success"
    assert ran() == {"write_each 1": 1, "write_each 2": 1, "write_each 4": 1}
    assert {each.name: each.read_text(encoding="utf-8") for each in Path("out").iterdir()} == {"0": "2", "1": "4"}


# ---- runs that go on


def chain() -> Pipeline:
    return pipeline(
        CODE,
        stage("source", cache=True),
        stage("work", takes={"of": result("source")}, cache=True),
        stage("breaks", takes={"of": result("work")}),
        stage("last", takes={"of": result("breaks")}, cache=True),
    )


def test_what_a_run_has_taken_over_it_keeps_when_it_goes_on() -> None:
    first = run_locally(chain())
    failed = run_locally(chain())
    assert origins(failed).keys() == {"source", "work"}
    Path("mended").touch()
    ran()
    resumed = resume_locally(chain(), failed.run_id)
    assert (resumed.state, ran()) == ("success", Counter(breaks=1, last=1))
    assert origins(resumed) == {name: Origin(first.run_id, name) for name in ("source", "work")}


def test_what_had_not_succeeded_may_be_taken_over_by_a_run_that_goes_on() -> None:
    failed = run_locally(chain())
    Path("mended").touch()
    run_locally(chain())
    ran()
    assert resume_locally(chain(), failed.run_id).state == "success"
    assert ran() == Counter(breaks=1)
    failed_again = resume_locally(chain(), failed.run_id, since=["breaks"], cache=False)
    assert (failed_again.state, ran()) == ("success", Counter(breaks=1, last=1))


def test_what_is_to_run_again_runs() -> None:
    Path("mended").touch()
    runs = [run_locally(chain()) for _ in range(2)]
    ran()
    again = resume_locally(chain(), runs[1].run_id, since=["work"])
    assert (again.state, ran()) == ("success", Counter(work=1, breaks=1, last=1))
    assert origins(again) == {"source": Origin(runs[0].run_id, "source")}
    # What it has executed counts for later ones.
    assert origins(run_locally(chain()))["work"].run == again.run_id


def test_turning_the_cache_on_or_off_is_no_change_of_what_succeeded() -> None:
    failed = run_locally(chain())
    plain = chain()
    plain = plain.model_copy(
        update={"stages": tuple(each.model_copy(update={"cache": False}) for each in plain.stages)}
    )
    Path("mended").touch()
    ran()
    assert resume_locally(plain, failed.run_id).state == "success"
    assert ran() == Counter(breaks=1, last=1)
