"""Every example on every engine: the same stages, states, attempts, results and files as on the local runner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.outcome import RunOutcome
from tests.contract.rules import LOCAL, engines
from tests.contract.subjects import Subject, captured

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = "2026-01-05"


@dataclass(frozen=True)
class Expected:
    """What an example does wherever it runs.

    Args:
        attempts: By stage, in order.
        results: Those that are worth a look here.
        files: Below the root, by path: the same bytes on every engine.
        states: Of the stages that do not succeed.
        parameters: Of the run; the rest has its defaults.
        degraded: Whether a stand-in saved the run; it succeeds in any case.
    """

    attempts: Mapping[str, int]
    results: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    degraded: bool = False


SCORES = {"accuracy": 0.979021, "auc": 0.996436}
METRICS = '{\n  "accuracy": 0.979021,\n  "auc": 0.996436,\n  "rows": 143\n}\n'

EXPECTED = {
    "diagnosis": Expected(
        attempts=dict.fromkeys(("ingest", "validate", "featurize", "train", "evaluate", "register", "deploy"), 1),
        results={"ingest": 569, "evaluate": SCORES, "register": f"diagnosis-{DAY}"},
        files={f"{DAY}/metrics/metrics.json": METRICS},
    ),
    "retries": Expected(
        attempts={"fetch": 3, "count": 1},
        results={"fetch": 35, "count": 5},
        files={f"{DAY}/page.txt": "one portable pipeline four engines\n"},
    ),
    "fan_in": Expected(
        attempts=dict.fromkeys(("week", "week_2", "week_3", "others", "share", "summarize"), 1),
        results={
            "week_2": {"region": "south", "total": 29, "best_day": "2026-01-08"},
            "share": 0.357,
            "summarize": "south leads with 29 (best day Thursday); north has 35.7%",
        },
    ),
    "command": Expected(
        attempts=dict.fromkeys(("write", "sort", "pick", "read"), 1),
        results={"read": "ppc's promise"},
        files={f"{DAY}/found.txt": "ppc's promise\n"},
    ),
    "gate": Expected(
        attempts={"train": 1, "live_score": 1, "deploy": 1, "keep": 0, "report": 1},
        states={"keep": "skipped"},
        results={
            "train": {"auc": 0.85, "rows": 1000},
            "deploy": "live: weights 15 (nightly)",
            "report": "live: weights 15 (nightly)",
        },
        files={f"{DAY}/model.txt": "weights 15\n"},
    ),
    "gate, closed": Expected(
        parameters={"seed": 5},
        attempts={"train": 1, "live_score": 1, "deploy": 0, "keep": 1, "report": 1},
        states={"deploy": "skipped"},
        results={"report": "kept the old model, the new one has only 0.75"},
        files={f"{DAY}/model.txt": "weights 5\n"},
    ),
    "gate, forced": Expected(
        parameters={"seed": 5, "force": True},
        attempts={"train": 1, "live_score": 1, "deploy": 1, "keep": 0, "report": 1},
        states={"keep": "skipped"},
        results={"report": "live: weights 5 (nightly)"},
    ),
    "candidates": Expected(
        attempts={"load": 1, "train[0]": 1, "train[1]": 1, "train[2]": 1, "choose": 1},
        results={"train[0]": 1.918, "train[1]": 0.001, "train[2]": 0.021, "choose": "steady 5.499"},
        files={
            f"{DAY}/models/slow.txt": "slow 3.582\n",
            f"{DAY}/models/hasty.txt": "hasty 5.479\n",
            f"{DAY}/winner.txt": "steady 5.499\n",
        },
    ),
    "fallback": Expected(
        attempts={"train": 2, "previous_model": 1, "serve": 1},
        states={"train": "failed"},
        results={"previous_model": 0, "serve": "trained some days ago, 0 new rows"},
        files={f"{DAY}/previous/model.txt": "trained some days ago\n"},
        degraded=True,
    ),
    "fallback, not needed": Expected(
        parameters={"rows": 200},
        attempts={"train": 1, "previous_model": 0, "serve": 1},
        states={"previous_model": "skipped"},
        results={"train": 200, "serve": "trained on 200 rows, 200 new rows"},
        files={f"{DAY}/model.txt": "trained on 200 rows\n"},
    ),
    "nightly_report": Expected(
        attempts={
            **dict.fromkeys(("regions", "extract[0]", "extract[1]", "extract[2]"), 1),
            **{"warn[0]": 0, "warn[1]": 1, "warn[2]": 0, "total": 1, "publish": 1},
        },
        states={"warn[0]": "skipped", "warn[2]": "skipped"},
        results={
            "regions": ["north", "overseas", "south"],
            "extract[1]": 180,
            "warn[1]": "overseas sold 180",
            "total": 330,
            "publish": 3,
        },
        files={f"{DAY}/report.md": "# Sales on 05 January 2026\n330 in all\n- overseas sold 180\n"},
    ),
    "nightly_report, without sales": Expected(
        parameters={"names": []},
        attempts={"regions": 1, "total": 1, "publish": 1},
        results={"regions": [], "total": 0, "publish": 2},
        files={f"{DAY}/report.md": "# Sales on 05 January 2026\n0 in all\n"},
    ),
}


def marks(engine: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xdist_group(engine), *([] if engine == LOCAL else [pytest.mark.engine])]


@pytest.mark.parametrize("engine", [pytest.param(name, marks=marks(name)) for name in engines()])
@pytest.mark.parametrize("example", sorted(EXPECTED))
def test_an_example_does_the_same_everywhere(
    example: str, engine: str, subjects: Callable[[str], Subject], tmp_path: Path
) -> None:
    expected = EXPECTED[example]
    pipeline = captured(EXAMPLES / folder(example) / "pipeline.py")

    def run(name: str, root: Path) -> RunOutcome:
        rooted = {"root": str(root)} if any(each.name == "root" for each in pipeline.parameters) else {}
        return subjects(name).run(pipeline, {**rooted, **expected.parameters}, DAY, ())

    outcome = run(engine, tmp_path / "there")
    states = {id: expected.states.get(id, "success") for id in expected.attempts}
    assert {stage.id: stage.state for stage in outcome.stages} == states, errors(outcome)
    assert (outcome.state, outcome.degraded, outcome.hook_errors) == ("success", expected.degraded, ())
    assert {stage.id: stage.attempts for stage in outcome.stages} == expected.attempts
    results = {stage.id: stage.result for stage in outcome.stages if stage.id in expected.results}
    assert results == expected.results
    assert {path: (tmp_path / "there" / path).read_text("utf-8") for path in expected.files} == expected.files
    if engine != LOCAL:
        # What is written out above is what matters; that nothing else differs, the local runner says.
        assert trace(outcome) == trace(run(LOCAL, tmp_path / "here"))


def trace(outcome: RunOutcome) -> list[tuple[Any, ...]]:
    """What the run did, stages in order."""
    return [(stage.id, stage.state, stage.attempts, stage.has_result, stage.result) for stage in outcome.stages]


def folder(example: str) -> str:
    """Of the examples that are run in several ways, the name comes before a comma."""
    return example.partition(",")[0]


def test_every_example_is_expected() -> None:
    assert {folder(each) for each in EXPECTED} == {path.parent.name for path in EXAMPLES.glob("*/pipeline.py")}


def errors(outcome: RunOutcome) -> str:
    return "\n".join(f"{stage.id}: {stage.error}" for stage in outcome.stages if stage.error) or str(outcome.error)
