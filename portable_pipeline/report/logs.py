"""What attempts have printed, as much of it as fits into a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from portable_pipeline.redaction import Redactor
from portable_pipeline.report.wording import printed
from portable_pipeline.store import AttemptRecord, Project

#: Of one log, in bytes: its beginning, and its end; a page holds so much of all logs together.
HEAD, TAIL, PAGE = 4_000, 16_000, 1_500_000
#: A secret must not be cut in two before it is found.
_MARGIN = 512


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Of a log.

    Args:
        head: Its beginning, or all of it.
        tail: Its end, if something is left out between.
        left_out: How many bytes are.
        size: In bytes, of the log.
    """

    head: str
    tail: str
    left_out: int
    size: int


def excerpts(
    project: Project, run: str, attempts: Iterable[AttemptRecord], redactor: Redactor
) -> Mapping[tuple[str, int], Excerpt]:
    """What is shown of the logs, by stage and number of the attempt.

    Args:
        attempts: The most important ones first: when the page is full, the others have nothing of their logs shown.
    """
    found: dict[tuple[str, int], Excerpt] = {}
    room = PAGE
    for each in attempts:
        path = project.log(run, each.stage, each.number)
        excerpt = _excerpt(path, redactor) if room > 0 else _nothing(path)
        if excerpt is not None:
            room -= len(excerpt.head) + len(excerpt.tail)
            found[each.stage, each.number] = excerpt
    return found


def _nothing(path: Path) -> Excerpt | None:
    try:
        size = path.stat().st_size
    except OSError:
        return None
    return Excerpt("", "", size, size) if size else None


def _excerpt(path: Path, redactor: Redactor) -> Excerpt | None:
    """Whole lines, as far as there are any; None where there is no log, or an empty one."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            if size <= HEAD + TAIL + 2 * _MARGIN:
                text = redactor.text(printed(_decoded(file.read())))
                return Excerpt(text.rstrip("\n"), "", 0, size) if size else None
            start = file.read(HEAD + _MARGIN)
            file.seek(size - TAIL - _MARGIN)
            end = file.read(TAIL + _MARGIN)
    except OSError:
        return None
    head = redactor.text(printed(_decoded(start)))[:-_MARGIN]
    tail = redactor.text(printed(_decoded(end)))[_MARGIN:]
    head = head[: head.rfind("\n") + 1] or head
    tail = tail[tail.find("\n") + 1 :] or tail
    return Excerpt(head.rstrip("\n"), tail.rstrip("\n"), size - HEAD - TAIL, size)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", errors="replace")
