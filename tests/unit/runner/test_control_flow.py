"""Random pipelines of conditions, joins, loops, fallbacks and hooks: the machine against the model."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portable_pipeline.ir import Pipeline
from portable_pipeline.runner.machine import advance, begin
from portable_pipeline.runner.messages import CallHook, CancelRequested, FinishRun, Report, RunTimedOut, StartAttempt
from portable_pipeline.runner.states import ENDED
from tests.unit.runner.model import Model
from tests.unit.runner.random_pipelines import Fate, Played, pipelines

SETTINGS = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(pipelines(), st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_runs_end_as_the_model_says_whatever_comes_first(case: Pipeline, seed: int, chance: random.Random) -> None:
    fate = Fate(seed, case)
    model = Model(case, fate.succeeds, fate.holds, fate.counts)
    run = Played(case, fate, chance)
    assert {id: status.state for id, status in run.state.stages()} == model.states
    assert run.state.outcome == model.run
    assert run.state.degraded == bool(model.saved)
    started = Counter(action.stage for action in run.actions if isinstance(action, StartAttempt))
    ran = {id for id, state in model.states.items() if state in ("success", "failed")}
    assert started == {id: len(fate.attempts(id)) for id in ran}
    assert {id: status.attempts for id, status in run.state.stages() if status.attempts} == started


@SETTINGS
@given(pipelines(), st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_hooks_are_called_once(case: Pipeline, seed: int, chance: random.Random) -> None:
    fate = Fate(seed, case)
    model = Model(case, fate.succeeds, fate.holds, fate.counts)
    run = Played(case, fate, chance)
    hooked = {stage.id for stage in case.stages if stage.on_failure}
    of_stages = [
        CallHook("on_failure", id)
        for id, state in model.states.items()
        if state == "failed" and id.split("[")[0] in hooked
    ]
    of_run = [CallHook("on_failure")] if case.on_failure and model.run == "failed" else []
    of_run += [CallHook("on_exit")] if case.on_exit else []
    called = [action for action in run.actions if isinstance(action, CallHook)]
    assert Counter(called[: len(of_stages)]) == Counter(of_stages)
    assert called[len(of_stages) :] == of_run
    assert [action for action in run.actions if isinstance(action, FinishRun)] == [FinishRun(run.state.outcome)]
    assert isinstance(run.actions[-1], FinishRun)


@SETTINGS
@given(
    pipelines(),
    st.integers(0, 10**6),
    st.randoms(use_true_random=False),
    st.integers(0, 30),
    st.sampled_from([CancelRequested(), RunTimedOut()]),
)
def test_a_run_that_is_stopped_ends_with_its_hooks(
    case: Pipeline, seed: int, chance: random.Random, moment: int, stop: CancelRequested | RunTimedOut
) -> None:
    run = Played(case, Fate(seed, case), chance, stop=(moment, stop))
    assert run.state.phase == "over"
    assert all(status.state in ENDED for _, status in run.state.stages())
    assert sum(isinstance(action, FinishRun) for action in run.actions) == 1
    failed = {id for id, status in run.state.stages() if status.state == "failed"}
    hooked = {stage.id for stage in case.stages if stage.on_failure}
    called = Counter(action for action in run.actions if isinstance(action, CallHook))
    expected = {CallHook("on_failure", id): 1 for id in failed if id.split("[")[0] in hooked}
    expected |= {CallHook("on_failure"): 1} if case.on_failure and run.state.outcome == "failed" else {}
    expected |= {CallHook("on_exit"): 1} if case.on_exit else {}
    assert called == expected


@SETTINGS
@given(pipelines(), st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_history_is_all_there_is(case: Pipeline, seed: int, chance: random.Random) -> None:
    run = Played(case, Fate(seed, case), chance)
    state, _ = begin(case)
    for event in run.history:
        state, _ = advance(state, event)
    assert state == run.state
    # What is told to those who watch is where the stages are in the end.
    told = {action.stage: action.state for action in run.actions if isinstance(action, Report)}
    assert told == {id: status.state for id, status in state.stages()}
