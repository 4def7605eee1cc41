"""The code that attempts run: the user's modules for each run, our runtime once for a project."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from portable_pipeline.codegen.code_folder import local_runtime, user_modules
from portable_pipeline.codegen.names import RUNTIME_PACKAGE, code_folder_name
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.store import ProjectUnusable
from portable_pipeline.ir import Pipeline
from portable_pipeline.store.locks import in_use

#: How often a runtime is written anew that somebody removes before it is held.
_TRIES = 10


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


@contextmanager
def runtime_in_use(folder: Path) -> Iterator[Path]:
    """Have our runtime below a folder until this ends; gives the one to import it from.

    One copy for each version of it, that Python compiles once, and not for each run.

    Raises:
        Refused: If the folder cannot be written.
    """
    place = folder / runtime_name()
    with ExitStack() as held:
        with _writing(folder):
            for _ in range(_TRIES):
                with suppress(FileNotFoundError):  # `ppc gc` of another version has just removed it
                    if not place.exists():
                        _write_runtime(place)
                    if held.enter_context(in_use(place)):
                        break
            else:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
        yield place


@cache
def runtime_name() -> str:
    """The name of our runtime's folder, that no other version of it has."""
    return hashlib.sha256("\0".join(text for file in local_runtime() for text in file).encode()).hexdigest()[:16]


def other_runtimes(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Folders that `runtime_in_use` of other versions has made, or of any version has begun to make.

    Gives:
        Each with whether it is whole; whether it is in use is for `unused` to say.

    Raises:
        OSError: If the folder cannot be read.
    """
    for each in sorted(folder.iterdir()) if folder.exists() else ():
        is_whole = re.fullmatch("[0-9a-f]{16}", each.name) is not None
        is_ours = is_whole or re.fullmatch(r"\.[0-9a-f]{8}", each.name)
        if is_ours and each.name != runtime_name() and each.is_dir() and not each.is_symlink():
            yield each, is_whole


def set_aside(runtime: Path) -> Path:
    """Take a runtime from where it is looked for, in one step; where it is then, as if it had just been begun."""
    return runtime.rename(_beside(runtime))


def _write_runtime(place: Path) -> None:
    staged = _beside(place)
    staged.mkdir(parents=True)
    with in_use(staged) as still_there:
        if not still_there:
            return
        for name, text in local_runtime():
            _write(staged / RUNTIME_PACKAGE / name, text)
        try:
            staged.rename(place)
        except OSError:  # another process was first
            shutil.rmtree(staged, ignore_errors=True)
            if not place.exists():
                raise


def _beside(place: Path) -> Path:
    return place.with_name(f".{secrets.token_hex(4)}")


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused([ProjectUnusable(folder=str(folder), reason=error.strerror or str(error))]) from error


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
