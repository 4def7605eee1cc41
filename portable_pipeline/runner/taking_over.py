"""The artifacts of another run's success, proven, and put where this run wants them (K1)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from portable_pipeline.runtime.artifacts import is_reference
from portable_pipeline.runtime.errors import ArtifactError
from portable_pipeline.runtime.files import Staging, fingerprint, local_path

_CHUNK_BYTES = 1 << 20


class Stopped(Exception):
    """It is not wanted any more."""


class Gate(Protocol):
    """Whether work that takes its time is still wanted."""

    def check(self) -> None:
        """Raise `Stopped` if it is not."""

    def held(self) -> AbstractContextManager[object]:
        """Keep the answer as it is for a moment; raises `Stopped` if it is no."""


def taken_over(returned: Mapping[str, Any], outputs: Mapping[str, str], gate: Gate) -> dict[str, Any] | None:
    """What a success of another run has returned, with its artifacts at the addresses of this one.

    An artifact that is not at its new address yet is copied beside it, proven there, and renamed into place.

    Args:
        returned: All that it returned, by name.
        outputs: Addresses of this run by name.

    Returns:
        None if an artifact is missing or has changed, or cannot be copied; nothing has changed at any address then.

    Raises:
        Stopped: It is not wanted any more; nothing has changed at any address.
    """
    found = dict(returned)
    staged: list[Staging] = []
    try:
        for name, uri in outputs.items():
            if not is_reference(returned.get(name)):
                return None
            found[name] = {**returned[name], "uri": uri}
            gate.check()
            if not _is_there(found[name]):
                staged.append(Staging(name, uri))
                _copy(local_path(returned[name]["uri"]), staged[-1].path, gate)
                if staged[-1].reference() != found[name]:
                    return None
        with gate.held():
            for each in staged:
                each.publish()
    except (ArtifactError, OSError, shutil.Error):
        return None
    finally:
        for each in staged:
            each.discard()
    return found


def _is_there(reference: Mapping[str, Any]) -> bool:
    path = local_path(reference["uri"])
    if reference["kind"] == "dir" and not path.is_dir():
        return False
    if reference["kind"] == "file" and not (path.is_file() and path.stat().st_size == reference["size"]):
        return False  # what takes no time to see
    return {"uri": reference["uri"], **fingerprint(path)} == reference


def _copy(source: Path, target: Path, gate: Gate) -> None:
    def copy_file(one: str, other: str) -> None:
        if not Path(one).is_file():  # opening a pipe would wait for whoever writes to it
            raise ArtifactError(f"{one} is neither a file nor a directory")
        with Path(one).open("rb") as reading, Path(other).open("wb") as writing:
            while chunk := reading.read(_CHUNK_BYTES):
                gate.check()
                writing.write(chunk)
        shutil.copystat(one, other)

    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=copy_file)
    else:
        copy_file(str(source), str(target))
