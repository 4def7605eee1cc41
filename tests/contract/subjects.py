"""The engines under test behind one interface: the local runner, and each target in its own environment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

from portable_pipeline.backend import Backend, backend
from portable_pipeline.capture import load
from portable_pipeline.codegen.writing import changes, write
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Diagnostic, Refused, has_errors, in_order
from portable_pipeline.engines.run import run_on_engine
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import Verified, verify
from portable_pipeline.ir import Pipeline, digest
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.validate import validate
from tests.contract.rules import LOCAL, RUN_WITHIN


def captured(file: Path) -> Pipeline:
    """A valid pipeline from its file.

    Raises:
        Refused: If anything is wrong with it.
    """
    found = load(str(file))
    diagnostics = in_order((*found.diagnostics, *validate(found.pipeline)))
    if has_errors(diagnostics):
        raise Refused(diagnostics)
    return found.pipeline


class Subject(Protocol):
    """Something that runs pipelines.

    Attributes:
        name: `local`, or the target's.
    """

    name: str

    def prepare(self, pipeline: Pipeline, degrade: Collection[str] = ()) -> None:
        """All that comes before a run.

        Raises:
            Refused: If the pipeline cannot run here.
        """

    def run(
        self, pipeline: Pipeline, parameters: Mapping[str, Any], date: str | None, degrade: Collection[str]
    ) -> RunOutcome:
        """A run, to its end."""

    def close(self) -> None:
        """Stop what was started."""


class Target:
    """A target on its real engine. The first run starts it, all further ones share the process."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.backend: Backend = backend(name)
        self._folder = folder
        self._session: Session | None = None
        self._generated: dict[tuple[str, frozenset[str]], Path] = {}

    def prepare(self, pipeline: Pipeline, degrade: Collection[str] = ()) -> None:
        """Compile it."""
        self.generated(pipeline, degrade)

    def generated(self, pipeline: Pipeline, degrade: Collection[str] = ()) -> Path:
        """The folder with its files."""
        key = (digest(pipeline), frozenset(degrade))
        if key not in self._generated:
            files = compile_pipeline(pipeline, self.backend, degrade)
            folder = self._folder / self.name / "-".join((pipeline.name, key[0][:12], *sorted(degrade)))
            write(folder, changes(folder, files, files[-1].path))
            self._generated[key] = folder
        return self._generated[key]

    def run(
        self, pipeline: Pipeline, parameters: Mapping[str, Any], date: str | None, degrade: Collection[str]
    ) -> RunOutcome:
        """Run the generated files."""
        folder = self.generated(pipeline, degrade)
        if pipeline.packages:
            # An environment of its own, and so a process of its own.
            with Session(self.backend, pipeline.packages) as session:
                return run_on_engine(session, pipeline, folder, parameters, date=date, within=RUN_WITHIN)
        with self._surviving():
            return run_on_engine(self.session(), pipeline, folder, parameters, date=date, within=RUN_WITHIN)

    def verified(self, pipeline: Pipeline, degrade: Collection[str] = ()) -> Verified:
        """What the engine makes of the generated files, compared with the pipeline."""
        folder = self.generated(pipeline, degrade)
        with self._surviving():
            return verify(self.session(), pipeline, folder)

    def session(self) -> Session:
        """The engine, started once."""
        if self._session is None:
            self._session = Session(self.backend)
        return self._session

    def close(self) -> None:
        """Stop the engine."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _surviving(self) -> _Surviving:
        return _Surviving(self)


class _Surviving:
    """An engine that has died is started anew for the next case, so that one case cannot fail the others."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._target.close()


def refusal(subject: Subject, pipeline: Pipeline) -> tuple[Diagnostic, ...]:
    """Why the pipeline cannot run there; nothing when it can."""
    try:
        subject.prepare(pipeline)
    except Refused as refused:
        return refused.diagnostics
    return ()


def subject(name: str, folder: Path) -> Subject:
    """The engine of that name, its files under the folder."""
    if name == LOCAL:
        from tests.contract.local import Local

        return Local(folder)
    return Target(name, folder)
