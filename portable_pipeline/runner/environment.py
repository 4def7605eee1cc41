"""What an interpreter is and what is installed for it; runs in any, by itself. Standard library only."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path


def installed() -> list[str]:
    """Interpreter, platform, and each installed package with its version, by the names of their folders."""
    folders = (Path(each) for each in sys.path)
    names = (each.name for folder in folders if folder.is_absolute() and folder.is_dir() for each in folder.iterdir())
    found = {name for name in names if name.endswith((".dist-info", ".egg-info"))}
    return [sys.implementation.cache_tag or sys.version, sys.platform, platform.machine(), *sorted(found)]


if __name__ == "__main__":
    json.dump(installed(), sys.stdout)
