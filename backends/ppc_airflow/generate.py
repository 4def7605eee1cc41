"""From a pipeline to the files of its DAG."""

from __future__ import annotations

from portable_pipeline.codegen.code_folder import code_folder
from portable_pipeline.codegen.environment import render
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.header import header
from portable_pipeline.codegen.names import code_folder_name, python_name
from portable_pipeline.ir import Pipeline
from ppc_airflow.lower import lower


def generate(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    """The DAG file, the code that its tasks run, and what keeps Airflow from looking for DAGs in that."""
    plan = lower(pipeline)
    dag = GeneratedFile(
        dag_path(pipeline),
        render("airflow/dag.py.j2", plan=plan, header=header(pipeline)),
        formatted=True,
        anchors={task.stage: task.function for task in plan.stages},
    )
    ignore = GeneratedFile(f"{code_folder_name(pipeline)}/.airflowignore", render("airflow/airflowignore.j2"))
    return (dag, ignore, *_requirements(pipeline), *code_folder(pipeline))


def dag_path(pipeline: Pipeline) -> str:
    """The DAG file. Its name ends in `_dag`: the DAGs folder is importable, and must not hide anyone's module."""
    return f"{python_name(pipeline.name)}_dag.py"


def _requirements(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    """What the workers need for the stages' code, as for pip."""
    if not pipeline.packages:
        return ()
    text = "".join(f"{each}\n" for each in pipeline.packages)
    return (GeneratedFile(f"{code_folder_name(pipeline)}/requirements.txt", text),)
