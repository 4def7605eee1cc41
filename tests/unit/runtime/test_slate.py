"""What two processes note down for each other without waking one another."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from portable_pipeline.runtime.slate import Slate


def in_another_process(work: Callable[[], object]) -> None:
    process = os.fork()
    if process == 0:
        work()
        os._exit(0)
    assert os.waitpid(process, 0)[1] == 0


def seen(slate: Slate) -> dict[str, object]:
    return {
        "taken": slate.is_taken(),
        "begun": slate.has_begun(),
        "answering": slate.is_answering(),
        "waiting": slate.is_waiting(),
        "heard": slate.is_heard(),
        "done": slate.done(),
        "log": slate.log(),
    }


NOTHING = {"taken": False, "begun": False, "answering": False, "waiting": False, "heard": False, "done": 0, "log": None}


def test_there_is_nothing_on_a_new_one() -> None:
    assert seen(Slate()) == NOTHING


def test_both_see_each_step_of_a_job() -> None:
    slate = Slate()
    steps: tuple[tuple[Callable[[], None], dict[str, object]], ...] = (
        (slate.wait, {"waiting": True}),
        (slate.take, {"waiting": False, "taken": True}),
        (lambda: slate.begin("/the/log"), {"begun": True, "log": "/the/log"}),
        (lambda: slate.answer(True), {"answering": True}),
        (slate.end, {"answering": False, "taken": False, "begun": False, "done": 1}),
        (slate.wait, {"waiting": True}),
        (slate.take, {"waiting": False, "taken": True}),
        # It has died before it began, and somebody else takes the job.
        (slate.take, {}),
        (lambda: slate.begin("/a"), {"begun": True, "log": "/a"}),
        (lambda: slate.answer(False), {}),
        (slate.end, {"taken": False, "begun": False, "done": 2}),
    )
    expected: dict[str, object] = {**NOTHING}
    for step, change in steps:
        in_another_process(step)
        expected |= change
        assert seen(slate) == expected


def test_only_the_server_decides_whether_it_hears() -> None:
    slate = Slate()
    slate.hear(True)
    for step in (slate.wait, slate.take, lambda: slate.begin("/log"), slate.end):
        in_another_process(step)
        assert slate.is_heard()
    slate.hear(False)
    assert not slate.is_heard()


@pytest.mark.parametrize("log", ["/" + "x" * 4095, "/ordner/übung/日本.log", ""], ids=["longest", "unicode", "empty"])
def test_a_log_may_stand_anywhere(log: str) -> None:
    slate = Slate()
    slate.take()
    slate.begin("/a/longer/one/before/it.log")
    slate.begin(log)
    assert slate.log() == log


def test_a_job_that_the_server_has_answered_itself_counts() -> None:
    slate = Slate()
    slate.end()
    slate.take()
    slate.begin("/log")
    assert (slate.done(), slate.is_taken(), slate.has_begun()) == (1, True, True)
