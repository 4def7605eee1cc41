"""What components need besides the stages' own code; KFP carries these functions into the components that name them
in `additional_funcs`, so each stands on its own: no import, name or decorator from outside the function, except each
other. They are short because every component has its copy.

How values travel: bool and float as KFP's own types; str, date and datetime as KFP strings; anything else as JSON text,
because KFP turns every number into a double. A parameter of the pipeline that is an int stays KFP's own.

A type is written as "int", "float", "str", "bool", "none", "date", "datetime", "timedelta" or "any", or as a tuple:
("list", item), ("dict", value), ("optional", item), ("word", *strings), ("choice", *values),
("record", class, fields, required).
"""

from typing import Any


def run_stage(function: Any, /, **arguments: Any) -> Any:
    """Return what the stage's function returns; a stage that ends the process has failed, whatever the status."""
    import os

    end, process = os._exit, os.getpid()
    # Children of the stage keep their status.
    os._exit = lambda status: end(status or int(os.getpid() == process))
    try:
        return function(**arguments)
    except SystemExit as ended:
        raise RuntimeError(f"the stage ended its process with {ended.code!r}") from ended
    finally:
        os._exit = end


def add_jitter(most_seconds: Any) -> None:
    """Wait a random while before a retry, in addition to the wait that KFP does; at most the seconds of that retry."""
    import os
    import random
    import time

    retry = int(os.environ.get("KFP_RETRY_INDEX", "0"))
    if retry:
        time.sleep(random.uniform(0, most_seconds[retry - 1]))


def decode_value(carried: Any, declared: Any, what: str = "input", as_json: Any = None) -> Any:
    """Return what KFP carried as a value of the declared type; `as_json` tells what the type does not."""
    import json
    import re

    value = carried
    if isinstance(carried, str):
        if as_json is None:
            as_json = declared not in ("str", "date", "datetime") and declared[0] != "word"
        try:
            # Characters that KFP would not leave alone travel as a word joiner and their number.
            text = re.sub("\u2060([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), carried)
            value = json.loads(carried) if as_json else text
        except ValueError:
            raise TypeError(f"{what} is no JSON: {carried[:80]!r}") from None
    elif isinstance(carried, int) and abs(carried) >= 2**53:
        raise TypeError(f"{what}: KFP carries integers from 2**53 on inexactly, got {carried}")
    is_scalar = isinstance(declared, str) and declared != "any"
    return (convert_scalar if is_scalar else convert_value)(value, declared, what, True)


def encode_result(value: Any, declared: Any, what: str) -> Any:
    """Return a result as KFP carries it, proven to be what was declared and small enough."""
    import json
    import re

    is_scalar = isinstance(declared, str) and declared != "any"
    encoded = (convert_scalar if is_scalar else convert_value)(value, declared, what, False)
    size = len(json.dumps(encoded, ensure_ascii=False, separators=(",", ":")).encode())
    if size > 48 * 1024:
        raise TypeError(f"{what} takes {size} bytes of JSON, at most {48 * 1024} travel; write an artifact instead")
    if declared in ("bool", "float"):
        return encoded
    if declared in ("str", "date", "datetime") or declared[0] == "word":
        # KFP and Argo replace placeholders in double braces.
        return re.sub("(?<={){|\u2060", lambda found: f"\u2060{ord(found[0]):04x}", encoded)
    return json.dumps(encoded).replace("{{", "{\\u007b")


def convert_scalar(value: Any, name: str, what: str, decoding: bool) -> Any:
    """Return a value without parts for its JSON form (decoding), or the other way round."""
    import math
    from datetime import date, datetime, timedelta

    moments: Any = {"date": date, "datetime": datetime, "timedelta": timedelta}
    kinds: Any = {"none": type(None), "bool": bool, "int": int, "float": (int, float), "str": str, **moments}
    in_json: Any = {"date": str, "datetime": str, "timedelta": (int, float)}
    shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:77]}..."
    mismatch = f"{what} is declared {name}, got {type(value).__name__}: {shown}"
    is_kind = isinstance(value, in_json.get(name, kinds[name]) if decoding else kinds[name])
    # A bool is an int to Python, and a datetime a date.
    if not is_kind or isinstance(value, bool) != (name == "bool") or (name == "date" and isinstance(value, datetime)):
        raise TypeError(mismatch)
    if name == "float" and not math.isfinite(value):
        raise TypeError(f"{mismatch} (JSON has neither NaN nor infinity)")
    if name in ("date", "datetime"):
        if not decoding:
            return value.isoformat()
        try:
            # Python 3.10 does not read the Z.
            return moments[name].fromisoformat(f"{value[:-1]}+00:00" if value[-1:] in ("Z", "z") else value)
        except ValueError as error:
            raise TypeError(f"{mismatch} ({error})") from None
    if name == "timedelta":
        seconds = value if decoding else value.total_seconds()
        return timedelta(seconds=seconds) if decoding else int(seconds) if seconds.is_integer() else seconds
    if name == "str":
        value = str.__str__(value)
        try:
            value.encode()
        except UnicodeEncodeError as error:
            # Half of a surrogate pair is no text.
            raise TypeError(f"{mismatch} ({error})") from None
    plain: Any = {"int": int, "float": float}
    return plain[name](value) if name in plain else value


