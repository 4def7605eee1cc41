"""The runs of a backfill: each a `ppc run` or `ppc resume` of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portable_pipeline.cli.outcome_table import named
from portable_pipeline.runner.backfilling import Due
from portable_pipeline.store.locks import RunLock

_PPC = (sys.executable, "-c", "from portable_pipeline.cli import main; main()")
_DONE = {"done": "success", "running": "running"}


class Backfill:
    """Processes under way.

    Args:
        arguments: Of `ppc run`: the pipeline and its parameters.
        say: Takes a line for each run that has ended.
        lock: Held by the runs as well, whatever becomes of this process.
        cache: Whether stages may take over what earlier runs have left.
    """

    def __init__(
        self, arguments: Sequence[str], project: Path, say: Callable[[str], None], lock: RunLock, *, cache: bool
    ) -> None:
        self._arguments = arguments
        self._project = project
        self._say = say
        self._lock_file = lock.fileno()
        self._flags = [] if cache else ["--no-cache"]
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False
        self._lock = threading.Lock()

    def executed(self, wanted: Sequence[Due], at_once: int) -> list[dict[str, Any]]:
        """Run what has to be run, in order; how each fire time stands then.

        Ctrl-C and SIGTERM let no further run begin and reach those that run: the rest is `cancelled`.

        Args:
            at_once: How many runs at most at the same time.
        """
        with self._interruptible(), ThreadPoolExecutor(at_once) as places:
            ended = [places.submit(self._one, each) for each in wanted]
            return [each.result() for each in ended]

    def _one(self, due: Due) -> dict[str, Any]:
        found: dict[str, Any] = {
            "moment": due.moment.isoformat(),
            "run_id": due.run,
            "state": _DONE.get(due.need, "cancelled"),
        }
        note = {"done": " (before)", "running": " (in another process)"}.get(due.need, "")
        if due.need in ("run", "resume"):
            found |= self._process(due)
        if "cached" in found:
            note = f", cached: {named(list(found['cached']))}"
        self._say(f"{due.moment:%Y-%m-%d %H:%M}  {found['run_id'] or '-':23}  {found['state']}{note}")
        return found

    def _process(self, due: Due) -> dict[str, Any]:
        given = ["resume", str(due.run)] if due.need == "resume" else ["run", *self._arguments]
        given += [] if due.need == "resume" else ["--date", due.moment.isoformat()]
        with self._lock:
            if self._stopped:
                return {}
            process = subprocess.Popen(
                [*_PPC, *given, *self._flags, "--project", str(self._project), "--output-format", "json"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                pass_fds=[self._lock_file],
            )
            self._running.add(process)
        out, err = process.communicate()
        with self._lock:
            self._running.discard(process)
        try:
            outcome = json.loads(out)
        except ValueError:
            return {"state": "failed", "error": err.strip().splitlines()[-1] if err.strip() else "it was killed"}
        told = {name: outcome[name] for name in ("run_id", "state", "error", "degraded") if name in outcome}
        cached = {stage["id"]: stage["cached"] for stage in outcome.get("stages", ()) if "cached" in stage}
        told |= {"cached": cached} if cached else {}
        if "run_id" not in told and outcome.get("diagnostics"):
            told["error"] = outcome["diagnostics"][0]["message"]
        return told

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        def interrupted(number: int, _: object) -> None:
            self._stopped = True
            for process in list(self._running):
                # A terminal has told them of Ctrl-C already.
                if number != signal.SIGINT or not sys.stdin.isatty():
                    process.send_signal(number)

        before = {number: signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
