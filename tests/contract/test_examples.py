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
        attempts: By stage; every stage succeeds.
        results: Those that are worth a look here.
        files: Below the root, by path: the same bytes on every engine.
    """

    attempts: Mapping[str, int]
    results: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)


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
}


def marks(engine: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xdist_group(engine), *([] if engine == LOCAL else [pytest.mark.engine])]


@pytest.mark.parametrize("engine", [pytest.param(name, marks=marks(name)) for name in engines()])
@pytest.mark.parametrize("example", sorted(EXPECTED))
def test_an_example_does_the_same_everywhere(
    example: str, engine: str, subjects: Callable[[str], Subject], tmp_path: Path
) -> None:
    pipeline = captured(EXAMPLES / example / "pipeline.py")
    parameters = {"root": str(tmp_path)} if any(each.name == "root" for each in pipeline.parameters) else {}
    outcome = subjects(engine).run(pipeline, parameters, DAY, ())
    expected = EXPECTED[example]
    assert {stage.id: stage.state for stage in outcome.stages} == dict.fromkeys(expected.attempts, "success"), errors(
        outcome
    )
    assert outcome.state == "success"
    assert {stage.id: stage.attempts for stage in outcome.stages} == expected.attempts
    results = {stage.id: stage.result for stage in outcome.stages if stage.id in expected.results}
    assert results == expected.results
    assert {path: (tmp_path / path).read_text(encoding="utf-8") for path in expected.files} == expected.files


def test_every_example_is_expected() -> None:
    assert sorted(EXPECTED) == sorted(path.parent.name for path in EXAMPLES.glob("*/pipeline.py"))


def errors(outcome: RunOutcome) -> str:
    return "\n".join(f"{stage.id}: {stage.error}" for stage in outcome.stages if stage.error) or str(outcome.error)
