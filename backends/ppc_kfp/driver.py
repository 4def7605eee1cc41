"""Loads and runs generated pipelines with KFP itself; run by the Python of KFP's environment, not by ours.

One JSON request a line on stdin, one JSON answer a line on the stdout that this script was started with; whatever KFP
prints goes to stderr. Every request is served in a forked child, so that KFP is imported once and no run sees
another's state. Operations: `init`, `load`, `compile`, `run`.

What of a cluster `kfp.local` does otherwise, `driver_recorder.py` puts right.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import runpy
import select
import shutil
import signal
import sys
import tarfile
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from ppc_kfp.driver_outcome import JSON_NOTE, outcome, plain
    from ppc_kfp.driver_recorder import Recorder
    from ppc_kfp.driver_spec import RUN_DATE, Json, own_timeout, stages, tasks, upstream, upstream_of_groups
else:  # run by its path, it finds its neighbours as modules of their own
    from driver_outcome import JSON_NOTE, outcome, plain
    from driver_recorder import Recorder
    from driver_spec import RUN_DATE, Json, own_timeout, stages, tasks, upstream, upstream_of_groups

# KFP and Argo would replace what is in double braces: the second travels as a word joiner and its number, which the
# generated `decode_value` undoes.
_ESCAPED = re.compile("(?<={){|\u2060")
_COLOURS = re.compile("\x1b\\[[0-9;]*m")


class Driver:
    """Serves requests until stdin closes."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._home = Path(tempfile.gettempdir())

    def serve(self) -> None:
        """Read requests, one a line, and answer each."""
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = self._answer(request)
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
            self._answers.write(json.dumps(answer).encode() + b"\n")
            self._answers.flush()

    def _answer(self, request: Json) -> Json:
        if request["op"] == "init":
            self._home = Path(request["home"])
            self._home.mkdir(parents=True, exist_ok=True)
            import kfp
            import yaml  # noqa: F401 - imported once, here, for all children
            from kfp import compiler, components, dsl, kubernetes, local  # noqa: F401 - so are these

            return {"engine": "kfp", "version": kfp.__version__}
        operation = {"load": load, "compile": compile_again, "run": run}[request["op"]]
        return in_child(lambda: operation(request, self._home), request.get("timeout_s"))


def in_child(work: Callable[[], Json], timeout_s: float | None) -> Json:
    """What the work returns, done in a forked process that dies with us, or after the time given, children included."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    driver = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _serve_child(work, writer, driver)
    os.close(writer)
    with suppress(ProcessLookupError, PermissionError):
        os.setpgid(child, child)
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    answer = bytearray()
    timed_out = False
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([reader], [], [], left)[0]:
            timed_out = True
            break
        chunk = os.read(reader, 65536)
        if not chunk:
            break
        answer += chunk
    os.close(reader)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if timed_out:
        return {"state": "failed", "stages": [], "error": f"no end within {timeout_s:g} s"}
    if not answer:
        return {"error": f"the child that served this died (status {status})"}
    return dict(json.loads(answer))


def _serve_child(work: Callable[[], Json], writer: int, driver: int) -> None:
    with suppress(OSError):
        os.setpgid(0, 0)
    threading.Thread(target=_end_with, args=(driver,), daemon=True).start()
    sys.stdin.close()
    try:
        answer = work()
    except BaseException as error:
        answer = {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(json.dumps(answer).encode())
    sys.stderr.flush()
    os._exit(0)


def _end_with(driver: int) -> None:
    """Kill this process's whole group, tasks included, once the driver has gone."""
    while os.getppid() == driver:
        time.sleep(0.2)
    os.killpg(0, signal.SIGKILL)


# ---- compiling and loading


