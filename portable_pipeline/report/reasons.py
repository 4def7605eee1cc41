"""Why a stage is as it is, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from portable_pipeline.graph.words import predicate_words
from portable_pipeline.instances import Path, instance_id, split_id
from portable_pipeline.ir import Branch, Loop, Stage
from portable_pipeline.ir.control import around, waits
from portable_pipeline.report.looks import Look
from portable_pipeline.report.records import Records
from portable_pipeline.store import StageRecord

_MOST_NAMES = 4


class Reasons:
    """Answers for one run.

    Args:
        looks: Of everything, by id.
    """

    def __init__(self, records: Records, looks: Mapping[str, Look]) -> None:
        self._records = records
        self._looks = looks
        self._blocks = {block.id: block for block in records.pipeline.blocks}

    @cached_property
    def waits(self) -> Mapping[str, tuple[str, ...]]:
        """For each stage of the pipeline the ids of all that must have ended before."""
        return waits(self._records.pipeline)

    def why(self, stage: Stage, record: StageRecord) -> str:
        """The reason; empty where there is nothing to explain."""
        path = split_id(record.id)[1]
        match self._looks[record.id].name:
            case "skipped":
                return self._skipped(stage, path)
            case "upstream_failed":
                return _sentence(self._ended(stage, path, ("failed", "timeout", "upstream_failed")), "did not succeed")
            case "saved" if stage.fallback is not None:
                return f"{instance_id(stage.fallback, path)} stood in for it"
            case "interrupted":
                return "its process is gone"
        return ""

    def decision(self, branch: Branch) -> str:
        """Whether what is in a branch has run, where that is one answer."""
        holds = self._records.decided.get(branch.id)
        return "" if holds is None else "yes" if holds else "no"

    def before(self, stage: Stage, path: Path) -> Iterator[StageRecord]:
        """The records of what it had to wait for."""
        for source in self.waits[stage.id]:
            for each in self._records.by_name.get(source, ()):
                other = split_id(each.id)[1]
                if all(mine == theirs for mine, theirs in zip(path, other, strict=False)):
                    yield each

    def _skipped(self, stage: Stage, path: Path) -> str:
        for block in around(self._blocks, stage.block):
            depth = sum(isinstance(each, Loop) for each in around(self._blocks, block.parent))
            if isinstance(block, Branch) and self._records.decided.get(instance_id(block.id, path[:depth])) is False:
                words = predicate_words(block.predicate)
                return f"{words} {'held' if block.otherwise_of is not None else 'did not hold'}"
        primary = stage.stands_in_for
        if primary is not None and self._state(instance_id(primary, path)) == "success":
            return f"not needed: {instance_id(primary, path)} succeeded"
        return _sentence(self._ended(stage, path, ("skipped",)), "was skipped")

    def _state(self, id: str) -> str:
        found = self._records.by_id.get(id)
        return "" if found is None else found.state

    def _ended(self, stage: Stage, path: Path, how: Sequence[str]) -> list[str]:
        return [
            each.id for each in self.before(stage, path) if each.id in self._looks and self._looks[each.id].name in how
        ]


def _sentence(names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more} {what}"
