"""The state machine alone: every rule without a process, and random runs against a model of a few lines."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.ir import Pipeline
from portable_pipeline.runner.machine import advance, begin
from portable_pipeline.runner.messages import (
    Action,
    AttemptFailed,
    AttemptStarted,
    AttemptSucceeded,
    CancelRequested,
    DropAttempts,
    EndAttempts,
    Event,
    FinishRun,
    Report,
    RetryDue,
    RunTimedOut,
    StartAttempt,
    StartTimer,
    StopRequested,
)
from portable_pipeline.runner.states import ENDED
from tests.unit.runner.pipelines import graph


class Driver:
    """Plays events to the machine and remembers what it wanted."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.state, actions = begin(pipeline)
        self.wanted: list[Action] = list(actions)

    def play(self, *events: Event) -> list[Action]:
        """The actions that these events lead to, without reports."""
        found: list[Action] = []
        for event in events:
            self.state, actions = advance(self.state, event)
            found += actions
        self.wanted += found
        return [action for action in found if not isinstance(action, Report)]

    @property
    def states(self) -> dict[str, str]:
        return {id: status.state for id, status in self.state.stages()}


def succeed(stage: str, attempt: int = 1) -> tuple[Event, ...]:
    return AttemptStarted(stage, attempt), AttemptSucceeded(stage, attempt, {})


def fail(stage: str, attempt: int = 1, *, final: bool = False) -> tuple[Event, ...]:
    return AttemptStarted(stage, attempt), AttemptFailed(stage, attempt, "broken", final)


def test_a_stage_starts_when_its_last_upstream_has_succeeded() -> None:
    run = Driver(graph({"a": [], "b": [], "c": ["a", "b"], "d": ["c"]}))
    assert run.wanted == [StartAttempt("a", 1), StartAttempt("b", 1)]
    assert run.play(*succeed("b")) == []
    assert run.play(*succeed("a")) == [StartAttempt("c", 1)]
    assert run.play(*succeed("c")) == [StartAttempt("d", 1)]
    assert run.play(*succeed("d")) == [FinishRun("success")]


def test_changes_are_reported_in_order() -> None:
    run = Driver(graph({"a": [], "b": ["a"]}, {"a": 1}))
    run.play(*fail("a"), RetryDue("a"), *fail("a", 2))
    assert [(each.stage, each.state) for each in run.wanted if isinstance(each, Report)] == [
        ("a", "running"),
        ("a", "up_for_retry"),
        ("a", "queued"),
        ("a", "running"),
        ("a", "failed"),
        ("b", "upstream_failed"),
    ]


def test_a_failure_reaches_its_consumers_and_nothing_else() -> None:
    run = Driver(graph({"bad": [], "good": [], "direct": ["bad"], "far": ["direct", "good"], "other": ["good"]}))
    assert run.play(*fail("bad")) == []
    assert run.states == {
        "bad": "failed",
        "good": "queued",
        "direct": "upstream_failed",
        "far": "upstream_failed",
        "other": "queued",
    }
    assert run.play(*succeed("good")) == [StartAttempt("other", 1)]
    assert run.play(*succeed("other")) == [FinishRun("failed")]


def test_retries_follow_one_after_the_other_and_the_first_success_ends_them() -> None:
    run = Driver(graph({"a": []}, {"a": 2}))
    assert run.play(*fail("a", 1)) == [StartTimer("a", 1)]
    assert run.states == {"a": "up_for_retry"}
    assert run.play(RetryDue("a")) == [StartAttempt("a", 2)]
    assert run.play(*fail("a", 2)) == [StartTimer("a", 2)]
    assert run.play(RetryDue("a"), *succeed("a", 3)) == [StartAttempt("a", 3), FinishRun("success")]
    assert run.state.status("a").attempts == 3


def test_the_last_retry_that_fails_is_the_end() -> None:
    run = Driver(graph({"a": []}, {"a": 1}))
    assert run.play(*fail("a", 1), RetryDue("a"), *fail("a", 2))[-1] == FinishRun("failed")


def test_abort_leaves_retries_unused() -> None:
    run = Driver(graph({"a": []}, {"a": 5}))
    assert run.play(*fail("a", final=True)) == [FinishRun("failed")]
    assert run.state.status("a").attempts == 1


