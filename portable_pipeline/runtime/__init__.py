"""What the stages of this pipeline need at run time: each attempt in a process of its own, values typed on arrival,
artifacts that appear whole or not at all.

This folder is a copy: nothing outside it is needed except Python 3.10 or later on Linux or macOS.

| module          | on whose side | what for                                                     |
|-----------------|---------------|--------------------------------------------------------------|
| `attempts.py`   | the engine's  | run an attempt, commit its artifacts                         |
| `ending.py`     | the engine's  | a block that no attempt outlives                             |
| `process.py`    | the engine's  | the attempt's process: its job, its log, its end             |
| `__main__.py`   | the stage's   | where that process begins                                    |
| `guard.py`      | the stage's   | watch the stage, end its whole process tree                  |
| `stage.py`      | the stage's   | load the function, decode, call, encode; or run the command  |
| `commands.py`   | the stage's   | the placeholders of a command                                |
| `events.py`     | both          | what hooks are told                                          |
| `predicates.py` | the engine's  | conditions on values                                         |
| `items.py`      | the engine's  | what a loop runs over                                        |
| `values.py`     | both          | typed values as JSON                                         |
| `artifacts.py`  | both          | what a stage sees of an artifact, and whether it is the one  |
| `files.py`      | both          | where artifacts live, and how they appear there at once      |
| `errors.py`     | both          | what can go wrong                                            |
"""

from .artifacts import Artifact
from .errors import Abort, HookFailed, StageCancelled, StageFailed, StageKilled, StageTimeout

__all__ = [
    "Abort",
    "Artifact",
    "FailureEvent",
    "HookFailed",
    "RunEvent",
    "StageCancelled",
    "StageFailed",
    "StageKilled",
    "StageTimeout",
    "attempt",
    "attempt_command",
    "call_hook",
    "ending_attempts",
    "has_ended",
    "holds",
    "item_key",
    "loop_items",
    "typed",
]

TYPE_CHECKING = False  # as in `typing`, without importing it into every attempt
if TYPE_CHECKING:
    from .attempts import attempt, attempt_command, call_hook
    from .ending import ending_attempts, has_ended
    from .events import FailureEvent, RunEvent
    from .items import item_key, loop_items
    from .predicates import holds, typed

# Few of the processes that import this package need these, and attempts should not wait for what they import.
_LAZY = {
    "FailureEvent": "events",
    "RunEvent": "events",
    "attempt": "attempts",
    "attempt_command": "attempts",
    "call_hook": "attempts",
    "ending_attempts": "ending",
    "has_ended": "ending",
    "holds": "predicates",
    "item_key": "items",
    "loop_items": "items",
    "typed": "predicates",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
