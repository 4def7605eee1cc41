"""What compiling changes on disk: planned first, then written, or only compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portable_pipeline.backend import Backend
from portable_pipeline.cli.steps import generated
from portable_pipeline.codegen.names import RUNTIME_PACKAGE
from portable_pipeline.codegen.writing import Change, changes, write
from portable_pipeline.compiler import report_path
from portable_pipeline.diagnostics import Diagnostic, Refused
from portable_pipeline.diagnostics.catalog.output import CannotWrite, StaleFile
from portable_pipeline.engines.compiled import compiled_path
from portable_pipeline.ir import Pipeline


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """What a target's folder lacks.

    Args:
        folder: The target's folder.
        paths: Of all its files, those that are current included.
        changes: What writing would change.
    """

    target: Backend
    folder: Path
    paths: tuple[str, ...]
    changes: tuple[Change, ...]


def planned(pipeline: Pipeline, target: Backend, out: Path, degrade: Collection[str]) -> OutputPlan:
    """Compile, and compare with what is there.

    Raises:
        Refused: If the target refuses the pipeline, or the folder cannot be read.
    """
    files = generated(pipeline, target, degrade)
    folder = out / target.name
    try:
        found = changes(folder, files, report_path(pipeline))
    except OSError as error:
        raise _refused(folder, error) from error
    return OutputPlan(target, folder, tuple(each.path for each in files), found)


def written(plan: OutputPlan) -> tuple[str, ...]:
    """Carry the plan out; what was done, a line for each file, and one for the folder of our runtime.

    Raises:
        Refused: If the folder cannot be written.
    """
    try:
        write(plan.folder, plan.changes)
    except OSError as error:
        raise _refused(plan.folder, error) from error
    done = {each.path: "removed" if each.after is None else "wrote" for each in plan.changes}
    lines: dict[str, str] = {}
    for path in sorted({*plan.paths, *done}):
        # Our runtime helpers are many files and one thing.
        above, runtime, _ = path.partition(f"/{RUNTIME_PACKAGE}/")
        shown = f"{above}{runtime}"
        if path in done or shown not in lines:
            lines[shown] = done.get(path, "current")
    return tuple(
        f"{state:8}{(plan.folder / path).as_posix()}{'/' * path.endswith('/')}" for path, state in lines.items()
    )


def stale(plans: Iterable[OutputPlan]) -> Iterator[Diagnostic]:
    """A diagnostic for each file that is not current."""
    for plan in plans:
        for change in plan.changes:
            how = (
                "it is missing"
                if change.before is None
                else "it is left over"
                if change.after is None
                else "it differs"
            )
            yield StaleFile(file=(plan.folder / change.path).as_posix(), how=how)


def missing_compiled(pipeline: Pipeline, plan: OutputPlan) -> str:
    """A note on the file that only the engine could have made, when it is not installed."""
    path = compiled_path(pipeline, plan.target)
    if path is None or path in plan.paths:
        return ""
    kept = " (the one that is there was not renewed)" if (plan.folder / path).exists() else ""
    return f"note: without its engine there is no {path}{kept}: ppc engines install {plan.target.name}"


def write_file(path: Path, text: str) -> None:
    """Write a single file, whole or not at all.

    Raises:
        Refused: If it cannot be written.
    """
    try:
        write(path.parent, [Change(path.name, None, text)])
    except OSError as error:
        raise _refused(path.parent, error) from error


def _refused(folder: Path, error: OSError) -> Refused:
    return Refused([CannotWrite(folder=folder.as_posix(), reason=error.strerror or str(error))])
