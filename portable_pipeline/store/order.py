"""The order in which people look at the stages of a run."""

from __future__ import annotations

from collections.abc import Iterable

from portable_pipeline.instances import Path, split_id
from portable_pipeline.ir import Pipeline
from portable_pipeline.store.records import StageRecord


def in_order(pipeline: Pipeline, stages: Iterable[StageRecord]) -> list[StageRecord]:
    """The stages in the order of their pipeline, those of a loop in the order of its items."""
    places = {stage.id: place for place, stage in enumerate(pipeline.stages)}

    def place(stage: StageRecord) -> tuple[int, Path]:
        name, path = split_id(stage.id)
        return places.get(name, len(places)), path

    return sorted(stages, key=place)
