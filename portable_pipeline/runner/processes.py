"""What a run needs of the processes that do its attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Processes(Protocol):
    """All processes of one run; `Servers` are real ones."""

    def start(self, name: str, job: Mapping[str, Any]) -> None:
        """Have a job done.

        Args:
            name: Tells the answer; no other job under way has it. If no process can be started, that says so.
        """

    def kill(self, name: str) -> None:
        """End a job; there will be an answer."""

    def watch(self, descriptor: int) -> None:
        """Let `answers` return as soon as that can be read."""

    def answers(self, seconds: float | None) -> dict[str, dict[str, Any]]:
        """What has been answered, by name; waits at most so long for the first one."""

    def end(self) -> None:
        """End all of them, whatever they do."""