@pytest.mark.parametrize(("event", "ended_as"), [(RunTimedOut(), "failed"), (CancelRequested(), "cancelled")])
def test_a_run_that_is_ended_kills_what_runs_and_cancels_the_rest(event: Event, ended_as: str) -> None:
    run = Driver(graph({"done": [], "runs": ["done"], "waits": [], "next": ["runs"], "idle": []}, {"waits": 3}))
    run.play(*succeed("done"), AttemptStarted("runs", 1), *fail("waits"))
    assert run.play(event) == [DropAttempts(), EndAttempts()]
    assert run.states == {
        "done": "success",
        "runs": "running",
        "waits": "cancelled",
        "next": "cancelled",
        "idle": "cancelled",
    }
    assert run.play(RetryDue("waits"), CancelRequested(), RunTimedOut()) == []
    assert run.play(AttemptFailed("runs", 1, "was killed")) == [FinishRun(ended_as)]
    assert run.states["runs"] == ended_as


def test_a_run_that_is_stopped_lets_what_runs_end() -> None:
    run = Driver(graph({"runs": [], "next": ["runs"], "waits": []}, {"waits": 3}))
    run.play(AttemptStarted("runs", 1), *fail("waits"))
    assert run.play(StopRequested()) == [DropAttempts()]
    assert run.states == {"runs": "running", "next": "cancelled", "waits": "cancelled"}
    assert run.play(CancelRequested(), CancelRequested()) == [EndAttempts()]
    assert run.play(AttemptSucceeded("runs", 1, {})) == [FinishRun("cancelled")]
    assert run.states["runs"] == "success"


def test_an_attempt_that_succeeds_while_it_is_killed_has_succeeded() -> None:
    run = Driver(graph({"a": [], "b": ["a"]}))
    run.play(AttemptStarted("a", 1), CancelRequested())
    assert run.play(AttemptSucceeded("a", 1, {})) == [FinishRun("cancelled")]
    assert run.states == {"a": "success", "b": "cancelled"}


def test_a_run_that_has_ended_hears_nothing_more() -> None:
    run = Driver(graph({"a": []}))
    run.play(*succeed("a"))
    before = run.state
    assert run.play(CancelRequested(), RunTimedOut()) == []
    assert run.state == before


def test_a_pipeline_without_stages_is_done_at_once() -> None:
    state, actions = begin(graph({}))
    assert actions == (FinishRun("success"),)
    assert advance(state, CancelRequested())[1] == ()


def test_a_state_is_never_changed() -> None:
    state, _ = begin(graph({"a": []}))
    later, _ = advance(state, AttemptStarted("a", 1))
    assert (state.status("a").state, later.status("a").state) == ("queued", "running")
    with pytest.raises(AttributeError):
        state.failed = True  # type: ignore[misc]


@st.composite
def runs(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, int], dict[str, list[str]], random.Random]:
    """A graph, retries, how each attempt would end, and the order of things."""
    ids = [f"s{number}" for number in range(draw(st.integers(1, 12)))]
    edges = {
        id: draw(st.lists(st.sampled_from(ids[:place]), unique=True) if place else st.just([]))
        for place, id in enumerate(ids)
    }
    retries = {id: draw(st.integers(0, 2)) for id in ids}
    endings = st.sampled_from(["success", "success", "failure", "abort"])
    plans = {id: draw(st.lists(endings, min_size=retries[id] + 1, max_size=retries[id] + 1)) for id in ids}
    return edges, retries, plans, draw(st.randoms(use_true_random=False))


def expected(edges: dict[str, list[str]], plans: dict[str, list[str]]) -> dict[str, tuple[str, int]]:
    """What the semantics say, stage by stage: no events, no order."""
    ends: dict[str, tuple[str, int]] = {}
    for id, upstream in edges.items():
        if any(ends[each][0] != "success" for each in upstream):
            ends[id] = "upstream_failed", 0
            continue
        attempts = next((n for n, end in enumerate(plans[id], 1) if end in ("success", "abort")), len(plans[id]))
        ends[id] = "success" if plans[id][attempts - 1] == "success" else "failed", attempts
    return ends


