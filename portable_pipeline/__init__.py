"""portable-pipeline: write a pipeline once, compile it to every orchestrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portable_pipeline.dsl import (
        Abort,
        Artifact,
        Dataset,
        Directory,
        FailureEvent,
        Field,
        Input,
        Metrics,
        Model,
        Output,
        RunEvent,
        collect,
        command,
        cron,
        each,
        first_of,
        for_each,
        group,
        in_,
        otherwise,
        pipeline,
        run,
        stage,
        uri,
        when,
    )

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


def __getattr__(name: str) -> object:
    # The command line imports this package too, and needs no language for `ppc --help`.
    if name in __all__:
        from portable_pipeline import dsl

        return getattr(dsl, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
