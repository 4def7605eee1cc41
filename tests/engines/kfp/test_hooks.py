"""Hooks and stand-ins in corners, executed on KFP's local engine and compared with the local runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.capture import load
from portable_pipeline.codegen.writing import changes, write
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.run import run_on_engine
from portable_pipeline.engines.session import Session
from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import run_locally

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kfp")]

HERE = Path(__file__).parent
Both = Callable[..., tuple[list[str], RunOutcome]]


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What hooks wrote."""
    file = tmp_path_factory.mktemp("alerts") / "log"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KFP_TEST_LOG", str(file))
        yield file


@pytest.fixture(scope="module")
def session(alerts: Path) -> Iterator[Session]:
    # It has the environment that it was started with.
    with Session(backend("kfp")) as started:
        yield started


@pytest.fixture
def both(session: Session, alerts: Path, tmp_path: Path) -> Both:
    """Run a pipeline here and there; what differs fails."""

    def ran(name: str, **parameters: Any) -> tuple[list[str], RunOutcome]:
        pipeline = load(f"{HERE / 'hooks'}.py:{name}").pipeline
        folder = tmp_path / "generated"
        files = compile_pipeline(pipeline, backend("kfp"), degrade=())
        write(folder, changes(folder, files, files[-1].path))
        found = []
        for place in ("here", "there"):
            alerts.write_text("", encoding="utf-8")
            given = {
                "log": str(alerts),
                **({"root": str(tmp_path / place)} if wants_root(pipeline) else {}),
                **parameters,
            }
            if place == "here":
                outcome = run_locally(pipeline, given, project=tmp_path / "runs")
            else:
                outcome = run_on_engine(session, pipeline, folder, given)
            found.append((sorted(alerts.read_text(encoding="utf-8").splitlines()), outcome))
        (said_here, here), (said, there) = found
        assert summary(there) == summary(here)
        assert said == said_here
        return said, there

    return ran


def wants_root(pipeline: Pipeline) -> bool:
    return any(each.name == "root" for each in pipeline.parameters)


def summary(outcome: RunOutcome) -> object:
    stages = {each.id: (each.state, each.attempts, each.result) for each in outcome.stages}
    # The class of an error has no module where the code has travelled.
    told = (each.partition(" failed: ") for each in outcome.hook_errors)
    errors = sorted((hook, error.rpartition(".")[2]) for hook, _, error in told)
    return outcome.state, outcome.degraded, errors, stages


def test_hooks_are_told_the_item_of_each_loop_around(both: Both) -> None:
    said, outcome = both("nested")
    assert outcome.hook_errors == ()
    assert said == ["alert nested failed True", "alert nested failed True", "alert pair[1][0] 2 2 and 10"]
    assert [each.id for each in outcome.stages if each.state == "failed"] == ["pair[1][0]"]
    assert both("nested", numbers=[1])[0] == ["alert nested success True"]


@pytest.mark.parametrize(("bad", "hooks"), [(True, ["on_exit", "on_failure"]), (False, ["on_exit"])])
def test_hooks_that_fail_are_told_of(both: Both, bad: bool, hooks: list[str]) -> None:
    _, outcome = both("broken", bad=bad)
    assert outcome.state == ("failed" if bad else "success")
    assert [each.partition(" failed: ")[0] for each in sorted(outcome.hook_errors)] == hooks


@pytest.mark.parametrize(
    ("run", "bad", "shown"), [(True, True, "plain 2 0.25"), (True, False, "a+b 0.5"), (False, True, "nothing 0.0")]
)
def test_artifacts_of_stand_ins_leave_conditions(both: Both, run: bool, bad: bool, shown: str) -> None:
    said, outcome = both("records", run=run, bad=bad)
    assert outcome.hook_errors == ()
    results = {each.id: each.result for each in outcome.stages}
    assert results["read"] == shown
    assert results["read_2"] == (shown if run and bad else None)
    assert said == (["alert join 1 a+b"] if run and bad else [])


@pytest.mark.parametrize(("word", "shown"), [("bad", "given 1.0"), ("good", "good 1.0")])
def test_commands_have_stand_ins_and_hooks_as_well(both: Both, word: str, shown: str) -> None:
    said, outcome = both("commands", word=word)
    assert outcome.stages[-1].result == shown
    assert len(said) == (word == "bad")