@given(runs())
def test_random_runs_end_as_the_semantics_say(
    case: tuple[dict[str, list[str]], dict[str, int], dict[str, list[str]], random.Random],
) -> None:
    edges, retries, plans, chance = case
    run = Driver(graph(edges, retries))
    history: list[Event] = []
    possible: list[Event] = []

    def heed(actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, StartAttempt):
                assert all(run.state.status(each).state == "success" for each in edges[action.stage])
                possible.append(AttemptStarted(action.stage, action.attempt))
            elif isinstance(action, StartTimer):
                possible.append(RetryDue(action.stage))

    heed(run.wanted)
    while possible:
        event = possible.pop(chance.randrange(len(possible)))
        history.append(event)
        heed(run.play(event))
        if isinstance(event, AttemptStarted):
            end = plans[event.stage][event.attempt - 1]
            possible.append(
                AttemptSucceeded(event.stage, event.attempt, {})
                if end == "success"
                else AttemptFailed(event.stage, event.attempt, "broken", final=end == "abort")
            )

    ends = expected(edges, plans)
    assert {id: (run.state.status(id).state, run.state.status(id).attempts) for id in edges} == ends
    failed = any(state == "failed" for state, _ in ends.values())
    assert [each for each in run.wanted if isinstance(each, FinishRun)] == [
        FinishRun("failed" if failed else "success")
    ]
    assert run.wanted[-1] == FinishRun("failed" if failed else "success")

    again = Driver(graph(edges, retries))
    again.play(*history)
    assert again.state == run.state


@given(runs(), st.integers(0, 30), st.sampled_from([CancelRequested(), RunTimedOut()]))
def test_a_run_that_is_ended_at_any_moment_ends(
    case: tuple[dict[str, list[str]], dict[str, int], dict[str, list[str]], random.Random], moment: int, stop: Event
) -> None:
    edges, retries, plans, chance = case
    run = Driver(graph(edges, retries))
    line = [each for each in run.wanted if isinstance(each, StartAttempt)]
    running: list[AttemptStarted] = []
    for _ in range(moment):
        if line and (not running or chance.random() < 0.5):
            wanted = line.pop(0)
            running.append(AttemptStarted(wanted.stage, wanted.attempt))
            run.play(running[-1])
        elif running:
            attempt = running.pop(chance.randrange(len(running)))
            end = plans[attempt.stage][attempt.attempt - 1]
            over = (
                AttemptSucceeded(attempt.stage, attempt.attempt, {})
                if end == "success"
                else AttemptFailed(attempt.stage, attempt.attempt, "broken", final=end == "abort")
            )
            line += [each for each in run.play(over) if isinstance(each, StartAttempt)]
    run.play(stop)
    for attempt in running:
        run.play(AttemptFailed(attempt.stage, attempt.attempt, "was killed"))
    assert run.state.unfinished == 0
    assert all(status.state in ENDED for _, status in run.state.stages())
    assert sum(isinstance(each, FinishRun) for each in run.wanted) == 1


def _wide_and_long(stages: int) -> Pipeline:
    """Half of it side by side, half of it a chain."""
    wide = stages // 2
    edges: dict[str, list[str]] = {"first": []}
    edges |= {f"w{n}": ["first"] for n in range(wide)}
    edges["join"] = [f"w{n}" for n in range(wide)]
    previous = "join"
    for n in range(stages - wide - 2):
        edges[f"c{n}"] = [previous]
        previous = f"c{n}"
    return graph(edges)


def _seconds_of(pipeline: Pipeline) -> float:
    begun = time.process_time()
    state, actions = begin(pipeline)
    line = [each for each in actions if isinstance(each, StartAttempt)]
    while line:
        wanted = line.pop()
        for event in succeed(wanted.stage):
            state, actions = advance(state, event)
            line += [each for each in actions if isinstance(each, StartAttempt)]
    assert state.unfinished == 0
    return time.process_time() - begun


def test_time_grows_with_the_number_of_stages_and_no_faster() -> None:
    small, large = (min(_seconds_of(pipeline) for _ in range(3)) for pipeline in map(_wide_and_long, (1_000, 10_000)))
    # Ten times the stages: about ten times as long, far from the hundred times of a scan for each event.
    assert large < 30 * small + 0.05
