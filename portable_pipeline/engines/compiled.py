"""Files that only an engine itself can make from the generated ones: KFP's YAML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from portable_pipeline.backend import Backend
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.writing import Change, write
from portable_pipeline.engines import environments
from portable_pipeline.engines.home import cache_folder
from portable_pipeline.engines.session import LOAD_WITHIN_SECONDS, Session
from portable_pipeline.ir import Pipeline


def compiled_path(pipeline: Pipeline, target: Backend) -> str | None:
    """Where the engine's own file stands beside the generated ones; None for a target that has none."""
    return str(PurePosixPath(target.engine.entry(pipeline)).with_suffix(".yaml")) if target.engine.compiled else None


def compiled_files(pipeline: Pipeline, target: Backend, files: Sequence[GeneratedFile]) -> tuple[GeneratedFile, ...]:
    """What the engine makes of the generated files; nothing when the target has none or its engine is not installed.

    The engine is slow to start and makes the same of the same: its answer is kept by the hash of the files.

    Raises:
        Refused: If the engine cannot compile them.
    """
    path = compiled_path(pipeline, target)
    environment = environments.find(target) if path else None
    if path is None or environment is None:
        return ()
    kept = cache_folder("compiled") / f"{target.name}-{_key(files, environment.lock)}.yaml"
    if not kept.is_file():
        _compile(pipeline, target, files, kept)
    return (GeneratedFile(path, kept.read_text(encoding="utf-8")),)


def _compile(pipeline: Pipeline, target: Backend, files: Sequence[GeneratedFile], kept: Path) -> None:
    with Session(target) as session:
        write(session.generated, [Change(each.path, None, each.text) for each in files])
        request = {"op": "compile", "folder": str(session.generated), "file": target.engine.entry(pipeline)}
        text = session.ask(request, LOAD_WITHIN_SECONDS)["yaml"]
    write(kept.parent, [Change(kept.name, None, text)])


def _key(files: Sequence[GeneratedFile], lock: str) -> str:
    hashed = hashlib.sha256(lock.encode())
    for each in sorted(files, key=lambda each: each.path):
        hashed.update(f"\0{each.path}\0{each.text}".encode())
    return hashed.hexdigest()[:24]
