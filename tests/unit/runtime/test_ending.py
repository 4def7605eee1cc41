"""A block that no attempt outlives: what a flow whose tasks run in threads relies on."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.runtime.ending import ending_attempts, has_ended, run_in_block
from portable_pipeline.runtime.errors import StageCancelled, StageError, StageKilled, StageNotBegun
from tests.unit.runtime.conftest import Stages, alive, written_pid

SLEEPS = """
import os, time
def stage(path: str):
    with open(path, "w") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(300)
def quick() -> int:
    return 1
"""


class Interrupted(Exception):
    pass


def no_network(error: BaseException) -> bool:
    raise ConnectionError


@pytest.mark.parametrize(
    ("is_cancelled", "told"),
    [
        (None, StageKilled),
        (lambda error: isinstance(error, Interrupted), StageCancelled),
        (lambda error: not isinstance(error, Interrupted), StageKilled),
        (no_network, StageKilled),
    ],
    ids=["interrupted", "cancelled", "not cancelled", "nobody knows"],
)
def test_leaving_the_block_ends_the_attempts_of_all_its_threads(
    stages: Stages, tmp_path: Path, is_cancelled: Callable[[BaseException], bool] | None, told: type[StageError]
) -> None:
    stages.write(SLEEPS)
    ended: list[type[BaseException]] = []

    def work(path: Path) -> None:
        try:
            run_in_block(stages.attempt(path=str(path)))
        except StageKilled as killed:
            ended.append(type(killed))

    pids = [tmp_path / "one", tmp_path / "two"]
    with pytest.raises(Interrupted), ending_attempts(is_cancelled):
        threads = [threading.Thread(target=contextvars.copy_context().run, args=(work, pid)) for pid in pids]
        for thread in threads:
            thread.start()
        running = [written_pid(pid) for pid in pids]
        raise Interrupted
    for thread in threads:
        thread.join(timeout=5)
    assert ended == [told, told]
    assert not any(alive(pid) for pid in running)


def test_an_attempt_that_comes_late_does_not_begin(stages: Stages, tmp_path: Path) -> None:
    stages.write(SLEEPS)
    with ending_attempts():
        context = contextvars.copy_context()
        assert run_in_block(stages.attempt("quick")) == {"result": 1}
    with pytest.raises(StageNotBegun, match=r"stage `.*` was not begun: the run has ended"):
        context.run(run_in_block, stages.attempt(path=str(tmp_path / "late")))
    assert not (tmp_path / "late").exists()


def test_whoever_is_ended_may_return_what_its_engine_has_for_it(stages: Stages, tmp_path: Path) -> None:
    stages.write(SLEEPS)
    returned: list[object] = []

    def work() -> None:
        returned.append(run_in_block(stages.attempt(path=str(tmp_path / "pid"))))

    with (
        pytest.raises(Interrupted),
        ending_attempts(lambda error: isinstance(error, Interrupted), lambda message: {"state": message}),
    ):
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.copy().run, args=(work,))
        thread.start()
        written_pid(tmp_path / "pid")
        raise Interrupted
    thread.join(timeout=5)
    context.run(work)
    assert [each["state"].partition("` ")[2] for each in returned if isinstance(each, dict)] == [
        "was cancelled: the run has ended",
        "was not begun: the run has ended",
    ]


def test_who_wants_to_begin_something_can_ask_whether_the_block_has_ended() -> None:
    assert not has_ended()
    with ending_attempts():
        context = contextvars.copy_context()
        assert not context.run(has_ended)
    assert context.run(has_ended)
    assert not has_ended()


def test_outside_of_a_block_an_attempt_is_on_its_own(stages: Stages) -> None:
    stages.write(SLEEPS)
    with ending_attempts():
        pass
    assert run_in_block(stages.attempt("quick")) == {"result": 1}
