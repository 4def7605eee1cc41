"""portable-pipeline: write a pipeline once, compile it to every orchestrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portable_pipeline.dsl import (
        Abort,
        Artifact,
        Dataset,
        Directory,
        Field,
        Input,
        Metrics,
        Model,
        Output,
        command,
        cron,
        pipeline,
        run,
        stage,
        uri,
    )

__all__ = [
    "Abort",
    "Artifact",
    "Dataset",
    "Directory",
    "Field",
    "Input",
    "Metrics",
    "Model",
    "Output",
    "command",
    "cron",
    "pipeline",
    "run",
    "stage",
    "uri",
]


def __getattr__(name: str) -> object:
    # The command line imports this package too, and needs no language for `ppc --help`.
    if name in __all__:
        from portable_pipeline import dsl

        return getattr(dsl, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
