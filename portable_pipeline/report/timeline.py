"""When what ran: a row for each stage, with its attempts, and what it waited for between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portable_pipeline.instances import instance_id, split_id
from portable_pipeline.report.folding import Group, Item, Shown
from portable_pipeline.report.looks import LOOKS, Look, look_of_attempt
from portable_pipeline.report.reasons import Reasons
from portable_pipeline.report.records import Records
from portable_pipeline.report.scale import Scale, Tick
from portable_pipeline.report.wording import count, took
from portable_pipeline.store import AttemptRecord, StageRecord

#: The narrowest bar, in percent, and the shortest wait that is drawn.
_NARROWEST, _SHORTEST_WAIT = 0.4, 0.6
#: All items of a loop in one row are drawn in so many steps.
_STEPS = 250
#: Items of a loop with a row each; more are one row together, and those that need attention.
_MOST_ROWS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time.

    Args:
        name: Of its style: a look's, `backoff`, `waits`, or `hook`.
        left: In percent of the axis, as is `width`.
        words: What it is.
        open: Whether its end is not known.
    """

    name: str
    left: float
    width: float
    words: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the chart.

    Args:
        anchor: Of the section about it; empty if there is none.
        inner: Whether it is about one item of the row above.
        took: From the first attempt's start to the last one's end.
        nothing: Why there are no bars.
        note: What the row says of many items.
    """

    name: str
    anchor: str
    look: Look
    bars: tuple[Bar, ...]
    inner: bool = False
    took: str = ""
    nothing: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chart."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    folded: str


def anchor(id: str) -> str:
    """Of the section about a stage or an item: `stage-train.0`."""
    name, path = split_id(id)
    return ".".join((f"stage-{name}", *map(str, path)))


def timeline(records: Records, shown: Shown, scale: Scale, reasons: Reasons) -> Timeline:
    """The chart of a run."""
    chart = _Chart(records, scale, reasons)
    pieces = sorted(
        (tuple(chart.group(group)) for group in shown.groups),
        key=lambda rows: min((bar.left for bar in rows[0].bars), default=101.0),
    )
    rows = [row for piece in pieces for row in piece]
    folded = sum(number for _, number in shown.folded)
    return Timeline(
        (*rows, *chart.hooks()),
        tuple(scale.ticks()),
        f"{count(folded, 'more stage')}: {in_words(shown.folded)}" if folded else "",
    )


def in_words(counts: Iterable[tuple[Look, int]]) -> str:
    """How many of what: `2 failed, 38 success`."""
    return ", ".join(f"{number:,} {look.words}" for look, number in counts)


class _Chart:
    def __init__(self, records: Records, scale: Scale, reasons: Reasons) -> None:
        self._records = records
        self._scale = scale
        self._reasons = reasons
        self._backoffs = _backoffs(records)

    def group(self, group: Group) -> Iterator[Row]:
        """One row; for a loop also some for its items."""
        if not group.looped:
            for item in group.items:
                yield self._row(group, item, inner=False)
            return
        records = self._records.by_name[group.stage.id]
        attempts = [one for each in records for one in self._records.attempts_of.get(each.id, ())]
        total = sum(number for _, number in group.counts)
        few = 0 < total <= _MOST_ROWS
        bars = tuple(self._together(attempts, group.stage.id))
        nothing = "" if bars else in_words(group.counts) if total else "its loop had no items"
        yield Row(
            f"{group.stage.id} × {total:,}",
            anchor(group.stage.id),
            group.look,
            bars,
            took=took(self._spent(attempts)),
            nothing=nothing,
            note="" if few or nothing else in_words(group.counts),
        )
        wanted = group.items if few else tuple(each for each in group.items if each.look.rank < LOOKS["success"].rank)
        for item in wanted[:_MOST_ROWS] if attempts else ():
            yield self._row(group, item, inner=True)

    def hooks(self) -> Iterator[Row]:
        """A row for each hook that was called."""
        called: dict[str, float] = {}
        for each in self._records.events:
            if each.kind == "hook_called":
                hook = str(each.detail.get("hook"))
                called[hook if each.subject is None else f"{hook} of {each.subject}"] = each.at
            elif each.kind == "hook_ended" and each.subject in called:
                error = each.detail.get("error")
                look = LOOKS["failed" if error else "success"]
                began = called.pop(each.subject)
                words = f"the hook {each.subject}: {look.words}, {took(each.at - began)}"
                yield Row(
                    each.subject, "", look, (self._bar("hook", began, each.at, words),), took=took(each.at - began)
                )

    def _row(self, group: Group, item: Item, *, inner: bool) -> Row:
        bars = list(self._bars(group, item))
        return Row(
            item.record.id,
            anchor(item.record.id),
            item.look,
            tuple(bars),
            inner,
            took(self._spent(item.attempts)),
            "" if bars else self._why_nothing(group, item),
        )

    def _why_nothing(self, group: Group, item: Item) -> str:
        if item.record.cached is not None:
            return f"cached from run {item.record.cached.run}"
        return self._reasons.why(group.stage, item.record) or item.look.words

    def _bars(self, group: Group, item: Item) -> Iterator[Bar]:
        ready = self._ready(group, item.record)
        for number, attempt in enumerate(item.attempts):
            session = self._scale.session(attempt.session)
            if number == 0 and not item.more_attempts:
                yield from self._wait(max(ready, session.began), attempt.began, "waited for its turn")
            elif number and item.attempts[number - 1].session == attempt.session:
                yield from self._between(item.attempts[number - 1], attempt)
            yield self._attempt(attempt)
        if item.look.name == "up_for_retry" and item.attempts:
            last = item.attempts[-1]
            yield self._bar("backoff", self._end(last), self._records.now, "waits for its next attempt", open=True)

    def _between(self, before: AttemptRecord, attempt: AttemptRecord) -> Iterator[Bar]:
        """The wait that the policy asks for, and what came on top of it."""
        failed, seconds = self._end(before), self._backoffs.get((attempt.stage, before.number), 0.0)
        due = min(failed + seconds, attempt.began)
        yield from self._wait(failed, due, "waited before the next attempt", name="backoff", least=0.0)
        yield from self._wait(due, attempt.began, "waited for its turn")

    def _wait(
        self, since: float, until: float, words: str, *, name: str = "waits", least: float = _SHORTEST_WAIT
    ) -> Iterator[Bar]:
        if self._scale.at(until) - self._scale.at(since) > least:
            yield self._bar(name, since, until, f"{words}, {took(until - since)}", thin=True)

    def _attempt(self, attempt: AttemptRecord) -> Bar:
        look = look_of_attempt(attempt, self._records.run)
        known = attempt.ended is not None
        spent = f", {took(self._end(attempt) - attempt.began)}" if known else ""
        words = f"attempt {attempt.number} {look.words}{spent}"
        return self._bar(look.name, attempt.began, self._end(attempt), words, open=not known)

    def _together(self, attempts: Sequence[AttemptRecord], stage: str) -> Iterator[Bar]:
        """What needs most attention at each moment, in steps of the axis."""
        at: list[Look | None] = [None] * _STEPS
        for each in attempts:
            look = look_of_attempt(each, self._records.run)
            first = int(self._scale.at(each.began) / 100 * _STEPS)
            last = int(self._scale.at(self._end(each)) / 100 * _STEPS)
            for step in range(min(first, _STEPS - 1), min(last, _STEPS - 1) + 1):
                seen = at[step]
                at[step] = look if seen is None or look.rank < seen.rank else seen
        place = 0
        for look_there, steps in itertools.groupby(at):
            width = len(list(steps))
            if look_there is not None:
                left = place * 100 / _STEPS
                yield Bar(look_there.name, left, width * 100 / _STEPS, f"{stage}: {look_there.words}")
            place += width

    def _bar(self, name: str, since: float, until: float, words: str, *, open: bool = False, thin: bool = False) -> Bar:
        left = self._scale.at(since)
        width = max(self._scale.at(until) - left, 0.0 if thin else _NARROWEST)
        return Bar(name, round(min(left, 100.0 - width), 3), round(width, 3), words, open)

    def _end(self, attempt: AttemptRecord) -> float:
        """When it ended; if that is not known, when its session did."""
        if attempt.ended is not None:
            return max(attempt.ended, attempt.began)
        if self._records.run.state == "running":
            return max(self._records.now, attempt.began)
        return max(self._scale.session(attempt.session).ended, attempt.began)

    def _spent(self, attempts: Sequence[AttemptRecord]) -> float | None:
        if not attempts:
            return None
        return max(self._end(each) for each in attempts) - min(each.began for each in attempts)

    def _ready(self, group: Group, record: StageRecord) -> float:
        """When all that it waits for had ended."""
        path = split_id(record.id)[1]
        sources = [each.id for each in self._reasons.before(group.stage, path)]
        if group.stage.stands_in_for is not None:
            sources.append(instance_id(group.stage.stands_in_for, path))
        ends = [self._end(attempts[-1]) for each in sources if (attempts := self._records.attempts_of.get(each))]
        return max(ends, default=0.0)


def _backoffs(records: Records) -> Mapping[tuple[str, int], float]:
    """How long a stage had to wait after an attempt, by its id and the attempt's number."""
    found: dict[tuple[str, int], float] = {}
    failed: dict[str, int] = {}
    for each in records.events:
        if each.kind == "attempt_failed" and each.subject is not None:
            number = each.detail.get("attempt")
            failed[each.subject] = number if isinstance(number, int) else 0
        elif each.kind == "retry_waits" and each.subject in failed:
            seconds = each.detail.get("seconds")
            found[each.subject, failed[each.subject]] = float(seconds) if isinstance(seconds, int | float) else 0.0
    return found
