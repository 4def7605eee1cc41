"""What the stages of the cases note down about themselves, one JSON line for each event.

A plain module: it travels with the generated code like any module of a user, and runs in the attempt's own process.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from datetime import date, datetime, timedelta


def record(log: str, stage: str, moment: str = "start", /, **seen: object) -> int:
    """Append one event.

    Args:
        log: Path of the event log, the same for all stages of a run.
        stage: Who writes; `train[b]` where a stage of a loop tells its items apart.
        moment: What happened; every attempt records its "start" first.
        seen: Values to keep, with their exact types.

    Returns:
        The number of this stage's attempts that have started so far, this one included.
    """
    event = {
        "stage": stage,
        "moment": moment,
        "pid": os.getpid(),
        "monotonic": time.monotonic(),
        "seen": {name: described(value) for name, value in seen.items()},
    }
    # One write on a file opened for appending: lines of attempts that run at the same time do not mix.
    file = os.open(log, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, json.dumps(event).encode() + b"\n")
    finally:
        os.close(file)
    with open(log, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    return sum(each["stage"] == stage and each["moment"] == "start" for each in events)


def record_call(hook: str, event: object) -> None:
    """Append that a hook was called, and what it was told. A hook gets no parameters: the suite says where the log is.

    Args:
        hook: Who writes, such as `on_exit`.
    """
    with open(os.environ["PPC_CONTRACT_LOG"], encoding="utf-8") as current:
        record(current.read(), hook, "called", event=event)


def record_apart(stage: str, /, **seen: object) -> None:
    """Append the start of an attempt that is not given the log: it would be another input in each run."""
    with open(os.environ["PPC_CONTRACT_LOG"], encoding="utf-8") as current:
        record(current.read(), stage, **seen)


def described(value: object) -> object:
    """The value as JSON that tells apart what Python tells apart: `1`, `1.0`, `True`, `"1"`, a dataclass, a dict."""
    kind = type(value).__qualname__
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return [kind, {name: described(item) for name, item in fields.items()}]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return [kind, {name: described(item) for name, item in zip(value._fields, value, strict=True)}]
    if isinstance(value, dict):
        return [kind, [[described(key), described(item)] for key, item in sorted(value.items(), key=repr)]]
    if isinstance(value, list | tuple):
        return [kind, [described(item) for item in value]]
    if isinstance(value, datetime):
        return [kind, value.isoformat(), str(value.utcoffset())]
    if isinstance(value, date):
        return [kind, value.isoformat()]
    if isinstance(value, timedelta):
        return [kind, str(value)]
    return [kind, repr(value)]


def tree(root: str) -> dict[str, str]:
    """What can be seen under a folder: each file's path and text; names that start with a dot are not shown."""
    found: dict[str, str] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as file:
                    found[os.path.relpath(path, root)] = file.read()
    return found
