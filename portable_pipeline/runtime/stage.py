"""The stage's side of an attempt: load the function, decode its arguments, call it, encode its result."""

import faulthandler
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from . import commands, guard, values
from .artifacts import Artifact, committed, is_reference
from .errors import Abort, ArtifactError, InvalidValue


def main() -> None:
    """Do the job that stands on standard input, and answer with a line of JSON."""
    results = int(sys.argv[1])
    os.set_inheritable(results, False)
    job = json.loads(_line(0))
    guard.split(job["timeout"], results)
    sys.argv[1:] = []
    prepare_streams()
    answer = said(job)
    with os.fdopen(results, "w") as file:
        file.write(json.dumps(answer) + "\n")


def prepare_streams() -> None:
    """Print any text, and each line when it is complete."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr] # `TextIO` has it not


def said(job: dict[str, Any]) -> dict[str, Any]:
    """Do a job; return what is to be said about it: `values`, or `failure`."""
    try:
        return {"values": notify(job) if "event" in job else call(job) if "function" in job else execute(job)}
    except BaseException as error:  # the process does nothing else, and SystemExit is a failure too
        return {"failure": describe(error)}


def call(job: dict[str, Any]) -> dict[str, values.Json]:
    """Call the stage's function; return its result and, when that is a record, each field by name.

    Raises:
        InvalidValue: An argument or the result is not of the declared type.
        ArtifactError: An input is not what its producer committed.
        BaseException: Whatever the function raises.
    """
    trace_crashes()
    function = load(job["function"])
    hints = values.hints(function)
    arguments = outputs(job)
    for name, given in job["inputs"].items():
        arguments[name] = argument(name, given, hints.get(name, values.UNDECLARED))
    result = function(**arguments)
    declared = hints.get("return", values.UNDECLARED)
    encoded = values.encode(result, declared, "result")
    if result is None and declared in (type(None), values.UNDECLARED):
        return {}
    values.check_size(encoded, "result")
    fields = encoded if isinstance(encoded, dict) and values.record_fields(declared) else {}
    return {**fields, "result": encoded}


def argument(name: str, given: Any, declared: Any) -> Any:
    """Return what the function gets: an artifact, a list of them, or a value.

    Raises:
        InvalidValue: It is not of the declared type.
        ArtifactError: It is not what its producer committed.
    """
    if declared is Artifact:
        return committed(given, name)
    if getattr(declared, "__origin__", None) is list and declared.__args__ == (Artifact,) and isinstance(given, list):
        return [committed(each, f"{name}[{index}]") for index, each in enumerate(given)]
    return values.decode(given, declared, f"parameter `{name}`")


def notify(job: dict[str, Any]) -> dict[str, values.Json]:
    """Call a hook with its event as the first argument; what it returns means nothing.

    Raises:
        BaseException: Whatever the function raises.
    """
    from . import events  # only hooks wait for it

    trace_crashes()
    function = load(job["function"])
    # What its annotation names may be there for type checkers alone.
    function(values.decode(job["event"], getattr(events, job["told"]), "event"))
    return {}


def execute(job: dict[str, Any]) -> dict[str, values.Json]:
    """Become the stage's command; returns only by raising.

    Raises:
        ArtifactError: An input is not what its producer committed.
        OSError: The program is not there, or is none.
        ValueError: A placeholder names what is not there.
    """
    known: dict[str, Any] = dict(outputs(job))
    for name, given in job["inputs"].items():
        known[name] = committed(given, name) if is_reference(given) else given
    arguments = commands.argv(job["command"], known)
    # Python ignores it, and programs inherit that: `yes | head` would never end.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(arguments[0], arguments)
    except OSError as error:
        raise OSError(error.errno, error.strerror, arguments[0]) from None


def outputs(job: dict[str, Any]) -> dict[str, Any]:
    """Return the artifacts that the stage is to write."""
    return {name: Artifact(**place) for name, place in job["outputs"].items()}


def load(reference: str) -> Callable[..., Any]:
    """Return the function that is named `module:function`."""
    module, _, name = reference.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    function: Callable[..., Any] = found
    return function


def describe(error: BaseException) -> dict[str, Any]:
    """Describe an exception to the engine's side; of the traceback only the part that is not ours."""
    import traceback  # only failures wait for it

    frames = error.__traceback__
    while frames and _is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    headline = "".join(traceback.format_exception_only(type(error), error)).strip()
    if isinstance(error, (Abort, ArtifactError, InvalidValue)):  # what it says is all there is to say
        with suppress(Exception):  # a subclass of the user's may not be able to say it
            headline = str(error)
    return {
        "abort": isinstance(error, Abort),
        "error": _text(headline),
        "traceback": _text("".join(traceback.format_exception(type(error), error, frames)) if frames else ""),
    }


def _text(said: str) -> str:
    """What can be written down of it: a message may hold the bytes of a file name that is not UTF-8."""
    return said.encode("utf-8", "backslashreplace").decode()


def trace_crashes() -> None:
    """Where the stage stands when its process crashes or runs out of time goes to its log."""
    if faulthandler.is_enabled():
        return
    faulthandler.enable()
    faulthandler.register(signal.SIGTERM, chain=True)
    os.register_at_fork(after_in_child=lambda: faulthandler.unregister(signal.SIGTERM))


def _is_ours(file: str) -> bool:
    return file.startswith((__file__.removesuffix("stage.py"), "<frozen importlib"))


def _line(descriptor: int) -> bytes:
    """Read a line and nothing behind it that could be waiting in a buffer."""
    read = b""
    while not read.endswith(b"\n"):
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            sys.exit("the engine's process has gone before the attempt began")
        read += chunk
    return read
