"""The one module that touches the places where artifacts live; an address is a plain path or a `file://` URI.

An output is written to a place of its own on the filesystem of its address, and renamed into place in one step:

    raw/.stage_runtime/5c1f9a03/data.parquet      while the attempt runs
    raw/data.parquet                              once it has succeeded

So no reader sees half of it, and a failed or killed attempt leaves what was there before. Each staging folder is locked
while its attempt lives; one that is not is a leftover of a crash, and is removed by the next attempt that comes along.
"""

import errno
import fcntl
import os
from pathlib import Path
from typing import Any

from .errors import ArtifactError

TYPE_CHECKING = False  # as in `typing`
if TYPE_CHECKING:
    import hashlib

_CHUNK_BYTES = 1 << 20


def local_path(uri: str) -> Path:
    """Return the absolute local path of an address; a relative one counts from the current directory.

    Raises:
        ArtifactError: The address is of a scheme other than `file`, or of another host.
    """
    scheme, separator, rest = uri.partition("://")
    if not separator:
        return Path(uri).absolute()
    host, slash, path = rest.partition("/")
    if scheme != "file" or host not in ("", "localhost"):
        raise ArtifactError(f"no way to reach {uri}: an address is a path or file:///path")
    return Path(slash + path)


def fingerprint(path: Path) -> dict[str, Any]:
    """Return the kind ("file" or "dir"), the size in bytes and the SHA-256 of what is at a path.

    The hash of a directory is that of its tree: names, contents and link targets in order of the names; neither
    times nor permissions.
    """
    if path.is_dir():
        tree = _sha256()
        size = _hash_tree(path, "", tree)
        return {"kind": "dir", "size": size, "sha256": tree.hexdigest()}
    return {"kind": "file", "size": path.stat().st_size, "sha256": _hash_file(path)}


class Staging:
    """The place of one output while its attempt runs.

    Args:
        name: Of the output, for errors.
        uri: Its address.
    """

    def __init__(self, name: str, uri: str) -> None:
        self.name = name
        self.uri = uri
        self._target = local_path(uri)
        self._folder, self._lock = _locked_folder(self._target.parent / ".stage_runtime")
        self.path = self._folder / self._target.name

    def reference(self) -> dict[str, Any]:
        """Describe what the attempt has written, as it will be known to consumers.

        Raises:
            ArtifactError: Nothing was written.
        """
        if not self.path.exists():
            raise ArtifactError(f"output `{self.name}` was not written: nothing is at {self.path}")
        return {"uri": self.uri, **fingerprint(self.path)}

    def publish(self) -> None:
        """Put what was written in place of what is at the address."""
        _put_in_place(self.path, self._target)

    def discard(self) -> None:
        """Remove what has not been published."""
        _remove_staging(self._folder, self._lock)


def _sha256() -> "hashlib._Hash":
    import hashlib  # slow to import, and most stages have no artifacts

    return hashlib.sha256()


def _hash_file(path: Path) -> str:
    content = _sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            content.update(chunk)
    return content.hexdigest()


def _hash_tree(folder: Path, prefix: str, tree: "hashlib._Hash") -> int:
    size = 0
    for entry in sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name)):
        name = prefix + entry.name
        if entry.is_symlink():
            line = f"link {entry.readlink()} {name}"
        elif entry.is_dir():
            line = f"dir {name}"
        elif entry.is_file():
            line = f"file {_hash_file(entry)} {name}"
            size += entry.stat().st_size
        else:
            raise ArtifactError(f"{entry} is neither a file nor a directory")
        tree.update(os.fsencode(line) + b"\0")
        if line.startswith("dir "):
            size += _hash_tree(entry, f"{name}/", tree)
    return size


def _locked_folder(parent: Path) -> tuple[Path, int]:
    while True:
        folder = parent / os.urandom(4).hex()
        try:
            parent.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(parent)
            folder.mkdir()
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # another attempt has just removed the empty parent, or taken ours for a leftover
            continue
        except FileExistsError:  # it was there, and is not any more; or it is no folder
            if parent.exists() and not parent.is_dir():
                raise
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # another attempt is removing it as a leftover at this moment
            os.close(lock)
            continue
        except OSError:
            return folder, lock  # a filesystem without locks: nobody there removes leftovers
        if folder.exists():
            return folder, lock
        os.close(lock)


def _remove_leftovers(parent: Path) -> None:
    for folder in parent.iterdir():
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # its attempt lives, or the filesystem has no locks to tell
            os.close(lock)
        else:
            _remove_staging(folder, lock)


def _remove_staging(folder: Path, lock: int) -> None:
    import shutil  # as slow to import as `hashlib`

    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
    try:
        folder.parent.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise


def _put_in_place(staged: Path, target: Path) -> None:
    if not target.exists():
        staged.rename(target)
    elif staged.is_file() and target.is_file():
        staged.replace(target)
    elif not _exchange(staged, target):
        # Without that system call there is a moment in which nothing is at the address.
        previous = staged.with_name(f"{staged.name}.previous")
        target.rename(previous)
        try:
            staged.rename(target)
        except OSError:
            previous.rename(target)
            raise


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths in one step where the system can: a full directory cannot be renamed over another."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    at_fdcwd, rename_exchange, rename_swap = -100, 2, 2
    one_name, other_name = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):  # Linux
        return bool(libc.renameat2(at_fdcwd, one_name, at_fdcwd, other_name, rename_exchange) == 0)
    if hasattr(libc, "renamex_np"):  # macOS
        return bool(libc.renamex_np(one_name, other_name, rename_swap) == 0)
    return False