def compile_yaml(source: Path, target: Path) -> None:
    """Run a generated pipeline file so that it compiles itself, and move the YAML to `target`.

    The embedded archives of local modules are made reproducible: KFP puts modification times into them.
    """
    from kfp.dsl import component_factory

    class Reproducible(tarfile.TarFile):
        def gettarinfo(self, *args: Any, **kwargs: Any) -> tarfile.TarInfo:
            info = super().gettarinfo(*args, **kwargs)
            info.mtime = info.uid = info.gid = 0
            info.uname = info.gname = ""
            info.mode = 0o755 if info.isdir() else 0o644
            return info

    factory: Any = component_factory
    factory.gzip = _With(gzip, compress=lambda data: gzip.compress(data, mtime=0))
    factory.tarfile = _With(tarfile, open=lambda fileobj, mode: Reproducible.open(fileobj=fileobj, mode=mode))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "generated")
        shutil.copytree(source.parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
        sys.path.insert(0, str(copy))
        runpy.run_path(str(copy / source.name), run_name="__main__")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile((copy / source.name).with_suffix(".yaml"), target)


class _With:
    """A module with some of its functions replaced."""

    def __init__(self, module: object, **replaced: object) -> None:
        self._module, self._replaced = module, replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced[name] if name in self._replaced else getattr(self._module, name)


def compile_again(request: Json, home: Path) -> Json:
    """The compiled YAML of a generated file, as text; nothing is written beside it."""
    with tempfile.TemporaryDirectory(dir=home) as folder:
        target = Path(folder, "pipeline.yaml")
        compile_yaml(Path(request["folder"], request["file"]), target)
        return {"yaml": target.read_text(encoding="utf-8")}


def read_back(request: Json, home: Path) -> tuple[Any, Json, Json]:
    """Compile, reload as a cluster would, and return the component, its spec and the Kubernetes part."""
    import yaml
    from kfp import components

    with tempfile.TemporaryDirectory(dir=home) as folder:
        target = Path(folder, "pipeline.yaml")
        compile_yaml(Path(request["folder"], request["file"]), target)
        documents = list(yaml.safe_load_all(target.read_text(encoding="utf-8")))
        component = components.load_component_from_file(str(target))
    kubernetes = documents[1]["platforms"]["kubernetes"] if len(documents) > 1 else {}
    return component, documents[0], kubernetes


def load(request: Json, home: Path) -> Json:
    """What the engine sees after compiling and reloading."""
    _, spec, kubernetes = read_back(request, home)
    executors = kubernetes.get("deploymentSpec", {}).get("executors", {})
    found = {}
    for stage_id, task in stages(spec).items():
        retry = task.spec.get("retryPolicy", {})
        executor = task.component["executorLabel"]
        spec_of = spec["deploymentSpec"]["executors"][executor]
        timeout = executors.get(executor, {}).get("activeDeadlineSeconds", own_timeout(spec_of))
        found[stage_id] = {
            "upstream": upstream(spec, task),
            "upstream_of_groups": upstream_of_groups(spec, task),
            "retries": int(retry.get("maxRetryCount", 0)),
            "retry_delay_s": _seconds(retry.get("backoffDuration")),
            "backoff": retry.get("backoffFactor"),
            "max_delay_s": None,
            "timeout_s": None if timeout is None else float(timeout),
            "image": spec_of["container"]["image"],
        }
    deadline = kubernetes.get("pipelineConfig", {}).get("activeDeadlineSeconds")
    return {
        "pipeline": spec["pipelineInfo"]["name"],
        "stages": found,
        "schedule": read_schedule(Path(request["folder"], request["file"])),
        "parameters": parameters(spec),
        "timeout_s": None if deadline is None else float(deadline),
        # KFP has neither a cap on a wait nor factors that are no integers: the waits are the next longer that it has.
        "waits_are_least": True,
        "tags": [],
        "errors": [],
    }


def parameters(spec: Json) -> dict[str, Json]:
    """The pipeline's parameters; `run_date` counts only where a stage's own parameter has that name."""
    found = {}
    for name, given in spec["root"].get("inputDefinitions", {}).get("parameters", {}).items():
        if name == "run_date" and is_run_date(spec):
            continue
        as_json = str(given.get("description", "")).startswith(JSON_NOTE)
        default = given.get("defaultValue")
        found[name] = {
            "type": None if as_json else given["parameterType"],
            "default": json.loads(default) if as_json and default is not None else plain(default),
            "required": not given.get("isOptional", False) and default is None,
        }
    return found


def is_run_date(spec: Json) -> bool:
    """Whether the pipeline has the task that resolves the run's date from the parameter `run_date`."""
    return any(task.shown == RUN_DATE for task in tasks(spec))


def read_schedule(source: Path) -> Json | None:
    """The schedule in the deploy script beside the pipeline file: KFP's spec has no place for one."""
    script = source.with_name(source.name.replace("_pipeline.py", "_deploy.py"))
    if not script.exists():
        return None
    seconds, *fields = str(runpy.run_path(str(script))["CRON"]).split()
    if seconds != "0" or len(fields) != 5:
        raise ValueError(f"{script.name}: CRON must have six fields, the first of them 0")
    return {"cron": " ".join(fields), "timezone": "UTC"}


def _seconds(duration: str | None) -> float | None:
    return None if duration is None else float(duration.removesuffix("s"))


# ---- running


def run(request: Json, home: Path) -> Json:
    """Compile, reload and execute on KFP's local engine."""
    from kfp import local

    component, spec, _ = read_back(request, home)
    recorder = Recorder()
    recorder.install()
    root = tempfile.mkdtemp(dir=home)
    error = None
    try:
        arguments = wire_arguments(spec, request.get("params") or {}, request.get("date"))
        local.init(local.SubprocessRunner(use_venv=False), pipeline_root=root, raise_on_error=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            component(**arguments)
    except Exception as failure:
        error = _COLOURS.sub("", f"{type(failure).__name__}: {failure}")
    finally:
        shutil.rmtree(root, ignore_errors=True)
    answer = outcome(spec, recorder.ran, error) | {"hook_errors": recorder.hook_errors}
    return answer | ({"run_id": recorder.run_id} if recorder.run_id else {})


def wire_arguments(spec: Json, given: Json, date: str | None) -> Json:
    """The parameters as KFP takes them: JSON text where the pipeline says so, floats as floats."""
    known = spec["root"].get("inputDefinitions", {}).get("parameters", {})
    arguments: Json = {}
    for name, value in given.items():
        declared = known.get(name, {})
        as_json = str(declared.get("description", "")).startswith(JSON_NOTE)
        if value is None and declared and not as_json:
            raise TypeError(f"parameter `{name}` is {declared['parameterType']}: KFP takes no null for it")
        if as_json:
            arguments[name] = json.dumps(value).replace("{{", "{\\u007b")
        elif declared.get("parameterType") == "NUMBER_DOUBLE" and type(value) is int:
            arguments[name] = float(value)
        else:
            arguments[name] = _ESCAPED.sub(_numbered, value) if isinstance(value, str) else value
    if date is not None and is_run_date(spec):
        arguments["run_date"] = date
    return arguments


def _numbered(found: re.Match[str]) -> str:
    return f"\u2060{ord(found[0]):04x}"


def main() -> None:
    """Keep stdout for the answers, everything printed goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = io.TextIOWrapper(os.fdopen(os.dup(2), "wb"), encoding="utf-8", line_buffering=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    Driver(answers).serve()


if __name__ == "__main__":
    main()
