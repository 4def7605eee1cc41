"""Artifacts: what a stage sees of them, and whether one is what its producer committed.

A commit leaves a reference, `{"uri": ..., "kind": "file" | "dir", "size": bytes, "sha256": hex}`. It travels to the
consumers as a value does; before one of them starts, what stands at the address must be exactly that.
"""

from typing import Any

from .errors import ArtifactError


class Artifact:
    """A file or directory that a stage reads or writes.

    Args:
        path: Local path. For an output nothing is there yet, but the folder around it exists: the stage creates a
            file or a directory.
        uri: The address at which consumers find it once the stage has succeeded.
    """

    __slots__ = ("path", "uri")

    def __init__(self, path: str, uri: str) -> None:
        self.path = path
        self.uri = uri

    def __repr__(self) -> str:
        return f"Artifact(path={self.path!r}, uri={self.uri!r})"


def is_reference(value: Any) -> bool:
    """Tell a committed artifact's reference from any other value."""
    return isinstance(value, dict) and value.keys() == {"uri", "kind", "size", "sha256"}


def committed(reference: Any, name: str) -> Artifact:
    """Return an input as the stage gets it, proven to be what its producer committed.

    Args:
        reference: What the producer's commit left.
        name: Of the input, for the error.

    Raises:
        ArtifactError: It is missing, or something else is there by now.
    """
    from . import files  # hashing is slow to import: only attempts that take artifacts wait for it

    if not is_reference(reference):
        raise ArtifactError(f"input `{name}` takes an artifact, got {reference!r}")
    path = files.local_path(reference["uri"])
    if not path.exists():
        raise ArtifactError(f"input `{name}` is missing: nothing is at {reference['uri']}")
    if files.fingerprint(path) != {key: reference[key] for key in ("kind", "size", "sha256")}:
        raise ArtifactError(f"input `{name}` has changed since its producer committed {reference['uri']}")
    return Artifact(str(path), reference["uri"])
