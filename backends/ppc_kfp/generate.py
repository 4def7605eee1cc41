"""From a plan to files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from portable_pipeline.codegen.code_folder import module_path, module_text, runtime_sources
from portable_pipeline.codegen.environment import render
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.header import header
from portable_pipeline.codegen.names import RUNTIME_PACKAGE, code_folder_name, python_name
from portable_pipeline.ir import ExtractedModule, Pipeline
from ppc_kfp.code import carried_modules
from ppc_kfp.exits import exit_modules
from ppc_kfp.lower import lower, runtime_module
from ppc_kfp.parameters import has_run_date
from ppc_kfp.schedules import schedule


def generate(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    """The pipeline, what its components carry, the user's local modules, and the script that schedules it."""
    plan = lower(pipeline)
    stem = python_name(pipeline.name)
    text = render("kfp/pipeline.py.j2", plan=plan, header=header(pipeline))
    anchors = {task.stage: str(task.component) for task in plan.tasks}
    files = [GeneratedFile(f"{stem}_pipeline.py", text, formatted=True, anchors=anchors, holds_user_code=True)]
    if plan.carried:
        files.append(GeneratedFile(f"{runtime_module(pipeline)}.py", f"{header(pipeline)}\n{_runtime()}"))
    recurring = schedule(pipeline, takes_run_date=has_run_date(pipeline))
    if recurring is not None:
        deploy = render("kfp/deploy.py.j2", plan=plan, schedule=recurring, header=header(pipeline), stem=stem)
        files.append(GeneratedFile(f"{stem}_deploy.py", deploy, formatted=True))
    return (*files, *_code_files(pipeline))


def _code_files(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    """The local modules that components import, as they are."""
    folder = code_folder_name(pipeline)
    needed = {module.name for stage in pipeline.stages for module in carried_modules(pipeline, stage)}
    needed |= {module.name for module in exit_modules(pipeline)}
    modules = [module for module in pipeline.modules if module.name in needed]
    files = [GeneratedFile(f"{folder}/{module_path(module)}", module_text(module)) for module in modules]
    if any(isinstance(module, ExtractedModule) and module.runtime_names for module in modules):
        files += [GeneratedFile(f"{folder}/{RUNTIME_PACKAGE}/{name}", text) for name, text in runtime_sources(pipeline)]
    return tuple(files)


@cache
def _runtime() -> str:
    return Path(__file__).with_name("carried.py").read_text(encoding="utf-8")
