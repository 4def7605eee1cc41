"""Hours of waits, timeouts and turns, by a clock that is turned by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portable_pipeline.ir import Pipeline, Retry
from portable_pipeline.ir import Stage as IrStage
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.report import run_page
from portable_pipeline.runner.observer import RunBegan, StageChanged
from portable_pipeline.store import Project
from tests.unit.runner.pipelines import collected, hook, item, loop, pipeline, result, stage
from tests.unit.runner.virtual import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Does,
    PowerCut,
    World,
    bad,
    ctrl_c,
    dies,
    good,
    power_cut,
    resume,
    run,
    terminated,
)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project(tmp_path / ".ppc")
    yield opened
    opened.close()


def again(id: str, retries: int, delay: float, **more: object) -> IrStage:
    """A stage that is tried again and again; `backoff`, `most` and `jitter` of the waits, all else of a stage."""
    most = more.pop("most", None)
    policy = Retry(
        retries=retries,
        delay=timedelta(seconds=delay),
        backoff=more.pop("backoff", 1.0),
        max_delay=None if most is None else timedelta(seconds=float(str(most))),
        jitter=more.pop("jitter", 0.0),
    )
    return stage(id, **more).model_copy(update={"retry": policy})  # type: ignore[arg-type]


def fails_until(attempt: int) -> Callable[[str, int], Does]:
    return lambda _, number: good() if number >= attempt else bad()


def states(outcome: RunOutcome) -> dict[str, str]:
    return {each.id: each.state for each in outcome.stages}


# ---- waits before retries


def test_hours_of_backoff_pass_in_milliseconds(project: Project) -> None:
    case = pipeline("", again("a", 9, MINUTE, backoff=3.0, most=4 * HOUR))
    world = World(fails_until(10))
    begun = time.process_time()
    outcome = run(case, world, project)
    assert time.process_time() - begun < 0.5
    assert (outcome.state, outcome.stages[0].attempts) == ("success", 10)
    # min(delay * backoff**(k - 1), max_delay), in seconds.
    assert world.waits("a") == [60, 180, 540, 1620, 4860, 14_400, 14_400, 14_400, 14_400]
    assert world.seconds == 64_860 + 10 * MINUTE > 18 * HOUR
    noted = [each.detail["seconds"] for each in project.history("run") if each.kind == "retry_waits"]
    assert noted == world.waits("a")


@pytest.mark.parametrize("chance", [0.0, 0.25, 1.0])
def test_jitter_adds_to_the_capped_wait(project: Project, chance: float) -> None:
    case = pipeline("", again("a", 3, HOUR, backoff=10.0, most=2 * HOUR, jitter=0.5))
    world = World(fails_until(4), chance=chance)
    run(case, world, project)
    assert world.waits("a") == [wait * (1 + 0.5 * chance) for wait in (HOUR, 2 * HOUR, 2 * HOUR)]


def test_a_wait_of_weeks_is_a_wait(project: Project) -> None:
    # A system refuses to wait for more than 24 days at once.
    case = pipeline("", again("a", 1, 40 * DAY), timeout=timedelta(days=100))
    world = World(fails_until(2))
    assert run(case, world, project).state == "success"
    assert world.waits("a") == [40 * DAY]


def test_waits_of_stages_pass_side_by_side(project: Project) -> None:
    case = pipeline("", *(again(name, 1, hours * HOUR) for name, hours in (("a", 3), ("b", 1), ("c", 2))))
    world = World(fails_until(2))
    run(case, world, project)
    assert [world.began_at(name) for name in "abc"] == [[0, hours * HOUR + MINUTE] for hours in (3, 1, 2)]


def test_whoever_watches_is_told_of_the_wait(project: Project) -> None:
    seen: list[tuple[float, str, int, float | None]] = []
    world = World(fails_until(2))

    class Watching:
        def began(self, run: RunBegan) -> None: ...

        def changed(self, change: StageChanged) -> None:
            seen.append((world.seconds, change.state, change.attempt, change.retry_seconds))
            # The time that it took goes on through the wait.
            assert change.seconds == (None if change.attempt == 0 else world.seconds)

        def ended(self, outcome: RunOutcome | None) -> None: ...

    run(pipeline("", again("a", 1, 5 * HOUR)), world, project, observer=Watching())
    due = 5 * HOUR + MINUTE
    assert seen == [
        (0, "running", 1, None),
        (MINUTE, "up_for_retry", 1, 5 * HOUR),
        (due, "queued", 1, None),
        (due, "running", 2, None),
        (due + MINUTE, "success", 2, None),
    ]


@pytest.mark.parametrize(("does", "attempts"), [(bad(), 3), (bad(abort=True), 1), (dies(), 3)])
def test_what_is_tried_again(project: Project, does: Does, attempts: int) -> None:
    world = World(lambda *_: does)
    outcome = run(pipeline("", again("a", 2, HOUR)), world, project)
    assert (outcome.state, outcome.stages[0].attempts) == ("failed", attempts)
    assert world.waits("a") == [HOUR] * (attempts - 1)


# ---- timeouts


def test_each_attempt_has_the_whole_timeout(project: Project) -> None:
    case = pipeline("", again("a", 2, HOUR, timeout=2 * HOUR))
    world = World(lambda _, number: good(7 * HOUR if number < 3 else 1.5 * HOUR))
    outcome = run(case, world, project)
    assert (outcome.state, world.began_at("a")) == ("success", [0, 3 * HOUR, 6 * HOUR])
    assert [each.how for each in world.of("a")] == ["timeout", "timeout", "success"]
    assert world.seconds == 7.5 * HOUR
    assert [each.error for each in project.attempts("run")] == ["timed out after 2:00:00"] * 2 + [None]


def test_the_time_of_the_run_ends_what_runs_and_what_waits(project: Project) -> None:
    case = pipeline(
        "",
        stage("runs"),
        again("waits", 5, 10 * HOUR),
        stage("next", after=["runs"]),
        on_exit=hook("told"),
        timeout=timedelta(hours=6),
    )
    ends = {"runs": good(8 * HOUR), "waits": bad(HOUR), "on_exit": good(4 * MINUTE)}
    world = World(lambda name, _: ends[name])
    outcome = run(case, world, project)
    assert (outcome.state, outcome.error) == ("failed", "the run timed out after 6:00:00")
    assert states(outcome) == {"runs": "failed", "waits": "cancelled", "next": "cancelled"}
    assert [(each.ended, each.how) for each in world.of("runs")] == [(6 * HOUR + SECOND, "killed")]
    # Its hook is called then, and its time is no business of the run's.
    assert world.began_at("on_exit") == [6 * HOUR + SECOND]
    assert world.seconds == 6 * HOUR + 4 * MINUTE + SECOND


def test_a_retry_that_is_due_when_the_time_is_up_does_not_start(project: Project) -> None:
    case = pipeline("", again("a", 1, HOUR - MINUTE), timeout=timedelta(hours=1))
    world = World(fails_until(2))
    assert run(case, world, project).state == "failed"
    assert (world.began_at("a"), world.seconds) == ([0], HOUR)


def test_a_run_in_time_does_not_wait_for_its_timeout(project: Project) -> None:
    case = pipeline("", again("a", 1, HOUR), timeout=timedelta(hours=30))
    world = World(fails_until(2))
    assert run(case, world, project).state == "success"
    assert world.seconds == HOUR + 2 * MINUTE


# ---- turns


def test_no_more_attempts_at_once_than_there_is_room_for(project: Project) -> None:
    case = pipeline("", *(stage(f"s{number}") for number in range(10)))
    world = World(lambda *_: good(HOUR))
    run(case, world, project, room=3)
    assert world.most_at_once() == 3
    assert sorted(each.began for each in world.spans.values()) == [0] * 3 + [HOUR] * 3 + [2 * HOUR] * 3 + [3 * HOUR]


def test_who_waits_for_a_retry_has_no_place(project: Project) -> None:
    case = pipeline("", again("a", 1, 2 * HOUR), stage("b", after=[]), stage("c"))
    world = World(lambda name, number: bad() if (name, number) == ("a", 1) else good(HOUR))
    run(case, world, project, room=1)
    # `a` is due while `c` has the place: it is next, and not before.
    assert (world.began_at("b"), world.began_at("c")) == ([MINUTE], [MINUTE + HOUR])
    assert world.began_at("a") == [0, MINUTE + 2 * HOUR]
    assert world.most_at_once() == 1


def test_items_keep_their_place_in_a_loop_while_they_wait(project: Project) -> None:
    case = pipeline(
        "",
        again("a", 1, 5 * HOUR, block="loop", takes={"x": item("loop")}),
        stage("b", block="loop", after=["a"]),
        stage("all", takes={"xs": collected("loop", result("a"))}),
        blocks=(loop("loop", limit=2, x=[1, 2, 3, 4]),),
    )
    world = World(lambda name, number: bad() if (name, number) == ("a[0]", 1) else good(HOUR, 0))
    outcome = run(case, world, project)
    assert outcome.state == "success"
    # The first item waits for five hours; the others take turns beside it.
    assert world.began_at("a[0]") == [0, MINUTE + 5 * HOUR]
    assert [world.began_at(f"a[{n}]") for n in (1, 2, 3)] == [[0], [2 * HOUR], [4 * HOUR]]
    assert [world.began_at(f"b[{n}]") for n in (1, 2, 3)] == [[HOUR], [3 * HOUR], [5 * HOUR]]
    assert world.began_at("all") == [MINUTE + 6 * HOUR]


# ---- failure


def test_a_stand_in_starts_when_the_last_retry_has_failed_and_hooks_are_told_then(project: Project) -> None:
    case = pipeline(
        "",
        again("primary", 2, 2 * HOUR, backoff=2.0, fallback="spare", on_failure=hook("alert")),
        stage("spare", stands_in_for="primary"),
        stage("last", takes={"of": result("primary")}),
        stage("other"),
        on_failure=hook("alert"),
        on_exit=hook("told"),
    )
    hooks = {"on_failure of primary": good(4 * MINUTE), "on_exit": good(2 * MINUTE)}
    world = World(lambda name, _: bad() if name == "primary" else hooks.get(name, good()))
    outcome = run(case, world, project, room=1)
    assert (outcome.state, outcome.degraded) == ("success", True)
    failed = 6 * HOUR + 3 * MINUTE
    assert world.of("primary")[-1].ended == failed
    # An alert has a place of its own; nothing waits for it but the end of the run.
    assert world.began_at("spare") == world.began_at("on_failure of primary") == [failed]
    assert world.began_at("last") == [failed + MINUTE]
    assert world.began_at("on_exit") == [failed + 4 * MINUTE]
    assert "on_failure" not in {name for name, _ in world.spans}
    assert world.seconds == failed + 6 * MINUTE


def test_hooks_take_turns_as_well(project: Project) -> None:
    failing = (stage(f"s{number}", on_failure=hook("alert")) for number in range(5))
    world = World(lambda name, _: good(4 * MINUTE) if "on_failure" in name else bad())
    run(pipeline("", *failing), world, project, room=2)
    hooks = {f"on_failure of s{number}" for number in range(5)}
    # Beside the stages, of which there are two at once as well.
    assert sorted(began for each in hooks for began in world.began_at(each)) == [
        *[MINUTE] * 2,
        *[5 * MINUTE] * 2,
        9 * MINUTE,
    ]


def test_a_hook_that_takes_hours_has_its_time(project: Project) -> None:
    world = World(lambda *_: good(3 * HOUR))
    outcome = run(pipeline("", stage("a"), on_exit=hook("told")), world, project)
    assert (outcome.state, world.seconds) == ("success", 3 * HOUR + 5 * MINUTE)
    assert outcome.hook_errors == ("on_exit failed: timed out after 0:05:00",)


# ---- interruptions


@pytest.fixture(params=[ctrl_c, terminated], ids=["stopped", "cancelled"])
def interruption(request: pytest.FixtureRequest) -> Callable[[], None]:
    told: Callable[[], None] = request.param
    return told


def test_a_run_that_is_ended_while_it_waits_ends_at_once(project: Project, interruption: Callable[[], None]) -> None:
    case = pipeline("", again("a", 5, 10 * HOUR), stage("b", after=["a"]), on_exit=hook("told"))
    world = World(lambda name, _: bad() if name == "a" else good(), [(3 * HOUR, interruption)])
    outcome = run(case, world, project)
    assert (outcome.state, states(outcome)) == ("cancelled", {"a": "cancelled", "b": "cancelled"})
    assert (world.began_at("a"), world.began_at("on_exit")) == ([0], [3 * HOUR])
    assert world.seconds == 3 * HOUR + MINUTE


def test_ctrl_c_lets_attempts_end_and_tries_none_again(project: Project) -> None:
    case = pipeline("", again("a", 5, MINUTE), stage("b"), stage("c", after=["b"]))
    world = World(lambda name, _: bad(5 * HOUR) if name == "a" else good(9 * HOUR), [(HOUR, ctrl_c)])
    outcome = run(case, world, project)
    assert states(outcome) == {"a": "cancelled", "b": "success", "c": "cancelled"}
    assert (world.most_at_once({"a"}), world.began_at("a"), world.seconds) == (1, [0], 9 * HOUR)


def test_a_second_ctrl_c_does_not_wait(project: Project) -> None:
    world = World(lambda *_: good(9 * HOUR), [(HOUR, ctrl_c), (2 * HOUR, ctrl_c)])
    outcome = run(pipeline("", stage("a")), world, project)
    assert (states(outcome), world.seconds) == ({"a": "cancelled"}, 2 * HOUR + SECOND)


def test_what_ends_while_it_is_killed_has_ended(project: Project) -> None:
    stubborn = Does(2 * HOUR + 0.5 * SECOND)
    world = World(lambda *_: stubborn, [(2 * HOUR, terminated)])
    outcome = run(pipeline("", stage("a"), stage("b", after=["a"])), world, project)
    assert (outcome.state, states(outcome)) == ("cancelled", {"a": "success", "b": "cancelled"})


# ---- runs that go on


def interrupted(case: Pipeline, project: Project, script: Callable[[str, int], Does], after: float) -> World:
    """A run whose process is gone after so many seconds."""
    world = World(script, [(after, power_cut)])
    with pytest.raises(PowerCut):
        run(case, world, project)
    assert project.run("run").state == "interrupted"
    return world


def test_a_run_that_goes_on_does_not_wait_for_the_rest_of_a_wait(project: Project) -> None:
    case = pipeline("", stage("done"), again("a", 2, 10 * HOUR, backoff=2.0))
    script = lambda name, _: good() if name == "done" else bad()  # noqa: E731
    before = interrupted(case, project, script, 15 * HOUR)
    assert (before.began_at("a"), before.waits("a")) == ([0, 10 * HOUR + MINUTE], [10 * HOUR])
    world = World(script, began=5.0)
    outcome = resume(case, world, project)
    # Retries are counted anew: an attempt at once, then both waits from the first one on. Attempts are numbered on.
    assert (world.began_at("a")[0], world.waits("a")) == (0, [10 * HOUR, 20 * HOUR])
    assert (outcome.state, world.of("done")) == ("failed", [])
    numbers = [(each.number, each.session, each.state) for each in project.attempts("run") if each.stage == "a"]
    assert numbers == [(number, 1 if number < 3 else 2, "failed") for number in (1, 2, 3, 4, 5)]


def test_the_time_of_a_run_that_goes_on_begins_anew(project: Project) -> None:
    case = pipeline("", stage("a"), stage("b", after=["a"]), timeout=timedelta(hours=10))
    interrupted(case, project, lambda *_: good(6 * HOUR), 8 * HOUR)
    world = World(lambda *_: good(9 * HOUR))
    outcome = resume(case, world, project)
    assert (outcome.state, list(world.spans)) == ("success", [("b", 1)])


def test_an_attempt_that_was_cut_off_counts_as_cancelled(project: Project) -> None:
    case = pipeline("", again("a", 1, HOUR))
    interrupted(case, project, lambda *_: good(6 * HOUR), HOUR)
    world = World(lambda *_: good())
    assert resume(case, world, project).state == "success"
    assert [(each.number, each.state) for each in project.attempts("run")] == [(1, "cancelled"), (2, "success")]


# ---- clocks on the wall


IDS = ("id-still", "id-moved")


@pytest.mark.parametrize("jumps", [(-5 * HOUR,), (5 * HOUR,), (-3 * DAY, 2 * DAY), (90 * DAY, -90 * DAY)])
def test_a_clock_that_is_set_changes_no_wait(project: Project, jumps: tuple[float, ...]) -> None:
    case = pipeline(
        "",
        again("a", 3, 2 * HOUR, backoff=2.0, timeout=HOUR),
        stage("b", after=["a"]),
        timeout=timedelta(hours=30),
    )

    def script(name: str, number: int) -> Does:
        return good(9 * HOUR if (name, number) == ("a", 1) else 30 * MINUTE) if number != 2 else bad()

    still = World(script)
    run(case, still, project, id="id-still")
    # In a wait, and while an attempt runs.
    world = World(
        script,
        [((1.5 + 0.5 * n) * HOUR + 7, lambda by=by: world.jump(by)) for n, by in enumerate(jumps)],  # type: ignore[misc]
    )
    outcome = run(case, world, project, id="id-moved")
    assert outcome.state == "success"
    assert world.spans == still.spans
    told = [[(each.kind, each.subject) for each in project.history(id)] for id in IDS]
    assert told[0] == told[1]
    # What is written down says the same, and what people are shown of it.
    took = [[(each.stage, each.number, each.began, each.ended) for each in project.attempts(id)] for id in IDS]
    assert took[0] == took[1]
    assert project.run("id-moved").seconds == project.run("id-still").seconds == world.seconds
    pages = [run_page(project, project.run(id), world.wall()).replace(id, "") for id in IDS]
    assert pages[0] == pages[1]


def test_a_run_that_goes_on_before_it_began_is_told_in_order(project: Project) -> None:
    case = pipeline("", again("a", 2, HOUR), stage("b", after=["a"]))
    interrupted(case, project, lambda *_: bad(), 1.5 * HOUR)
    world = World(lambda *_: good())
    world.jump(-300 * DAY)
    assert resume(case, world, project).state == "success"
    found = [(each.stage, each.number, each.session) for each in project.attempts("run")]
    assert found == [("a", 1, 1), ("a", 2, 1), ("a", 3, 2), ("b", 1, 2)]
    page = run_page(project, project.run("run"), world.wall())
    assert not re.search(r">[^<]*-\d+(\.\d+)? (ms|s|min|h|d)\b", page)
