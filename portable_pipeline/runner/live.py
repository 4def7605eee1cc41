"""A run on a terminal, while it goes on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from portable_pipeline.outcome import RunOutcome, StageState
from portable_pipeline.runner.observer import RunBegan, StageChanged
from portable_pipeline.runner.plain import described
from portable_pipeline.runner.states import ENDED

#: How each state looks; when a terminal has not lines enough, those that come first here are shown first.
_LOOKS: dict[StageState, tuple[str, str]] = {
    "running": ("▶", "cyan"),
    "up_for_retry": ("↻", "yellow"),
    "failed": ("✗", "bold red"),
    "upstream_failed": ("⊘", "red"),
    "cancelled": ("⊘", "magenta"),
    "skipped": ("-", "dim"),
    "queued": ("·", "dim"),
    "success": ("✓", "green"),
}
_REFRESHES_PER_SECOND = 8
_LINES_AROUND = 5
_LONGEST_NAME = 40


class LiveView:
    """Shows all stages with their states, attempts and times; is gone when the run has ended.

    Args:
        console: Of a terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def began(self, run: RunBegan) -> None:
        """Begin to show the run."""
        self._board = Board(run)
        self._live = Live(self._board, console=self._console, refresh_per_second=_REFRESHES_PER_SECOND, transient=True)
        self._live.start()

    def changed(self, change: StageChanged) -> None:
        """Show it with the next refresh."""
        self._board.put(change)

    def ended(self, outcome: RunOutcome | None) -> None:
        """Clear the screen of it."""
        if self._live is not None:
            self._live.stop()
            self._live = None


class Board:
    """What the view shows, drawn anew at each refresh so that times go on."""

    def __init__(self, run: RunBegan) -> None:
        self._run = run
        self._began = time.monotonic()
        # The moment of each change, from which times go on.
        self._stages = {
            stage: (StageChanged(stage, "queued", attempt=0, attempts=0), self._began) for stage in run.stages
        }

    def put(self, change: StageChanged) -> None:
        """Take note of a change; a stage in a loop is told of once an item, and not as such any more."""
        at = change.stage.rfind("[")
        while at > 0:
            self._stages.pop(change.stage[:at], None)
            at = change.stage.rfind("[", 0, at)
        self._stages[change.stage] = change, time.monotonic()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        now = time.monotonic()
        known = list(self._stages.values())
        done = sum(change.state in ENDED for change, _ in known)
        head = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(len(known), 1), completed=done, width=30)
        head.add_row(Text(self._run.pipeline, "bold"), bar, f"{done}/{len(known)}", f"{now - self._began:.0f}s")
        yield head
        room = max(options.max_height - _LINES_AROUND, 3)
        shown = most_telling([change for change, _ in known], room)
        yield self._table([(change, since) for change, since in known if change.stage in shown], now)
        if len(shown) < len(known):
            yield Text(_counted(change.state for change, _ in known if change.stage not in shown), "dim")
        yield Text(f"logs in {self._run.folder}", "dim", overflow="ellipsis", no_wrap=True)

    @staticmethod
    def _table(rows: Sequence[tuple[StageChanged, float]], now: float) -> Table:
        longest = max((len(change.stage) for change, _ in rows), default=0)
        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column(width=1)
        table.add_column(width=min(longest, _LONGEST_NAME), no_wrap=True, overflow="ellipsis")
        table.add_column(width=8, justify="right")
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        for change, since in rows:
            mark, style = _LOOKS[change.state]
            spent = change.seconds
            if spent is not None and change.state not in ENDED:
                spent += now - since
            elapsed = "" if spent is None else f"{spent:.1f}s"
            table.add_row(Text(mark, style), change.stage, elapsed, Text(described(change), style))
        return table


def most_telling(changes: Iterable[StageChanged], room: int) -> set[str]:
    """The ids of as many stages as there is room for: what runs and what went wrong before what waits or is done."""
    rank = {state: place for place, state in enumerate(_LOOKS)}
    return {change.stage for change in sorted(changes, key=lambda change: rank[change.state])[:room]}


def _counted(states: Iterable[StageState]) -> str:
    counts = Counter(states)
    return "and " + ", ".join(f"{counts[state]} {state.replace('_', ' ')}" for state in _LOOKS if counts[state])
