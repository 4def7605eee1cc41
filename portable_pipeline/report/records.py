"""All that is known of a run, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from portable_pipeline.instances import split_id
from portable_pipeline.ir import Pipeline
from portable_pipeline.store import (
    ArtifactRecord,
    AttemptRecord,
    EventRecord,
    Project,
    RunRecord,
    StageRecord,
    in_order,
)


@dataclass(frozen=True)
class Records:
    """What is known of a run.

    Args:
        pipeline: Of its last session.
        stages: In the order of the pipeline, those of a loop in the order of its items.
        now: When it was read; seconds since the epoch.
    """

    run: RunRecord
    pipeline: Pipeline
    stages: tuple[StageRecord, ...]
    attempts: tuple[AttemptRecord, ...]
    artifacts: tuple[ArtifactRecord, ...]
    events: tuple[EventRecord, ...]
    now: float

    @cached_property
    def by_id(self) -> Mapping[str, StageRecord]:
        """The stages, and items of stages, by id."""
        return {each.id: each for each in self.stages}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[StageRecord, ...]]:
        """For each stage of the pipeline what there is of it: itself, or one record for each item."""
        found: dict[str, list[StageRecord]] = defaultdict(list)
        for each in self.stages:
            found[split_id(each.id)[0]].append(each)
        return {stage.id: tuple(found.get(stage.id, ())) for stage in self.pipeline.stages}

    @cached_property
    def attempts_of(self) -> Mapping[str, tuple[AttemptRecord, ...]]:
        """The attempts by id of the stage, in the order of their numbers."""
        found: dict[str, list[AttemptRecord]] = defaultdict(list)
        for each in self.attempts:
            found[each.stage].append(each)
        return {id: tuple(sorted(each, key=lambda one: one.number)) for id, each in found.items()}

    @cached_property
    def artifacts_of(self) -> Mapping[str, tuple[ArtifactRecord, ...]]:
        """The artifacts by id of the stage."""
        found: dict[str, list[ArtifactRecord]] = defaultdict(list)
        for each in self.artifacts:
            found[each.stage].append(each)
        return {id: tuple(each) for id, each in found.items()}

    @cached_property
    def kept(self) -> frozenset[str]:
        """Ids of what the last session took over from an earlier one."""
        if self.run.sessions == 1:
            return frozenset()
        began = max((each.number for each in self.events if each.kind == "run_resumed"), default=0)
        since = (each for each in self.events if each.number > began and each.kind == "stage_kept")
        return frozenset(each.subject for each in since if each.subject is not None)

    @cached_property
    def decided(self) -> Mapping[str, bool | None]:
        """What the branches were decided to, by id, as in the last session."""
        found: dict[str, bool | None] = {}
        for each in self.events:
            if each.kind == "branch_decided" and each.subject is not None:
                holds = each.detail.get("holds")
                found[each.subject] = holds if isinstance(holds, bool) else None
        return found


def read(project: Project, run: RunRecord, now: float) -> Records:
    """Read all about a run.

    Raises:
        Refused: If the project cannot be read.
    """
    pipeline = project.pipeline(run.id)
    return Records(
        run,
        pipeline,
        tuple(in_order(pipeline, project.stages(run.id))),
        tuple(project.attempts(run.id)),
        tuple(project.artifacts(run.id)),
        tuple(project.history(run.id)),
        now,
    )