def convert_value(value: Any, declared: Any, what: str, decoding: bool) -> Any:
    """Return a value of any declared type for its JSON form (decoding), or the other way round."""
    form, *parts = declared if isinstance(declared, tuple) else (declared,)

    def mismatch(why: str = "") -> TypeError:
        name = parts[0].__qualname__.rpartition(".")[2] if form == "record" else form
        shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:77]}..."
        return TypeError(f"{what} is declared {name}, got {type(value).__name__}: {shown}{why}")

    def part(item: Any, of: Any, name: str = "") -> Any:
        return convert_value(item, of, f"{what}{name}", decoding)

    if form == "any":
        return value if decoding else part(value, declared_by_value(value, what))
    if form == "optional":
        return None if value is None else part(value, parts[0])
    if form in ("word", "choice"):
        if not any(value == member and type(value) is type(member) for member in parts):
            raise mismatch(f" (one of {', '.join(map(repr, parts))})")
        return value
    if form == "list":
        if not isinstance(value, list):
            raise mismatch()
        return [part(item, parts[0], f"[{index}]") for index, item in enumerate(value)]
    if form == "dict":
        if not isinstance(value, dict):
            raise mismatch()
        return {
            convert_scalar(key, "str", f"a key of {what}", decoding): part(item, parts[0], f"[{key!r}]")
            for key, item in value.items()
        }
    if form != "record":
        return convert_scalar(value, form, what, decoding)
    kind, fields, required = parts
    as_dict = decoding or hasattr(kind, "__total__")
    if not isinstance(value, dict if as_dict else kind):
        raise mismatch()
    given = value if as_dict else {name: getattr(value, name) for name in fields}
    wrong = [*(set(required) - set(given)), *(set(given) - set(fields))]
    if wrong:
        raise mismatch(f" (field {wrong[0]!r} is {'missing' if wrong[0] in fields else 'unknown'})")
    members = {name: part(given[name], of, f".{name}") for name, of in fields.items() if name in given}
    return kind(**members) if decoding else members


def declared_by_value(value: Any, what: str) -> Any:
    """Return the type of a value of which nothing is declared."""
    from datetime import date, datetime, timedelta

    names = {bool: "bool", int: "int", float: "float", str: "str", datetime: "datetime", date: "date"}
    for kind, name in {**names, timedelta: "timedelta", type(None): "none"}.items():
        if isinstance(value, kind):
            return name
    if isinstance(value, (list, dict)):
        return ("list" if isinstance(value, list) else "dict", "any")
    fields = getattr(value, "_fields", None) or getattr(value, "__dataclass_fields__", None)
    if fields is None or isinstance(value, type):
        raise TypeError(f"{what} is of type {type(value).__name__}, which cannot travel between stages as JSON")
    return ("record", type(value), dict.fromkeys(fields, "any"), [])


def argument_text(carried: Any, as_json: bool = False) -> str:
    """Return an input as a command sees it: a string as it is, anything else as JSON."""
    import json

    value = decode_value(carried, "any", as_json=as_json)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def local_path(uri: str) -> Any:
    """Return the local path of an artifact's URI: a path, or a `file://` URI."""
    from pathlib import Path

    scheme, separator, rest = uri.partition("://")
    if not separator:
        return Path(uri).absolute()
    host, slash, path = rest.partition("/")
    if scheme != "file" or host not in ("", "localhost"):
        raise ValueError(f"no way to reach {uri}: an address is a path or file:///path")
    return Path(slash + path)


