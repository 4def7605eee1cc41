"""A stand-in for a web service that is down for a while: it counts how often it was asked in a file of its own."""

from __future__ import annotations

from pathlib import Path


def get(source: str, outages: int, counter: str) -> str:
    """The page, after that many refusals.

    Raises:
        ConnectionError: While the source is down.
    """
    file = Path(counter)
    file.parent.mkdir(parents=True, exist_ok=True)
    asked = int(file.read_text()) if file.exists() else 0
    if asked < outages:
        file.write_text(str(asked + 1))
        raise ConnectionError(f"{source} is down, attempt {asked + 1}")
    # Up again; the next run meets the same outage.
    file.unlink(missing_ok=True)
    return "one portable pipeline four engines\n"
