"""What a driver answers, as the outcome of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from portable_pipeline.engines.run import run_on_engine
from portable_pipeline.ir import Choice, DictOf, ListOf, Loop, OptionalOf, Pipeline, Record, RecordField, Type
from portable_pipeline.ir.types import ANY, BOOL, DATE, FLOAT, INT, TIMEDELTA
from portable_pipeline.outcome import RunOutcome, StageOutcome
from tests.unit.graph.pipelines import pipeline, stage


class Answering:
    """A session with one answer."""

    def __init__(self, target: Any, answer: dict[str, Any]) -> None:
        self.target, self.answer = target, answer
        self.asked: dict[str, Any] = {}

    def ask(self, request: dict[str, Any], within_seconds: float) -> dict[str, Any]:
        self.asked = request
        return self.answer


def test_stages_come_in_the_pipelines_order_and_none_is_missing(make_target: Any) -> None:
    stages = [
        {"id": "b", "state": "failed", "attempts": 2, "error": "boom"},
        {"id": "a", "state": "success", "attempts": 1, "result": None},
    ]
    session = Answering(make_target(), {"state": "failed", "stages": stages, "run_id": "r1"})
    outcome = run_on_engine(
        session, pipeline(stage("a"), stage("b"), stage("c")), Path("out"), {"n": 1}, date="2026-01-05"
    )
    assert outcome == RunOutcome(
        pipeline="sample",
        engine="prefect",
        run_id="r1",
        state="failed",
        stages=(
            StageOutcome("a", "success", 1, has_result=True, result=None),
            StageOutcome("b", "failed", 2, error="boom"),
            StageOutcome("c", "cancelled"),
        ),
    )
    assert session.asked | {"timeout_s": 0} == {
        "op": "run",
        "folder": "out",
        "file": "sample_flow.py",
        "params": {"n": 1},
        "date": "2026-01-05",
        "timeout_s": 0,
    }


def test_a_result_is_shown_only_where_there_is_one(make_target: Any) -> None:
    session = Answering(make_target(), {"state": "success", "stages": [{"id": "a", "state": "success", "attempts": 1}]})
    shown = run_on_engine(session, pipeline(stage("a")), Path("out"), {}).to_json()
    assert shown["stages"] == [{"id": "a", "state": "success", "attempts": 1}]
    assert shown["state"] == "success"


POINT = Record(
    form="dataclass",
    module="figures",
    name="Point",
    fields=(
        RecordField(name="x", type=FLOAT),
        RecordField(name="n", type=INT),
        RecordField(name="at", type=ListOf(item=FLOAT)),
        RecordField(name="note", type=OptionalOf(item=FLOAT), required=False),
    ),
)
#: Results by type, as a driver answers and as the stages had returned them: single numbers and lists as Airflow's has
#: answered them, those inside of others as a database may keep them.
RECORDED: dict[str, tuple[Type, Any, Any]] = {
    "whole": (FLOAT, 2, 2.0),
    "huge": (FLOAT, 1e300, 1e300),
    "tiny": (FLOAT, 5e-324, 5e-324),
    "maybe": (OptionalOf(item=FLOAT), 3, 3.0),
    "nothing": (OptionalOf(item=FLOAT), None, None),
    "floats": (ListOf(item=FLOAT), [1.0, 0.5, 1e16, 2.0**53], [1.0, 0.5, 1e16, 2.0**53]),
    "table": (
        DictOf(value=ListOf(item=OptionalOf(item=FLOAT))),
        {"a": [1, None], "b": []},
        {"a": [1.0, None], "b": []},
    ),
    "point": (POINT, {"x": 1, "n": 2, "at": [3], "note": None}, {"x": 1.0, "n": 2, "at": [3.0], "note": None}),
    "count": (INT, 2**53 + 1, 2**53 + 1),
    "flag": (BOOL, True, True),
    "day": (DATE, "2026-01-05", "2026-01-05"),
    "wait": (TIMEDELTA, 90, 90),
    "choice": (Choice(values=(1, 2)), 2, 2),
    "anything": (ANY, [1, 1.5, 2.0, "x", None], [1, 1.5, 2.0, "x", None]),
}


def test_results_are_shown_as_they_were_declared(make_target: Any) -> None:
    stages = [stage(id).model_copy(update={"result": declared}) for id, (declared, _, _) in RECORDED.items()]
    answered = [{"id": id, "state": "success", "attempts": 1, "result": kept} for id, (_, kept, _) in RECORDED.items()]
    session = Answering(make_target(), {"state": "success", "stages": answered})
    outcome = run_on_engine(session, pipeline(*stages), Path("out"), {})
    # As JSON: in Python, 2 is 2.0.
    shown = {each.id: json.dumps(each.result) for each in outcome.stages}
    assert shown == {id: json.dumps(returned) for id, (_, _, returned) in RECORDED.items()}


def test_a_result_of_which_no_type_is_known_is_shown_as_it_is(make_target: Any) -> None:
    answered = [{"id": "a", "state": "success", "attempts": 1, "result": [2]}]
    session = Answering(make_target(), {"state": "success", "stages": answered})
    unknown = stage("a").model_copy(update={"result": None})
    (shown,) = run_on_engine(session, pipeline(unknown), Path("out"), {}).stages
    assert json.dumps(shown.result) == "[2]"


def looped() -> Pipeline:
    """`a`, then `b` in a loop, `c` in a loop within, and `d`."""
    loops = (Loop(id="outer", items=()), Loop(id="inner", parent="outer", items=()))
    b, c = stage("b").model_copy(update={"block": "outer"}), stage("c").model_copy(update={"block": "inner"})
    return pipeline(stage("a"), b, c, stage("d")).model_copy(update={"blocks": loops})


def told(target: Any, state: str, ids: list[str], **more: Any) -> RunOutcome:
    stages = [{"id": id, "state": "success", "attempts": 1} for id in ids]
    return run_on_engine(Answering(target, {"state": state, "stages": stages, **more}), looped(), Path("out"), {})


def test_items_come_in_their_order_and_not_in_that_of_their_names(make_target: Any) -> None:
    ids = ["d", "c[10][0]", "c[2][1]", "c[2][0]", "c[1]", "b[10]", "b[2]", "b[1]", "a"]
    outcome = told(make_target(), "success", ids)
    assert [each.id for each in outcome.stages] == [
        "a", "b[1]", "b[2]", "b[10]", "c[1]", "c[2][0]", "c[2][1]", "c[10][0]", "d",
    ]  # fmt: skip


def test_a_loop_of_which_nothing_is_told_had_no_items(make_target: Any) -> None:
    outcome = told(make_target(), "failed", ["a", "b[0]"])
    assert [(each.id, each.state) for each in outcome.stages] == [
        ("a", "success"),
        ("b[0]", "success"),
        ("d", "cancelled"),
    ]


def test_a_run_that_was_refused_has_started_none(make_target: Any) -> None:
    outcome = told(make_target(), "failed", [], error="n: not an int")
    assert [(each.id, each.state) for each in outcome.stages] == [(id, "cancelled") for id in "abcd"]


def test_degraded_and_the_errors_of_hooks_are_told(make_target: Any) -> None:
    outcome = told(make_target(), "success", ["a", "d"], degraded=True, hook_errors=["on_exit: boom"])
    assert (outcome.degraded, outcome.hook_errors) == (True, ("on_exit: boom",))
    plain = told(make_target(), "success", ["a", "d"])
    assert (plain.degraded, plain.hook_errors) == (False, ())