def fingerprint(path: Any) -> dict[str, Any]:
    """Return kind, size in bytes and SHA-256 of a file or of a directory's tree."""
    import hashlib
    import os

    def of_file(file: Any) -> str:
        content = hashlib.sha256()
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                content.update(chunk)
        return content.hexdigest()

    def of_tree(folder: Any, prefix: str, tree: Any) -> int:
        size = 0
        for entry in sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name)):
            name = prefix + entry.name
            if entry.is_symlink():
                tree.update(os.fsencode(f"link {entry.readlink()} {name}") + b"\0")
            elif entry.is_dir():
                tree.update(os.fsencode(f"dir {name}") + b"\0")
                size += of_tree(entry, f"{name}/", tree)
            else:
                tree.update(os.fsencode(f"file {of_file(entry)} {name}") + b"\0")
                size += entry.stat().st_size
        return size

    if not path.is_dir():
        return {"kind": "file", "size": path.stat().st_size, "sha256": of_file(path)}
    tree = hashlib.sha256()
    size = of_tree(path, "", tree)
    return {"kind": "dir", "size": size, "sha256": tree.hexdigest()}


def stage_outputs(*outputs: Any) -> None:
    """Give each artifact its URI, and a path of its own beside it until the stage has succeeded."""
    import atexit
    import contextlib
    import fcntl
    import os
    import re
    import secrets
    import shutil

    def lock(folder: Any) -> bool:
        """Hold it until this process ends: one that nobody holds is a leftover, which others remove."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # it is being removed at this moment
            return False
        except OSError:
            pass  # a filesystem without locks: nobody removes leftovers there
        return bool(folder.exists())

    def discard(folder: Any) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # another attempt stages there, too
            folder.parent.rmdir()

    for artifact, uri in outputs:
        artifact.uri = re.sub("\u2060([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), uri)
        target = local_path(artifact.uri)
        for tries_left in reversed(range(20)):
            folder = target.parent / ".stage_runtime" / secrets.token_hex(4)
            try:
                folder.mkdir(parents=True)
                if lock(folder):
                    break
            except FileNotFoundError:  # another attempt has just removed the folder above, which was empty, or ours
                if not tries_left:
                    raise
        atexit.register(discard, folder)
        artifact.set_path(str(folder / target.name))


def commit_outputs(*artifacts: Any) -> None:
    """Put what the stage has written in place, all outputs or none, with their fingerprints in their metadata."""
    from pathlib import Path

    for artifact in artifacts:
        written = Path(artifact.path)
        if not written.exists():
            raise FileNotFoundError(f"output `{artifact.name}` was not written: nothing is at {written}")
        artifact.metadata.update(fingerprint(written))
    for artifact in artifacts:
        written, target = Path(artifact.path), local_path(artifact.uri)
        previous = written.with_name(f"{written.name}.previous")
        if target.is_dir() or (target.exists() and written.is_dir()):
            # A directory cannot be renamed over another: for a moment nothing is there.
            target.rename(previous)
        try:
            written.replace(target)
        except OSError:
            if previous.exists():
                previous.rename(target)
            raise
        artifact.set_path("")


def verify_inputs(*artifacts: Any) -> None:
    """Prove that each artifact is what its producer committed, and give it its local path."""
    for artifact in artifacts:
        path = local_path(artifact.uri)
        if not path.exists():
            raise RuntimeError(f"input `{artifact.name}` is missing: nothing is at {artifact.uri}")
        if any(artifact.metadata[key] != found for key, found in fingerprint(path).items()):
            raise RuntimeError(f"input `{artifact.name}` has changed since its producer committed {artifact.uri}")
        artifact.set_path(str(path))


def artifact_record(artifact: Any) -> str:
    """Return what `verify_inputs` needs of a committed artifact, as JSON: out of KFP's groups only text gets."""
    import json

    return json.dumps({"uri": artifact.uri, "metadata": artifact.metadata}).replace("{{", "{\\u007b")


def received_artifacts(carried: str, kind: Any, name: str) -> Any:
    """Return the artifact of a record, or a list of artifacts."""
    import json

    def received(record: Any) -> Any:
        if isinstance(record, list):
            return [received(each) for each in record]
        return kind(name=name, uri=record["uri"], metadata=record["metadata"])

    return received(json.loads(carried))


