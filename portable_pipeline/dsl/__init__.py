"""The language: what a pipeline file imports. Importing it loads nothing beyond the standard library."""

from portable_pipeline.dsl.abort import Abort
from portable_pipeline.dsl.artifacts import Artifact, Dataset, Directory, Input, Metrics, Model, Output, uri
from portable_pipeline.dsl.blocks import collect, first_of, for_each, group, otherwise, when
from portable_pipeline.dsl.constraints import Field
from portable_pipeline.dsl.events import FailureEvent, RunEvent
from portable_pipeline.dsl.maps import each
from portable_pipeline.dsl.pipelines import pipeline
from portable_pipeline.dsl.predicates import in_
from portable_pipeline.dsl.runs import run
from portable_pipeline.dsl.schedules import cron
from portable_pipeline.dsl.stages import command, stage

__all__ = [
    "Abort",
    "Artifact",
    "Dataset",
    "Directory",
    "FailureEvent",
    "Field",
    "Input",
    "Metrics",
    "Model",
    "Output",
    "RunEvent",
    "collect",
    "command",
    "cron",
    "each",
    "first_of",
    "for_each",
    "group",
    "in_",
    "otherwise",
    "pipeline",
    "run",
    "stage",
    "uri",
    "when",
]
