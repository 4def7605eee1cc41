"""The local runner as one of the engines under test."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from portable_pipeline.engines.overlay import python_with
from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.runner import run_locally
from tests.contract.rules import LOCAL, RUN_WITHIN

#: As many attempts at once as any case needs, whatever the machine has.
MAX_PARALLEL = 4


class Local:
    """Runs pipelines here, without compiling them."""

    name = LOCAL

    def __init__(self, folder: Path) -> None:
        self._folder = folder / LOCAL

    def prepare(self, pipeline: Pipeline, degrade: Collection[str] = ()) -> None:
        """Nothing comes before a run."""

    def run(
        self, pipeline: Pipeline, parameters: Mapping[str, Any], date: str | None, degrade: Collection[str]
    ) -> RunOutcome:
        """Run it."""
        # A run that would never end is cancelled, as by `ppc cancel`, and fails its test.
        patience = threading.Timer(RUN_WITHIN.total_seconds(), os.kill, (os.getpid(), signal.SIGTERM))
        patience.daemon = True
        patience.start()
        try:
            return run_locally(
                pipeline,
                parameters,
                date=date,
                python=python_with(pipeline.packages),
                max_parallel=MAX_PARALLEL,
                project=self._folder,
            )
        finally:
            patience.cancel()

    def close(self) -> None:
        """Nothing was started that has not ended."""
