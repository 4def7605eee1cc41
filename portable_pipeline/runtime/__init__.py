"""What the stages of this pipeline need at run time: each attempt in a process of its own, values typed on arrival,
artifacts that appear whole or not at all.

This folder is a copy: nothing outside it is needed except Python 3.10 or later on Linux or macOS.

| module         | on whose side | what for                                                     |
|----------------|---------------|--------------------------------------------------------------|
| `attempts.py`  | the engine's  | run an attempt, commit its artifacts                         |
| `ending.py`    | the engine's  | a block that no attempt outlives                             |
| `process.py`   | the engine's  | the attempt's process: its job, its log, its end             |
| `__main__.py`  | the stage's   | where that process begins                                    |
| `guard.py`     | the stage's   | watch the stage, end its whole process tree                  |
| `stage.py`     | the stage's   | load the function, decode, call, encode; or run the command  |
| `commands.py`  | the stage's   | the placeholders of a command                                |
| `values.py`    | both          | typed values as JSON                                         |
| `artifacts.py` | both          | what a stage sees of an artifact, and whether it is the one  |
| `files.py`     | both          | where artifacts live, and how they appear there at once      |
| `errors.py`    | both          | what can go wrong                                            |
"""

from .artifacts import Artifact
from .errors import Abort, StageFailed, StageKilled, StageTimeout

__all__ = [
    "Abort",
    "Artifact",
    "StageFailed",
    "StageKilled",
    "StageTimeout",
    "attempt",
    "attempt_command",
    "ending_attempts",
]

TYPE_CHECKING = False  # as in `typing`, without importing it into every attempt
if TYPE_CHECKING:
    from .attempts import attempt, attempt_command
    from .ending import ending_attempts


def __getattr__(name: str) -> object:
    # Only the engine's side starts attempts: the attempts themselves should not wait for what that imports.
    if name in ("attempt", "attempt_command"):
        from . import attempts

        return getattr(attempts, name)
    if name == "ending_attempts":
        from .ending import ending_attempts

        return ending_attempts
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
