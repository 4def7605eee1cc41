"""From a plan to files."""

from __future__ import annotations

from portable_pipeline.codegen.code_folder import code_folder
from portable_pipeline.codegen.environment import render
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.header import header
from portable_pipeline.codegen.literals import Source
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import Pipeline
from ppc_prefect.lower import lower, owner_and_tags
from ppc_prefect.plan import Deployment, Plan


def generate(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    """The flow, its deployment, and the code beside them."""
    plan = lower(pipeline)
    deployment_file = f"{python_name(pipeline.name)}.prefect.yaml"
    summary = (
        f"{pipeline.description or pipeline.name}\n\nThe tasks first, then the flow; `{deployment_file}` deploys it.\n"
    )
    flow = render("prefect/flow.py.j2", plan=plan, header=header(pipeline), summary=summary)
    deployment = render(
        "prefect/deployment.yaml.j2",
        deployment=_deployment(pipeline, plan),
        header=header(pipeline),
        file=Source(deployment_file),
    )
    anchors = {task.stage: str(task.function) for task in plan.tasks}
    return (
        GeneratedFile(flow_file(pipeline), flow, formatted=True, anchors=anchors),
        GeneratedFile(deployment_file, deployment),
        *code_folder(pipeline),
    )


def flow_file(pipeline: Pipeline) -> str:
    """The file that Prefect loads."""
    return f"{python_name(pipeline.name)}_flow.py"


def _deployment(pipeline: Pipeline, plan: Plan) -> Deployment:
    schedule = pipeline.schedule
    return Deployment(
        name=yaml_string(pipeline.name),
        entrypoint=yaml_string(f"{flow_file(pipeline)}:{plan.function}"),
        tags=tuple(yaml_string(tag) for tag in owner_and_tags(pipeline)),
        cron=yaml_string(schedule.expression) if schedule else None,
        timezone=yaml_string(schedule.timezone) if schedule else None,
    )


def yaml_string(text: str) -> Source:
    """A double-quoted YAML scalar; what YAML does not count as printable is escaped."""
    return Source(f'"{"".join(map(_yaml_character, text))}"')


def _yaml_character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable() and character != "\ufeff":
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
