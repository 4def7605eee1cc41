"""What a driver answers, as the outcome of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portable_pipeline.engines.run import run_on_engine
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
