"""What `run` and `verify` share: the generated files of a pipeline, in front of a target's engine."""

from __future__ import annotations

import signal
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portable_pipeline.backend import Backend
from portable_pipeline.codegen.writing import Change, write
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.run import run_on_engine
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import Verified, verify
from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome


def verified(pipeline: Pipeline, target: Backend, degrade: Collection[str]) -> Verified:
    """The engine's view of the pipeline, compared with the pipeline.

    Raises:
        Refused: If the target refuses the pipeline, or its engine does not work.
    """
    with _ready(pipeline, target, degrade, _silent) as (session, folder):
        return verify(session, pipeline, folder)


def executed(  # noqa: PLR0917 - as the options of the command
    pipeline: Pipeline,
    target: Backend,
    degrade: Collection[str],
    parameters: Mapping[str, Any],
    date: str | None,
    say: Callable[[str], None],
) -> RunOutcome:
    """A run of the pipeline on the target's engine.

    Args:
        say: Takes a line when something begins that takes its time.

    Raises:
        Refused: If the target refuses the pipeline, or its engine does not work.
    """
    say(f"{target.title} {target.engine.version}: starting")
    with _ready(pipeline, target, degrade, say) as (session, folder):
        say(f"{target.title} {target.engine.version}: running {pipeline.name}")
        return run_on_engine(session, pipeline, folder, parameters, date=date)


def _silent(line: str) -> None:
    """Nobody wants to know."""


@contextmanager
def _ready(
    pipeline: Pipeline, target: Backend, degrade: Collection[str], say: Callable[[str], None]
) -> Iterator[tuple[Session, Path]]:
    files = compile_pipeline(pipeline, target, degrade)
    with _terminated_like_interrupted(), Session(target, pipeline.packages, say) as session:
        write(session.generated, [Change(each.path, None, each.text) for each in files])
        yield session, session.generated


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Have SIGTERM unwind as Ctrl-C does: an engine that nobody waits for any more must not live on."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
