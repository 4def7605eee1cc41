"""Files on disk: written whole or not at all, compared without being touched."""

from __future__ import annotations

import difflib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portable_pipeline.codegen.files import GeneratedFile


@dataclass(frozen=True, slots=True)
class Change:
    """A file that differs from what stands on disk.

    Args:
        path: Relative to the target's folder.
        before: What stands there; None where nothing does.
        after: What should; None where nothing should.
    """

    path: str
    before: str | None
    after: str | None

    @property
    def diff(self) -> str:
        """The difference in unified form."""
        old, new = (text.splitlines(keepends=True) if text is not None else [] for text in (self.before, self.after))
        names = (
            (f"a/{self.path}" if self.before is not None else "/dev/null"),
            (f"b/{self.path}" if self.after is not None else "/dev/null"),
        )
        pieces = difflib.unified_diff(old, new, *names)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in pieces)


def changes(folder: Path, files: Sequence[GeneratedFile], report: str) -> tuple[Change, ...]:
    """What writing the files would change, by path.

    Args:
        folder: The target's folder; need not exist.
        report: Path of the report among the files: the one on disk lists what an earlier compilation wrote.
    """
    wanted = {each.path: each.text for each in files}
    stale = [path for path in _listed(folder / report) if path not in wanted and (folder / path).is_file()]
    found = [Change(path, _read(folder / path), text) for path, text in wanted.items()]
    found += [Change(path, _read(folder / path), None) for path in stale]
    return tuple(sorted((each for each in found if each.before != each.after), key=lambda each: each.path))


def write(folder: Path, wanted: Iterable[Change]) -> None:
    """Carry out changes: every new text is on disk beside its place before the first one is moved there.

    Raises:
        OSError: If the folder cannot be written; then no file has changed.
    """
    staged: dict[Path, Path] = {}
    removed: list[Path] = []
    try:
        for each in wanted:
            path = folder / each.path
            if each.after is None:
                removed.append(path)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            staged[path] = _staged(path, each.after)
        for path, temporary in staged.items():
            temporary.replace(path)
        for path in removed:
            path.unlink(missing_ok=True)
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def _staged(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    temporary = Path(name)
    temporary.chmod(0o644)
    return temporary


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _listed(report: Path) -> tuple[str, ...]:
    """The files that an earlier report names; only paths inside its own folder are believed."""
    try:
        content = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    listed = content.get("files", []) if isinstance(content, Mapping) else []
    return tuple(each for each in listed if isinstance(each, str) and _is_inside(each))


def _is_inside(path: str) -> bool:
    parts = Path(path).parts
    return bool(parts) and not Path(path).is_absolute() and ".." not in parts
