"""The two pages, from what they are about to their text."""

from __future__ import annotations

from portable_pipeline.ir import Parameter, Pipeline
from portable_pipeline.redaction import Redactor
from portable_pipeline.report import model
from portable_pipeline.report.build import attempts_by_need, redactor_of, run_model
from portable_pipeline.report.drawing import pipeline_drawing
from portable_pipeline.report.folding import MOST_STAGES, chosen
from portable_pipeline.report.logs import excerpts
from portable_pipeline.report.records import read
from portable_pipeline.report.rendering import rendered
from portable_pipeline.report.settings import pipeline_facts, source_of, stage_facts
from portable_pipeline.report.timeline import anchor
from portable_pipeline.report.wording import count, plain
from portable_pipeline.store import Project, RunRecord
from portable_pipeline.validate.type_names import type_name


def run_page(project: Project, run: RunRecord, now: float) -> str:
    """A run as an HTML page that needs nothing beside it.

    Args:
        now: Seconds since the epoch; what a run that has not ended is shown until.

    Raises:
        Refused: If the project cannot be read.
    """
    records = read(project, run, now)
    shown = chosen(records)
    redactor = redactor_of(records, project.run_folder(run.id))
    logs = excerpts(project, run.id, attempts_by_need(shown), redactor)
    return rendered("run", run_model(records, shown, logs, redactor))


def pipeline_page(pipeline: Pipeline) -> str:
    """A pipeline as an HTML page that needs nothing beside it. The same pipeline gives the same text.

    Args:
        pipeline: Valid, so without cycles.
    """
    redactor = Redactor([{each.name: each.default for each in pipeline.parameters}])
    more = len(pipeline.stages) - MOST_STAGES
    page = model.PipelinePage(
        title=pipeline.name,
        pipeline=pipeline.name,
        description=plain(pipeline.description),
        facts=tuple(pipeline_facts(pipeline)),
        drawing=pipeline_drawing(pipeline),
        parameters=tuple(_parameter(each, redactor) for each in pipeline.parameters),
        stages=tuple(
            model.Stage(
                id=stage.id,
                anchor=anchor(stage.id),
                look=None,
                description=plain(stage.description),
                summary="",
                chips=(f"stand-in for {stage.stands_in_for}",) if stage.stands_in_for is not None else (),
                facts=tuple(stage_facts(pipeline, stage)),
                items=(),
                looped=False,
                left_out="",
                open=True,
                source=redactor.text(plain(source_of(pipeline, stage))).strip("\n"),
            )
            for stage in pipeline.stages[:MOST_STAGES]
        ),
        stages_left_out=count(more, "more stage") if more > 0 else "",
    )
    return rendered("pipeline", page)


def _parameter(parameter: Parameter, redactor: Redactor) -> model.NamedText:
    bounds = parameter.constraints.model_dump(exclude_none=True)
    words = [type_name(parameter.type), *(f"{name} {value}" for name, value in bounds.items())]
    default = "required" if parameter.required else plain(redactor.value(parameter.name, parameter.default))
    return model.NamedText(parameter.name, model.Text(default), ", ".join(words))
