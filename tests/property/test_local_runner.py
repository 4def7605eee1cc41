"""Random pipelines of conditions, joins, loops, fallbacks and hooks: the machine against the model."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portable_pipeline.instances import split_id
from portable_pipeline.ir import Constant, FirstOf, Items, Loop, Pipeline
from portable_pipeline.ir.graph import stages_of
from portable_pipeline.runner.bindings import Bindings, RunValues
from portable_pipeline.runner.machine import advance, begin
from portable_pipeline.runner.messages import (
    AttemptStarted,
    AttemptSucceeded,
    BranchDecided,
    CallHook,
    CancelRequested,
    CountLoop,
    DecideBranch,
    Event,
    FinishRun,
    LoopCounted,
    Report,
    RunTimedOut,
    StartAttempt,
    StopRequested,
)
from portable_pipeline.runner.states import ENDED
from tests.property.control_flow_model import Model
from tests.property.control_flow_pipelines import Fate, Played, pipelines
from tests.property.control_flow_values import given as given_to
from tests.unit.runner.pipelines import ANY, collected, loop, pipeline, result, stage, when

SETTINGS = settings(max_examples=120)


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
    st.sampled_from([CancelRequested(), RunTimedOut(), StopRequested()]),
)
def test_a_run_that_is_stopped_ends_with_its_hooks(
    case: Pipeline, seed: int, chance: random.Random, moment: int, stop: CancelRequested | RunTimedOut | StopRequested
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


@SETTINGS
@given(pipelines(), st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_stages_are_given_what_the_model_says(case: Pipeline, seed: int, chance: random.Random) -> None:
    fate = Fate(seed, case)
    model = Model(case, fate.succeeds, fate.holds, fate.counts)
    run = Played(case, fate, chance)
    stages, blocks = {stage.id: stage for stage in case.stages}, {block.id: block for block in case.blocks}
    values = RunValues(case, Bindings({}, datetime(2026, 1, 5, tzinfo=timezone.utc)))
    found, wanted = {}, {}
    for event in run.history:
        if isinstance(event, LoopCounted) and event.items is not None:
            id, path = split_id(event.loop)
            items = Items(name="x", value=Constant(value=list(range(event.items))), type=ANY)
            assert values.count(blocks[id].model_copy(update={"items": (items,)}), path) == event.items
        elif isinstance(event, AttemptStarted):
            id, path = split_id(event.stage)
            found[event.stage] = values.inputs(stages[id], path)
            at = tuple(zip((loop.id for loop in model.loops(stages[id])), path, strict=True))
            wanted[event.stage] = {each.name: given_to(model, each.value, at)[0] for each in stages[id].inputs}
        elif isinstance(event, AttemptSucceeded):
            values.put(event.stage, {"result": event.stage})
    assert found == wanted


def test_the_random_runs_have_it_all() -> None:
    """What the tests above draw, so that none of them passes for want of cases."""
    seen: Counter[str] = Counter()

    @settings(max_examples=300)
    @given(pipelines(), st.integers(0, 10**6))
    def look(case: Pipeline, seed: int) -> None:
        fate = Fate(seed, case)
        model = Model(case, fate.succeeds, fate.holds, fate.counts)
        states = model.states
        seen.update(f"a stage {state}" for state in states.values())
        seen.update(f"an item of {id.count('[')} loops {state}" for id, state in states.items() if "[" in id)
        seen.update("a stage saved in a loop" for id in model.saved if "[" in id)
        seen.update("a failed stand-in" for id, state in states.items() if is_stand_in(model, id) and state == "failed")
        seen.update("a hook of an item" for id in states if states[id] == "failed" and has_hook(model, id, "["))
        seen.update("an empty loop" for block in case.blocks if isinstance(block, Loop) and fate.counts(block.id) == 0)
        for known in case.stages:
            if states.get(known.id) == "success":
                taken = [value for each in known.inputs for value in stages_of(each.value)]
                seen.update("a value of a stand-in" for each in taken if each in model.saved)
                joins = [each.value for each in known.inputs if isinstance(each.value, FirstOf)]
                seen.update("a join past a skip" for each in joins if states.get(each.options[0].stage) == "skipped")

    look()
    wanted = [
        *(f"a stage {state}" for state in ("success", "failed", "skipped", "upstream_failed")),
        *(f"an item of {depth} loops {state}" for depth in (1, 2, 3) for state in ("success", "failed", "skipped")),
        "a stage saved in a loop",
        "a failed stand-in",
        "a hook of an item",
        "an empty loop",
        "a value of a stand-in",
        "a join past a skip",
    ]
    assert {each: seen[each] for each in wanted if seen[each] < 2} == {}


def is_stand_in(model: Model, id: str) -> bool:
    return model.stages[split_id(id)[0]].stands_in_for is not None


def has_hook(model: Model, id: str, mark: str) -> bool:
    return mark in id and model.stages[split_id(id)[0]].on_failure is not None


def finished(case: Pipeline, counts: dict[str, int]) -> Played:
    fate = Fate(0, case)
    fate.attempt = lambda stage, attempt: "success"  # type: ignore[method-assign]
    fate.counts = counts.__getitem__  # type: ignore[method-assign]
    return Played(case, fate, random.Random(0))


def test_a_loop_without_stages_ends() -> None:
    case = pipeline("", stage("a"), blocks=(loop("l", x=[1, 2]), loop("inner", parent="l", x=[1])))
    run = finished(case, {"l": 2, "inner[0]": 1, "inner[1]": 3})
    assert [(id, status.state) for id, status in run.state.stages()] == [("a", "success")]
    assert run.state.outcome == "success"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 9])
def test_no_more_items_at_once_than_allowed_and_each_when_its_turn_comes(limit: int) -> None:
    case = pipeline(
        "",
        stage("one", block="outer"),
        stage("two", after=["one"], block="inner"),
        stage("three", after=["two"], block="outer"),
        blocks=(loop("outer", limit=limit, x=[]), loop("inner", parent="outer", x=[])),
    )
    most, order = 0, []
    for seed in range(20):
        fate = Fate(seed, case)
        fate.counts = lambda loop: 5 if loop == "outer" else 2  # type: ignore[method-assign]
        begun: set[str] = set()
        run = Played(case, fate, random.Random(seed))
        state, actions = begin(case)
        for event in [None, *run.history]:
            if event is not None:
                state, actions = advance(state, event)
            begun |= {each.stage for each in actions if isinstance(each, StartAttempt) and each.stage.startswith("one")}
            order += [each.stage for each in actions if isinstance(each, StartAttempt) and each.attempt == 1]
            ended = {
                id.partition("[")[2][:1] for id, status in state.stages() if "[" in id and status.state not in ENDED
            }
            most = max(most, len({id[4] for id in begun} & ended))
    assert most == min(limit, 5)
    assert [each for each in order if each.startswith("one")] == [f"one[{index}]" for index in range(5)] * 20


def seconds_of(items: int) -> float:
    """A loop with a condition, a fallback and a limit, all of it collected."""
    case = pipeline(
        "",
        stage("a", block="l"),
        stage("b", after=["a"], block="w", fallback="c"),
        stage("c", block="w", stands_in_for="b"),
        stage("all", takes={"b": collected("l", result("b")), "a": collected("l", result("a"))}),
        blocks=(loop("l", limit=100, x=[]), when("w", result("a"), "==", 1, parent="l")),
    )
    begun = time.process_time()
    state, actions = begin(case)
    line = list(actions)
    while line:
        action = line.pop()
        events: list[Event] = []
        if isinstance(action, StartAttempt):
            ended = AttemptSucceeded(action.stage, action.attempt, {})
            events = [AttemptStarted(action.stage, action.attempt), ended]
        elif isinstance(action, CountLoop):
            events = [LoopCounted(action.loop, items)]
        elif isinstance(action, DecideBranch):
            events = [BranchDecided(action.branch, True)]
        for event in events:
            state, actions = advance(state, event)
            line += actions
    assert (state.phase, state.unfinished) == ("over", 0)
    return time.process_time() - begun


def test_time_grows_with_the_number_of_items_and_no_faster() -> None:
    small, large = (min(seconds_of(items) for _ in range(2)) for items in (500, 5_000))
    assert large < 30 * small + 0.05
