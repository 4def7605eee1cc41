"""Pipelines from their source, generated and run by Prefect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portable_pipeline.backend import backend
from portable_pipeline.capture import load
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify

#: Before the source of each.
STAGES = """\
import time
from datetime import date
from portable_pipeline import collect, each, first_of, for_each, otherwise, pipeline, stage, when


def note(log: str, text: str) -> None:
    with open(log, "a") as file:
        file.write(text + chr(10))


"""


class Runs:
    """A generated flow that can be run."""

    def __init__(self, session: Session, folder: Path, name: str, source: str) -> None:
        self._session, self._folder = session, folder
        (folder / "case").mkdir()
        (folder / "case" / f"{name}.py").write_text(STAGES + source, encoding="utf-8")
        self.pipeline = load(str(folder / "case" / f"{name}.py")).pipeline
        for file in compile_pipeline(self.pipeline, backend("prefect")):
            path = folder / "code" / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        assert verify(session, self.pipeline, folder / "code").found == ()

    def run(self, timeout_s: float = 200.0, **params: Any) -> tuple[dict[str, Any], dict[str, str], list[str]]:
        """The answer, the state of each stage, and what stages noted."""
        log = self._folder / "log"
        log.write_text("")
        entry = backend("prefect").engine.entry(self.pipeline)
        request = {
            "op": "run", "folder": str(self._folder / "code"), "file": entry, "params": {"log": str(log), **params},
            "date": None, "timeout_s": timeout_s,
        }  # fmt: skip
        answer = self._session.ask(request, 250.0)
        return answer, {each["id"]: each["state"] for each in answer["stages"]}, log.read_text().splitlines()
