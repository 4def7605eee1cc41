"""What a run with KFP's own engine did, and what makes that engine do as a cluster does.

`kfp.local` stands in for a cluster. Where it would do something else, its hooks do what the cluster does:

| on a cluster                                        | here                                                          |
|-----------------------------------------------------|---------------------------------------------------------------|
| other branches go on after a failure                | the orchestrator that `kfp.local` has for control flow        |
| Argo tells each attempt which retry it is           | the same environment variable                                 |
| `pip install` at the start of a task                | the packages are in the environment                           |
| timeouts of tasks and of the run, container images  | nothing: only `load` shows them                               |
| independent tasks run side by side                  | one after the other; of a loop's items at most two at once    |
| a loop in a loop knows the outer item, too          | the same: `kfp.local` itself takes the inner one for it       |
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ppc_kfp.driver_outcome import Place, place
    from ppc_kfp.driver_spec import Json
else:  # beside a script that is run by its path
    from driver_outcome import Place, place
    from driver_spec import Json

#: How components log that a hook has failed.
_HOOK = re.compile("hook ((?:on_exit|on_failure(?: of [^ ]+)?) failed: .*)")
#: The module that KFP makes of a component, and so that of each class in it.
_KFP_MODULE = "ephemeral_component."
_ERROR = re.compile(rf"[\w.]+(Error|Exception|Abort|Interrupt|Exit|Expired)\b|{re.escape(_KFP_MODULE)}\w+(: |$)")


class Recorder:
    """What each task and each group did, written down by hooks in `kfp.local`."""

    def __init__(self) -> None:
        self.ran: dict[Place, Json] = {}
        self.hook_errors: list[str] = []
        self.run_id: str | None = None
        # Iterations of a loop run in threads of their own.
        self._thread = threading.local()

    def install(self) -> None:
        """Put the hooks in, and let packages and failed branches be handled as on a cluster."""
        from kfp.local import subprocess_task_handler, task_dispatcher
        from kfp.local.orchestrator import dag_orchestrator, enhanced_dag_orchestrator, task_spec_utils
        from kfp.local.pip_install_manager import pip_install_manager

        # Tasks that would install packages wait for each other until they have ended; here none installs any.
        pip_install_manager.configure(serialize_installs=False, max_concurrent=sys.maxsize)
        # A cluster goes on with other branches after a failure; of kfp.local's two orchestrators only this one does.
        dag_orchestrator.run_dag = enhanced_dag_orchestrator.run_enhanced_dag
        any_task, attempt = enhanced_dag_orchestrator.execute_task, task_dispatcher.run_single_task_implementation

        def record_task(**arguments: Any) -> Any:
            task = arguments["task_spec"]
            self.run_id = arguments["unique_pipeline_id"]
            at = place(arguments["pipeline_resource_name"], arguments["task_name"])
            record = self.ran.setdefault(at, {"attempts": 0, "shown": task.task_info.name})
            self._thread.record = record
            outputs, status = any_task(**arguments)
            record["state"] = "success" if status.name == "SUCCESS" else "failed"
            record["outputs"] = outputs
            return outputs, status

        def record_attempt(**arguments: Any) -> Any:
            record = self._thread.record
            record["attempts"] += 1
            outputs, status = attempt(**arguments)
            if status.name != "SUCCESS":
                record["error"] = last_error(record.pop("tail", []))
            return outputs, status

        def run_command(full_command: list[str], env_vars: dict[str, str] | None = None) -> int:
            return self._run(without_pip(full_command), env_vars)

        evaluator = enhanced_dag_orchestrator.ConditionEvaluator
        evaluator._resolve_pipeline_channel = staticmethod(named_output(evaluator._resolve_pipeline_channel))
        iterated = task_spec_utils.create_parameter_loop_iteration_task_spec
        task_spec_utils.create_parameter_loop_iteration_task_spec = own_item_only(iterated)
        enhanced_dag_orchestrator.execute_task = record_task
        task_dispatcher.run_single_task_implementation = record_attempt
        subprocess_task_handler.run_local_subprocess = run_command

    def _run(self, command: list[str], env_vars: dict[str, str] | None) -> int:
        record = self._thread.record
        # As on a cluster, where Argo tells each attempt which retry it is.
        index = {"KFP_RETRY_INDEX": str(record["attempts"] - 1)}
        environment = {**os.environ, **(env_vars or {}), **index}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        record["tail"] = []
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
            text=True, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                print(line, end="", flush=True)
                record["tail"] = [*record["tail"][-199:], line.rstrip("\n")]
                if failed := _HOOK.match(line):
                    self.hook_errors.append(failed[1])
            return process.wait()


def named_output(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Let conditions name any output of a task, as on a cluster; `kfp.local` knows those called `Output` only."""

    def resolved(channel: str, store: Any) -> Any:
        name = channel.replace("pipelinechannel--", "")
        for dash in re.finditer("-", name):
            with suppress(ValueError):
                return store.get_task_output(name[: dash.start()], name[dash.end() :])
        return resolve(channel, store)

    return resolved


def own_item_only(iterated: Callable[..., Any]) -> Callable[..., Any]:
    """Let a loop in a loop know the outer item, as on a cluster; `kfp.local` takes the inner one for both."""

    def corrected(original_task_spec: Any, loop_item: Any, loop_task_name: str) -> Any:
        found = iterated(original_task_spec, loop_item, loop_task_name)
        for name, given in original_task_spec.inputs.parameters.items():
            if name != original_task_spec.parameter_iterator.item_input:
                found.inputs.parameters[name].CopyFrom(given)
        return found

    return corrected


def without_pip(command: list[str]) -> list[str]:
    """The task's command without the part that installs packages: the environment has them already."""
    if command[:2] == ["sh", "-c"] and "pip install" in command[2]:
        return command[3:]
    return command


def last_error(lines: list[str]) -> str:
    """The error of the last traceback in the lines, else the last line."""
    # A component that has seen its stage fail tells the error again, at its end.
    told = [line.removeprefix(_KFP_MODULE) for line in lines]
    for index in range(len(lines) - 1, -1, -1):
        if _ERROR.match(lines[index]):
            again = len(told) - 1 - told[::-1].index(told[index])
            return "\n".join(told[again:]).strip()
    return next((line for line in reversed(told) if line.strip()), "the process died")
