"""What of a run a page shows: all of a small one; of a large one what needs attention, and how much more there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portable_pipeline.instances import instance_id, split_id
from portable_pipeline.ir import Loop, Pipeline, Stage
from portable_pipeline.ir.control import blocks_around
from portable_pipeline.report.looks import LOOKS, Look, is_timeout, look_of_stage
from portable_pipeline.report.records import Records
from portable_pipeline.store import AttemptRecord, StageRecord

#: How many stages have a section, how many items of a stage, and how many attempts of an item: the last ones.
MOST_STAGES, MOST_ITEMS, MOST_ATTEMPTS = 100, 10, 8
#: How many boxes and decisions a drawing has, and how much one cell of a table holds, in characters.
MOST_BOXES, MOST_TEXT = 200, 4_000

Counts = tuple[tuple[Look, int], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A stage, or one item of a stage in a loop.

    Args:
        attempts: Those that are shown.
        more_attempts: How many came before them.
    """

    record: StageRecord
    look: Look
    attempts: tuple[AttemptRecord, ...]
    more_attempts: int


@dataclass(frozen=True, slots=True)
class Group:
    """A stage of the pipeline with what is shown of it.

    Args:
        look: That of the item that needs most attention.
        items: Those that are shown, in order.
        counts: Of all items.
        folded: Of the items that are not shown.
        looped: Whether there is one for each item of a loop.
    """

    stage: Stage
    look: Look
    items: tuple[Item, ...]
    counts: Counts
    folded: Counts
    looped: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows.

    Args:
        looks: Of everything, by id.
        counts: Of everything.
        folded: Of the stages of the pipeline that have no section.
    """

    groups: tuple[Group, ...]
    looks: Mapping[str, Look]
    counts: Counts
    folded: Counts


def chosen(records: Records) -> Shown:
    """Choose what a page shows: what failed, what runs, what was tried again; then the rest, in order."""
    names = {stage.id: _records(records, stage) for stage in records.pipeline.stages}
    looks = {each.id: _look(records, stage, each) for stage in records.pipeline.stages for each in names[stage.id]}
    worst = {name: _worst([looks[each.id] for each in found]) for name, found in names.items()}
    wanted = sorted(
        records.pipeline.stages,
        key=lambda stage: (worst[stage.id].rank, not any(each.attempts > 1 for each in names[stage.id])),
    )
    ids = {stage.id for stage in wanted[:MOST_STAGES]}
    groups = tuple(
        _group(records, stage, names[stage.id], looks) for stage in records.pipeline.stages if stage.id in ids
    )
    return Shown(groups, looks, counted(looks.values()), counted(worst[each.id] for each in wanted[MOST_STAGES:]))


def counted(looks: Iterable[Look]) -> Counts:
    """How many there are of each, those that need attention first."""
    return tuple(sorted(Counter(looks).items(), key=lambda each: each[0].rank))


def _worst(looks: Sequence[Look]) -> Look:
    """What needs most attention; a loop without items has done nothing."""
    return min(looks, key=lambda look: look.rank, default=LOOKS["skipped"])


def _group(records: Records, stage: Stage, found: Sequence[StageRecord], looks: Mapping[str, Look]) -> Group:
    by_need = sorted(
        range(len(found)), key=lambda place: (looks[found[place].id].rank, found[place].attempts < 2, place)
    )
    places = sorted(by_need[:MOST_ITEMS])
    items = tuple(_item(records, found[place], looks) for place in places)
    all_looks = [looks[each.id] for each in found]
    return Group(
        stage,
        _worst(all_looks),
        items,
        counted(all_looks),
        counted(all_looks[place] for place in by_need[MOST_ITEMS:]),
        looped=not found or any(split_id(each.id)[1] for each in found),
    )


def _item(records: Records, record: StageRecord, looks: Mapping[str, Look]) -> Item:
    attempts = records.attempts_of.get(record.id, ())
    shown = attempts[-MOST_ATTEMPTS:]
    return Item(record, looks[record.id], shown, len(attempts) - len(shown))


def _records(records: Records, stage: Stage) -> tuple[StageRecord, ...]:
    """What there is of a stage, also where nothing was heard of it; of a loop that has run without items, nothing."""
    found = records.by_name[stage.id]
    if found or (records.run.state in ("success", "failed") and in_loop(records.pipeline, stage)):
        return found
    return (StageRecord(stage.id, "queued"),)


def in_loop(pipeline: Pipeline, stage: Stage) -> bool:
    """Whether a stage runs once for each item of something."""
    return any(isinstance(block, Loop) for block in blocks_around(pipeline, stage.block))


def _look(records: Records, stage: Stage, record: StageRecord) -> Look:
    saved = False
    if stage.fallback is not None:
        stand_in = records.by_id.get(instance_id(stage.fallback, split_id(record.id)[1]))
        saved = stand_in is not None and stand_in.state == "success"
    attempts = records.attempts_of.get(record.id, ())
    return look_of_stage(record, records.run, saved=saved, timed_out=bool(attempts) and is_timeout(attempts[-1]))
