"""A run that goes on: what succeeded is kept, everything else runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import Parameter, Pipeline, RunDate, Scalar
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import resume_locally, run_locally
from portable_pipeline.store import Project
from tests.contract.subjects import captured
from tests.unit.runner.pipelines import collected, hook, item, loop, parameter, pipeline, result, stage, when

CODE = """
from pathlib import Path

def note(name, broken=False):
    with open("log.txt", "a") as file:
        print(name, file=file)
    print(name)
    if broken and not Path("mended").exists():
        raise ValueError("not yet")
    return name

def first(): return note("first")
def breaks(of=None): return note("breaks", broken=True)
def last(of=None): return note("last")
def each(x): return note(f"each {x}", broken=x == 2) and x * 10
def items(): return note("items") and [1, 2, 3]
def total(xs): return note("total") and sum(xs)
def stand_in(): return note("stand_in")
def told(event): note("told")
"""

WRITTEN = """
from portable_pipeline import pipeline, stage

@stage(timeout="1m")
def first() -> int:
    return 1

@stage(timeout="1m")
def breaks(n: int) -> float:
    return 1 / 0

@pipeline
def case():
    breaks(first())
"""


def ran() -> list[str]:
    log = Path("log.txt")
    found = log.read_text(encoding="utf-8").split("\n")[:-1] if log.exists() else []
    log.unlink(missing_ok=True)
    return found


def states(outcome: RunOutcome) -> dict[str, str]:
    return {each.id: each.state for each in outcome.stages}


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.code for each in refused.value.diagnostics]


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def chain(code: str = CODE) -> Pipeline:
    return pipeline(
        code,
        stage("first"),
        stage("breaks", takes={"of": result("first")}),
        stage("last", takes={"of": result("breaks")}),
    )


def test_successes_are_kept() -> None:
    broken = run_locally(chain())
    assert (states(broken), ran()) == (
        {"first": "success", "breaks": "failed", "last": "upstream_failed"},
        ["first", "breaks"],
    )
    Path("mended").touch()
    outcome = resume_locally(chain(), broken.run_id)
    assert (outcome.run_id, outcome.state, ran()) == (broken.run_id, "success", ["breaks", "last"])
    assert {each.id: (each.attempts, each.result) for each in outcome.stages} == {
        "first": (1, "first"),
        "breaks": (1, "breaks"),
        "last": (1, "last"),
    }
    project = Project()
    assert {each.id: each.attempts for each in project.stages(outcome.run_id)} == {"first": 1, "breaks": 2, "last": 1}
    assert project.run(outcome.run_id).sessions == 2
    logs = [project.log(outcome.run_id, "breaks", number).exists() for number in (1, 2)]
    assert logs == [True, True]


def test_items_of_a_loop_are_kept_one_by_one() -> None:
    case = pipeline(
        CODE,
        stage("items"),
        stage("each", takes={"x": item("l", "x")}, block="l"),
        stage("total", takes={"xs": collected("l", result("each"))}),
        blocks=(loop("l", x=result("items")),),
    )
    broken = run_locally(case)
    assert sorted(ran()) == ["each 1", "each 2", "each 3", "items"]
    Path("mended").touch()
    outcome = resume_locally(case, broken.run_id)
    assert (outcome.state, ran()) == ("success", ["each 2", "total"])
    assert outcome.stages[-1].result == 60


def test_a_stage_and_what_comes_after_it_run_again_when_told() -> None:
    Path("mended").touch()
    done = run_locally(chain())
    ran()
    outcome = resume_locally(chain(), done.run_id, since=["breaks"])
    assert (outcome.state, ran()) == ("success", ["breaks", "last"])
    with pytest.raises(Refused) as refused:
        resume_locally(chain(), done.run_id, since=["brakes"])
    assert codes(refused) == ["PPC487"]
    assert "did you mean `breaks`" in refused.value.diagnostics[0].message


def test_a_condition_is_decided_anew() -> None:
    def case(limit: int) -> Pipeline:
        return pipeline(
            CODE.replace("[1, 2, 3]", str(limit)),
            stage("items"),
            stage("last", block="w"),
            stage("breaks", after=["items"]),
            blocks=(when("w", result("items"), "==", parameter("n")),),
            parameters=(Parameter(name="n", type=Scalar(name="int"), required=False, default=1),),
        )

    broken = run_locally(case(1))
    assert states(broken) == {"items": "success", "last": "success", "breaks": "failed"}
    ran()
    Path("mended").touch()
    outcome = resume_locally(case(2), broken.run_id, since=["items"])
    assert (states(outcome)["last"], ran()) == ("skipped", ["items", "breaks"])


def test_what_a_stand_in_saved_stays_saved() -> None:
    case = pipeline(
        CODE,
        stage("breaks", fallback="stand_in", on_failure=hook("told")),
        stage("stand_in", stands_in_for="breaks"),
        stage("also", function="breaks"),
        stage("last", takes={"of": result("breaks")}),
    )
    broken = run_locally(case)
    assert (broken.state, broken.degraded) == ("failed", True)
    assert sorted(ran()) == ["breaks", "breaks", "last", "stand_in", "told"]
    Path("mended").touch()
    outcome = resume_locally(case, broken.run_id)
    assert (outcome.state, outcome.degraded, ran()) == ("success", True, ["breaks"])
    assert states(outcome) == {"breaks": "failed", "stand_in": "success", "also": "success", "last": "success"}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda: chain(CODE.replace('note("first")', 'note("1st")')), "its code has"),
        (lambda: chain(CODE.replace("as file", "as log").replace("file=file", "file=log")), "its code has"),
        (
            lambda: pipeline(CODE, stage("first", writes={"out": "x.txt"}), *chain().stages[1:]),
            "its outputs have",
        ),
        (lambda: pipeline(CODE, stage("first", after=["breaks"]), stage("breaks")), "its inputs have"),
    ],
    ids=["its code", "code that it calls", "outputs", "order"],
)
def test_what_has_changed_since_it_succeeded_is_refused(change: Callable[[], Pipeline], what: str) -> None:
    broken = run_locally(chain())
    ran()
    with pytest.raises(Refused) as refused:
        resume_locally(change(), broken.run_id)
    assert codes(refused) == ["PPC485"]
    assert f"`first` has succeeded in run `{broken.run_id}`, and {what} changed" in refused.value.diagnostics[0].message
    assert ran() == []


def test_what_has_not_succeeded_may_change() -> None:
    file = Path("case.py")
    file.write_text(WRITTEN, encoding="utf-8")
    broken = run_locally(captured(file))
    assert states(broken) == {"first": "success", "breaks": "failed"}
    file.write_text("# moved\n" + WRITTEN.replace("1 / 0", "2"), encoding="utf-8")
    outcome = resume_locally(captured(file), broken.run_id)
    assert [(each.state, each.attempts, each.result) for each in outcome.stages] == [
        ("success", 1, 1),
        ("success", 1, 2),
    ]
    file.write_text(WRITTEN.replace("1 / 0", "2").replace("return 1", "return 3"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        resume_locally(captured(file), broken.run_id, since=["breaks"])
    assert codes(refused) == ["PPC485"]


def test_changes_are_kept_when_told() -> None:
    broken = run_locally(chain())
    ran()
    Path("mended").touch()
    outcome = resume_locally(chain(CODE.replace('note("first")', 'note("1st")')), broken.run_id, keep_changed=True)
    assert (outcome.state, ran()) == ("success", ["breaks", "last"])


def test_a_stage_that_is_gone_and_other_parameters_are_refused() -> None:
    broken = run_locally(chain())
    without = pipeline(CODE, stage("breaks"))
    with pytest.raises(Refused) as gone:
        resume_locally(without, broken.run_id)
    assert codes(gone) == ["PPC488"]
    more = chain().model_copy(
        update={"parameters": (Parameter(name="n", type=Scalar(name="int"), required=False, default=1),)}
    )
    with pytest.raises(Refused) as other:
        resume_locally(more, broken.run_id)
    assert codes(other) == ["PPC489"]
    assert "`n`" in other.value.diagnostics[0].message


def test_a_run_that_has_succeeded_has_nothing_left() -> None:
    Path("mended").touch()
    done = run_locally(chain())
    with pytest.raises(Refused) as refused:
        resume_locally(chain(), done.run_id)
    assert codes(refused) == ["PPC486"]


def test_the_date_and_the_parameters_are_those_of_the_run() -> None:
    code = CODE + "\ndef dated(day, n): return note(f'{day} {n}', broken=True)\n"
    case = pipeline(
        code,
        stage("dated", takes={"day": RunDate(), "n": parameter("n")}),
        parameters=(Parameter(name="n", type=Scalar(name="int"), required=False, default=1),),
    )
    broken = run_locally(case, {"n": 7}, date="2026-01-05")
    resume_locally(case, broken.run_id)
    assert ran() == ["2026-01-05 7", "2026-01-05 7"]
