"""What is installed, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from portable_pipeline.backend import Backend
from portable_pipeline.engines import environments
from portable_pipeline.engines.home import home


def as_text(targets: Mapping[str, Backend]) -> str:
    """A line for each engine, and where the environments are."""
    rows = [("engine", "version", "state", "python", "size"), *map(_columns, _rows(targets))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, f"in {home()}", ""])


def as_json(targets: Mapping[str, Backend]) -> str:
    """A list with an object for each engine."""
    return json.dumps(list(_rows(targets)), indent=2) + "\n"


def _rows(targets: Mapping[str, Backend]) -> Iterator[dict[str, Any]]:
    for target in targets.values():
        current = environments.find(target)
        yield {
            "engine": target.name,
            "version": target.engine.version,
            "state": "installed" if current else "not installed",
            "python": current.python_version if current else None,
            "size_bytes": current.size_bytes if current else None,
            "folder": str(current.folder) if current else None,
        }
        for each in environments.installed(target.name):
            if current is None or each.folder != current.folder:
                yield {
                    "engine": each.engine,
                    "version": each.version,
                    "state": "outdated",
                    "python": each.python_version,
                    "size_bytes": each.size_bytes,
                    "folder": str(each.folder),
                }


def _columns(row: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    size = f"{row['size_bytes'] / 1e6:.0f} MB" if row["size_bytes"] is not None else "-"
    return row["engine"], row["version"], row["state"], row["python"] or "-", size
