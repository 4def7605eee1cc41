"""A conversation with an engine's driver: a process in the engine's environment, a JSON line for each request."""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from portable_pipeline.backend import Backend
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.engines import EngineDied, EngineError
from portable_pipeline.engines import environments, overlay
from portable_pipeline.engines.home import cache_folder
from portable_pipeline.engines.installer import clean_environment
from portable_pipeline.engines.processes import kill_tree
from portable_pipeline.engines.scratch import Scratch

Answer = dict[str, Any]

#: Engines import for seconds and migrate databases for a minute; on a busy machine for several.
START_WITHIN_SECONDS = 600.0
LOAD_WITHIN_SECONDS = 300.0
#: How long a driver may take to stop its servers before it is killed with all that it started.
CLOSE_WITHIN_SECONDS = 15.0
INTERRUPT_WITHIN_SECONDS = 1.0


class Session:
    """An engine that is up: starting one costs far more than a question to it.

    Use it as a context manager. The driver's working directory is ours, as relative URIs of artifacts expect.

    Args:
        target: Whose engine.
        packages: The pipeline's own, layered over the engine's environment.
        say: Takes a line when they have to be installed first.

    Attributes:
        generated: A place for generated files, not made yet, as long as the session lasts.

    Raises:
        Refused: If the engine is not installed, a package cannot be installed, or the driver does not start.
    """

    def __init__(
        self, target: Backend, packages: tuple[str, ...] = (), say: Callable[[str], None] = lambda line: None
    ) -> None:
        self.target = target
        self._python = overlay.python_with(packages, environments.require(target), say)
        self._scratch = Scratch(target.name)
        self.log = self._scratch.folder / "driver.log"
        self.generated = self._scratch.folder / "generated"
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._process = self._started()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        cache = cache_folder(f"{target.name}-{target.engine.version}")
        try:
            self.ask(
                {"op": "init", "home": str(self._scratch.folder / "home"), "cache": str(cache)}, START_WITHIN_SECONDS
            )
        except BaseException:
            self.close()
            raise

    def ask(self, request: Mapping[str, Any], within_seconds: float) -> Answer:
        """The driver's answer to a request.

        Raises:
            Refused: If the driver dies, does not answer in time, or answers that it cannot even try.
        """
        try:
            self._stdin.write(json.dumps(request) + "\n")
            self._stdin.flush()
            line = self._answers.get(timeout=within_seconds)
        except queue.Empty:
            raise self._dead(f"gave no answer to `{request['op']}` within {within_seconds:g} s") from None
        except OSError:
            line = None
        if line is None:
            raise self._dead(f"ended with {self._process.wait()} during `{request['op']}`")
        answer: Answer = json.loads(line)
        if answer.get("error") and "state" not in answer:
            message = str(answer["error"]).strip()
            raise Refused([EngineError(engine=self.target.name, error=message, log=str(self._kept_log()))])
        return answer

    def load(self, folder: Path, file: str) -> Answer:
        """What the engine makes of a generated file."""
        return self.ask({"op": "load", "folder": str(folder), "file": file}, LOAD_WITHIN_SECONDS)

    def close(self, within_seconds: float = CLOSE_WITHIN_SECONDS) -> None:
        """Let the driver stop what it started, then make sure of it, and remove its home."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within_seconds)
        kill_tree(self._process.pid)
        self._process.wait()
        # Whoever escaped may still hold the other end of the pipe: it is not waited for.
        self._listener.join(1)
        self._scratch.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A driver in the middle of a run that nobody waits for any more does not hear that its input has closed.
        self.close(CLOSE_WITHIN_SECONDS if kind is None else INTERRUPT_WITHIN_SECONDS)

    def _started(self) -> subprocess.Popen[str]:
        with self.log.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [str(self._python), "-u", str(self.target.engine.driver)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=clean_environment({"PYTHONUTF8": "1"}),
                start_new_session=True,
                pass_fds=[self._scratch.fileno()],  # it may go on when we are killed
            )
        assert process.stdin is not None
        self._stdin = process.stdin
        return process

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as answers:
            for line in answers:
                self._answers.put(line)
        self._answers.put(None)

    def _dead(self, what: str) -> Refused:
        tail = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
        died = EngineDied(engine=self.target.name, what=f"{what}\n{tail}".rstrip(), log=str(self._kept_log()))
        kill_tree(self._process.pid)
        return Refused([died])

    def _kept_log(self) -> Path:
        """The log where it outlives the session."""
        kept = cache_folder("logs") / f"{self.target.name}-{time.strftime('%Y%m%d-%H%M%S')}-{self._process.pid}.log"
        return Path(shutil.copyfile(self.log, kept))
