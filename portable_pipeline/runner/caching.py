"""Stages with `cache=True` in one run (K1): what is looked up for them, and what they leave for later runs.

Whether there is an earlier success is asked at once. What proves its artifacts, and copies them, reads files as long as
they are: threads do that, and the run goes on meanwhile.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portable_pipeline.instances import split_id
from portable_pipeline.ir import Pipeline
from portable_pipeline.runner.bindings import RunValues
from portable_pipeline.runner.cache_keys import CacheKeys
from portable_pipeline.runner.messages import AttemptSucceeded, Event, StageCached, StartAttempt
from portable_pipeline.runner.taking_over import Stopped, taken_over
from portable_pipeline.runtime.artifacts import is_reference
from portable_pipeline.store import Journal, Project
from portable_pipeline.store.cached import Success, successes

_THREADS = 4


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether one of these successes will do for a stage.

    Args:
        outputs: Addresses of this run by name.
    """

    wanted: StartAttempt
    found: list[Success]
    outputs: Mapping[str, str]


class Caching:
    """The cached stages of one run.

    Args:
        values: Of the run.
        fresh: Ids of stages, without indices, that are executed whatever there is.
        python: The interpreter of the attempts; ours if None.
        watch: Takes a file descriptor that can be read when there are answers.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        values: RunValues,
        *,
        run_id: str,
        project: Project,
        journal: Journal,
        fresh: Collection[str],
        python: Path | None,
        watch: Callable[[int], None],
    ) -> None:
        self._stages = {stage.id: stage for stage in pipeline.stages if stage.cache}
        self._values = values
        self._run_id = run_id
        self._project = project
        self._journal = journal
        self._fresh = fresh
        self._make_keys = CacheKeys(pipeline, python)
        self._keys: dict[str, str] = {}
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._answers: deque[StageCached | StartAttempt | Exception] = deque()
        self._threads: list[threading.Thread] = []
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        watch(self._woken)
        self._gate = _Gate()

    def claims(self, wanted: StartAttempt) -> bool:
        """Whether to wait for an answer before this attempt is started.

        Raises:
            Refused: If the runs cannot be read.
        """
        name, path = split_id(wanted.stage)
        stage = self._stages.get(name)
        if stage is None or wanted.attempt > 1:
            return False
        outputs = self._values.outputs(stage, path)
        self._keys[wanted.stage] = key = self._make_keys.key(stage, self._values.inputs(stage, path), outputs)
        found = [] if name in self._fresh else successes(self._project, key, but=self._run_id)
        if not found:
            return False
        if not outputs:
            self._tell(StageCached(wanted.stage, found[0].origin, found[0].returned))
            return True
        # One whose artifacts are at these addresses need not be copied.
        found.sort(key=lambda each: _addresses(each) != outputs)
        self._questions.put(_Question(wanted, found, outputs))
        if len(self._threads) < _THREADS:
            self._threads.append(threading.Thread(target=self._work, name="cache", daemon=True))
            self._threads[-1].start()
        return True

    def answers(self) -> Iterator[StageCached | StartAttempt]:
        """What became of attempts that were claimed: not needed, or to be started."""
        while self._answers:
            answer = self._answers.popleft()
            if isinstance(answer, Exception):
                raise answer
            yield answer

    def note(self, event: Event) -> None:
        """Let later runs take over what has just succeeded; call it when the journal has the event."""
        if isinstance(event, AttemptSucceeded | StageCached) and event.stage in self._keys:
            origin = event.origin if isinstance(event, StageCached) else None
            self._journal.cached(event.stage, self._keys[event.stage], origin)

    def stop(self) -> None:
        """Answer nothing any more; what is under way changes no address from now on."""
        self._gate.close()
        self._answers.clear()

    def close(self) -> None:
        """Let go of everything."""
        self.stop()
        for _ in self._threads:
            self._questions.put(None)
        os.close(self._woken)
        os.close(self._wake)

    def _work(self) -> None:
        with suppress(Stopped):
            while (question := self._questions.get()) is not None:
                self._tell(self._answer(question))

    def _tell(self, answer: StageCached | StartAttempt | Exception) -> None:
        with self._gate.held(), suppress(BlockingIOError):
            self._answers.append(answer)
            os.write(self._wake, b"\0")

    def _answer(self, question: _Question) -> StageCached | StartAttempt | Exception:
        try:
            for each in question.found:
                values = taken_over(each.returned, question.outputs, self._gate)
                if values is not None:
                    return StageCached(question.wanted.stage, each.origin, values)
        except Stopped:
            raise
        except Exception as error:  # a bug of ours: the run must hear of it, or it would wait for ever
            return error
        return question.wanted


def _addresses(success: Success) -> dict[str, Any]:
    returned: Mapping[str, Any] = success.returned
    return {name: value["uri"] for name, value in returned.items() if is_reference(value)}


class _Gate:
    """Open until the run wants no more answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = True

    def close(self) -> None:
        with self._lock:
            self._open = False

    def check(self) -> None:
        if not self._open:
            raise Stopped

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._lock:
            self.check()
            yield