def run_in_child(work: Any, timeout_seconds: Any = None) -> dict[str, Any]:
    """Do some work in a process of its own, which nothing that it starts outlives.

    Returns:
        {"value": what the work returns, as JSON}, or {"failure": why there is none}.
    """
    import ctypes
    import json
    import os
    import signal
    import sys
    import tempfile
    import time
    import traceback
    from contextlib import suppress
    from datetime import timedelta

    with tempfile.TemporaryFile("w+") as said:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            try:
                os.setpgid(0, 0)
                with suppress(Exception):  # only Linux has it: the child ends with this process (PR_SET_PDEATHSIG)
                    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
                answer = {"value": work()}
            except BaseException as error:
                traceback.print_exc()
                shown = "".join(traceback.format_exception_only(type(error), error)).strip()
                # That is the module that KFP makes of a component.
                answer = {"failure": shown.removeprefix("ephemeral_component.")}
            json.dump(answer, said)
            for stream in (said, sys.stdout, sys.stderr):
                stream.flush()
            os._exit(0)
        with suppress(OSError):  # it has done so itself, or has ended
            os.setpgid(child, child)
        begin = time.monotonic()
        ended, status = os.waitpid(child, os.WNOHANG)
        while not ended and (timeout_seconds is None or time.monotonic() - begin < timeout_seconds):
            time.sleep(0.02)
            ended, status = os.waitpid(child, os.WNOHANG)
        with suppress(OSError):  # nothing is left
            os.killpg(child, signal.SIGKILL)
        if not ended:
            os.waitpid(child, 0)
            return {"failure": f"timed out after {timedelta(seconds=timeout_seconds)}"}
        said.seek(0)
        try:
            return dict(json.load(said))
        except ValueError:
            code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return {"failure": f"its process was killed by {signal.Signals(-code).name}"}
    return {"failure": f"its process exited with code {code}"}


def supervise(attempt: Any, retries: int, timeout_seconds: Any = None, outputs: Any = ()) -> tuple[Any, str]:
    """Run an attempt in a process of its own, so that this one sees how it ends, and commit what it has written.

    Args:
        attempt: Returns the values that the component returns.
        retries: How often KFP tries again: the component fails until it has done so.
        outputs: Artifacts with their URIs.

    Returns:
        The values and an empty string; or None, and why the stage has failed for good.
    """
    import os
    import traceback

    try:
        if outputs:
            stage_outputs(*outputs)
        answer = run_in_child(attempt, timeout_seconds)
        if "value" in answer:
            if outputs:
                commit_outputs(*(artifact for artifact, _ in outputs))
            return answer["value"], ""
        failure = answer["failure"]
    except Exception as error:
        traceback.print_exc()
        failure = f"{type(error).__name__}: {error}"
    if int(os.environ.get("KFP_RETRY_INDEX", "0")) < retries:
        raise SystemExit(failure)
    for artifact, _ in outputs:
        artifact.set_path("")
    return None, failure[:2000].encode(errors="backslashreplace").decode() or "no reason is known"


def call_hook(hook: str, call: Any, timeout_seconds: Any = 300) -> None:
    """Call a hook in a process of its own; one that fails is logged, and changes nothing."""
    answer = run_in_child(call, timeout_seconds)
    if "failure" in answer:
        print(f"hook {hook} failed: {answer['failure']}", flush=True)


def hand_on(*artifacts: Any) -> None:
    """Let each artifact be what another task has committed: pairs of that task's and this one's."""
    for given, artifact in artifacts:
        artifact.uri = given.uri
        artifact.metadata.update(given.metadata)
        artifact.set_path("")


def check_value(name: str, carried: Any, declared: Any, **bounds: Any) -> Any:
    """Return a parameter of the pipeline, proven to be of its type and within its bounds (as in JSON Schema)."""
    import math
    import re

    value = decode_value(carried, declared, f"parameter `{name}`")
    holds: dict[str, Any] = {
        "ge": lambda limit: value >= limit,
        "gt": lambda limit: value > limit,
        "le": lambda limit: value <= limit,
        "lt": lambda limit: value < limit,
        "multiple_of": lambda limit: math.isclose(math.remainder(value, limit), 0, abs_tol=1e-9),
        "min_length": lambda limit: len(value) >= limit,
        "max_length": lambda limit: len(value) <= limit,
        "pattern": lambda limit: re.search(limit, value) is not None,
    }
    for bound, limit in bounds.items():
        if value is not None and not holds[bound](limit):
            raise ValueError(f"parameter `{name}` must keep {bound}={limit!r}, got {value!r}")
    return value


# What components name in `additional_funcs`. A stage without values has STAGE, with values that have no parts SCALARS,
# with others VALUES; a command with values ARGUMENTS. One that others stand in for, or with a hook, has SUPERVISED.
STAGE = [run_stage]
SCALARS = [run_stage, decode_value, encode_result, convert_scalar]
VALUES = [*SCALARS, convert_value, declared_by_value]
JITTER = [add_jitter]
HOOKS = [run_in_child, call_hook]
SUPERVISED = [*HOOKS, supervise]
STAND_IN = [hand_on]
ARTIFACTS = [local_path, fingerprint, stage_outputs, commit_outputs, verify_inputs]
RECORDS = [artifact_record, received_artifacts]
ARGUMENTS = [*VALUES[1:], argument_text]
PARAMETERS = [*VALUES[1:], check_value]
