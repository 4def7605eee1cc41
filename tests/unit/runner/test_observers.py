"""What people see of a run."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from portable_pipeline.outcome import StageState
from portable_pipeline.runner import RunBegan, StageChanged, observer_for, run_locally
from portable_pipeline.runner.live import Board, LiveView, most_telling
from portable_pipeline.runner.plain import PlainLines
from tests.unit.runner.pipelines import pipeline, stage

FAILED_ONCE = pipeline(
    """
    import os
    def flaky():
        if not os.path.exists("tried"):
            open("tried", "w").close()
            raise ValueError("not\\nyet")
    def broken():
        raise KeyError("x")
    """,
    stage("flaky", retries=1, delay=0.1),
    stage("broken", after=["flaky"]),
    stage("after", function="flaky", after=["broken"]),
)


def test_plain_lines_tell_the_whole_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stream = io.StringIO()
    outcome = run_locally(FAILED_ONCE, observer=observer_for(stream))
    lines = [re.sub(r"\d+\.\ds", "N", line).strip() for line in stream.getvalue().splitlines()]
    assert lines == [
        f"case: 3 stages, logs in {tmp_path}/.ppc/runs/{outcome.run_id}",
        "N  flaky: running",
        "N  flaky: attempt 1 of 2 failed, next attempt in N: ValueError: not",
        "N  flaky: running, attempt 2 of 2",
        "N  flaky: success (N)",
        "N  broken: running",
        "N  broken: failed: KeyError: 'x' (N)",
        "N  after: upstream failed",
    ]


def test_a_terminal_gets_a_view_and_is_left_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stream = io.StringIO()
    view = LiveView(Console(file=stream, force_terminal=True, width=100, height=30))
    run_locally(FAILED_ONCE, observer=view)
    shown = stream.getvalue()
    assert "broken" in shown
    # The cursor that was hidden is shown again, and the last thing drawn is erased.
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert shown.endswith("\x1b[2K")


def test_the_view_is_cleared_when_nothing_began() -> None:
    stream = io.StringIO()
    LiveView(Console(file=stream, force_terminal=True)).ended(None)
    assert stream.getvalue() == ""


def drawn(board: Board, height: int) -> list[str]:
    console = Console(file=io.StringIO(), width=60, height=height)
    options = console.options.update(height=height)
    return "".join(segment.text for segment in console.render(board, options)).splitlines()


def change(stage: str, state: StageState, **more: object) -> StageChanged:
    return StageChanged(stage, state, attempt=1, attempts=3, **more)  # type: ignore[arg-type]


def test_the_board_shows_states_attempts_and_times() -> None:
    board = Board(RunBegan("churn", "id", ("ingest", "train", "deploy"), Path("/runs/id")))
    board.put(change("ingest", "success", seconds=2.5))
    board.put(change("train", "up_for_retry", seconds=1.0, retry_seconds=4.0, error="ValueError: bad\nnews"))
    lines = [line.rstrip() for line in drawn(board, height=20)]
    assert re.fullmatch(r"churn .* 1/3 0s", lines[0])
    assert [line.split(maxsplit=3) for line in lines[1:4]] == [
        ["✓", "ingest", "2.5s", "success"],
        ["↻", "train", "1.0s", "attempt 1 of 3 failed, next attempt in 4.…"],
        ["·", "deploy", "queued"],
    ]
    assert lines[4] == "logs in /runs/id"


def test_a_stage_in_a_loop_is_shown_once_an_item() -> None:
    board = Board(RunBegan("churn", "id", ("train", "deploy"), Path("/runs/id")))
    for index in range(2):
        for each in range(2):
            board.put(change(f"train[{index}][{each}]", "success", seconds=1.0))
    lines = drawn(board, height=20)
    assert " 4/5 " in lines[0]
    shown = {line.split()[1] for line in lines[1:6]}
    assert shown == {"deploy", "train[0][0]", "train[0][1]", "train[1][0]", "train[1][1]"}


def test_a_low_terminal_shows_what_matters_and_counts_the_rest() -> None:
    ids = tuple(f"s{number}" for number in range(50))
    board = Board(RunBegan("churn", "id", ids, Path("/runs/id")))
    for id in ids[:20]:
        board.put(change(id, "success", seconds=1.0))
    board.put(change("s30", "failed", seconds=1.0))
    board.put(change("s40", "running", seconds=1.0))
    lines = drawn(board, height=8)
    assert len(lines) == 6
    assert [line.split()[1] for line in lines[1:4]] == ["s20", "s30", "s40"]
    assert lines[4].strip() == "and 27 queued, 20 success"


def test_running_and_failed_stages_come_before_the_others() -> None:
    states: list[StageState] = ["success", "queued", "failed", "running", "up_for_retry"]
    changes = [change(state, state) for state in states]
    assert most_telling(changes, 3) == {"running", "up_for_retry", "failed"}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "term", "kind"),
    [
        (io.StringIO(), "xterm", PlainLines),
        (_Terminal(), "dumb", PlainLines),
        (_Terminal(), "xterm", LiveView),
    ],
)
def test_where_output_goes_decides(stream: io.StringIO, term: str, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    assert type(observer_for(stream)) is kind
