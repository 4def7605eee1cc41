"""The code that attempts run: the user's modules for each run, our runtime once for a project."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portable_pipeline.codegen.code_folder import local_runtime, user_modules
from portable_pipeline.codegen.names import RUNTIME_PACKAGE, code_folder_name
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.store import ProjectUnusable
from portable_pipeline.ir import Pipeline


def write_code(pipeline: Pipeline, folder: Path) -> Path:
    """Write the stages' code below a folder, as each target has it beside its files; return the code folder.

    Raises:
        Refused: If the folder cannot be written.
    """
    code = folder / code_folder_name(pipeline)
    with _writing(folder):
        # Python would take what it has compiled of an earlier session for that of a file as old and as long.
        shutil.rmtree(code, ignore_errors=True)
        code.mkdir(parents=True)
        for each in user_modules(pipeline):
            _write(folder / each.path, each.text)
    return code


def write_runtime(folder: Path) -> Path:
    """Have our runtime below a folder; return the one to import it from.

    One copy for each version of it, that Python compiles once, and not for each run.

    Raises:
        Refused: If the folder cannot be written.
    """
    files = local_runtime()
    digest = hashlib.sha256("\0".join(text for file in files for text in file).encode()).hexdigest()
    place = folder / digest[:16]
    if place.exists():
        return place
    with _writing(folder):
        staged = folder / f".{secrets.token_hex(4)}"
        for name, text in files:
            _write(staged / RUNTIME_PACKAGE / name, text)
        try:
            staged.rename(place)
        except OSError:  # another process was first
            shutil.rmtree(staged, ignore_errors=True)
            if not place.exists():
                raise
    return place


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused([ProjectUnusable(folder=str(folder), reason=error.strerror or str(error))]) from error


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
