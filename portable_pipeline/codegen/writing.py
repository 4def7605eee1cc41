"""Files on disk: written whole or not at all, compared without being touched."""

from __future__ import annotations

import difflib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from portable_pipeline.codegen.files import GeneratedFile

#: Of what is on its way to its place.
_SUFFIX = ".ppc-new"
_TRIES, _PAUSE_SECONDS = 20, 0.01


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

    What a process had put beside these places that was killed is removed.

    Raises:
        OSError: If the folder cannot be written; then no file has changed.
    """
    texts: dict[Path, str] = {}
    removed: list[Path] = []
    for each in wanted:
        if each.after is None:
            removed.append(folder / each.path)
        else:
            texts[folder / each.path] = each.after
    staged: dict[Path, Path] = {}
    with ExitStack() as held:
        for above in dict.fromkeys(path.parent for path in texts):
            above.mkdir(parents=True, exist_ok=True)
            held.enter_context(_writing_in(above, [path.name for path in texts if path.parent == above]))
        for path, text in texts.items():
            staged[path] = held.enter_context(_staged(path, text))
        for path, temporary in staged.items():
            temporary.replace(path)
        for path in removed:
            path.unlink(missing_ok=True)


@contextmanager
def _writing_in(folder: Path, names: Sequence[str]) -> Iterator[None]:
    """Keep others from removing what is staged in a folder, having removed what nobody stages there any more."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # one can be allowed to write there, and not to look
        yield
        return
    import fcntl  # not there where a folder cannot be opened at all

    try:
        with suppress(OSError):  # others write there, or the filesystem has no locks
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove_leftovers(folder, names)
        for _ in range(_TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # Somebody looks for leftovers; or an attempt holds it to its end, and keeps others away as well.
                time.sleep(_PAUSE_SECONDS)
            except OSError:
                break
        yield
    finally:
        os.close(handle)


def _remove_leftovers(folder: Path, names: Sequence[str]) -> None:
    ours = re.compile(rf"\.({'|'.join(map(re.escape, names))})\.\w{{8}}{re.escape(_SUFFIX)}")
    for each in folder.iterdir():
        if ours.fullmatch(each.name) and each.is_file():
            each.unlink(missing_ok=True)


@contextmanager
def _staged(path: Path, text: str) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        temporary.chmod(0o644)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


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
