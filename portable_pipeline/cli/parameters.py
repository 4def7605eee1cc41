"""Parameters as the command line gives them: `NAME=VALUE`, and a file of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.parameters import BadParametersFile


def split(texts: Iterable[str]) -> dict[str, str]:
    """Names and values; the value may hold further `=`, and the last one of a name counts.

    Raises:
        click.UsageError: If one has no `=`.
    """
    pairs = [text.partition("=") for text in texts]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise click.UsageError(f"a parameter is written NAME=VALUE, not `{name or equals}`")
    return {name: value for name, _, value in pairs}


def read_file(file: Path) -> dict[str, Any]:
    """The object that a file of parameters holds.

    Raises:
        Refused: If it cannot be read, or holds something else.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(file, f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise _bad(file, f"is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise _bad(file, f"holds a {type(content).__name__} where an object is needed")
    return content


def _bad(file: Path, reason: str) -> Refused:
    return Refused([BadParametersFile(file=file.as_posix(), reason=reason)])
