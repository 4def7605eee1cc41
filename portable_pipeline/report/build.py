"""From the records of a run to what its page says."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path

from portable_pipeline.redaction import Redactor
from portable_pipeline.report import model
from portable_pipeline.report.drawing import run_drawing
from portable_pipeline.report.folding import MOST_TEXT, Group, Item, Shown
from portable_pipeline.report.logs import Excerpt
from portable_pipeline.report.looks import LOOKS, look_of_attempt, look_of_run
from portable_pipeline.report.reasons import Reasons
from portable_pipeline.report.records import Records
from portable_pipeline.report.scale import scale_of
from portable_pipeline.report.settings import Fact, stage_facts
from portable_pipeline.report.timeline import anchor, in_words, timeline
from portable_pipeline.report.wording import clock, count, day_and_clock, plain, shortened, size, took
from portable_pipeline.store import ArtifactRecord, AttemptRecord, StageRecord

_MOST_PROBLEMS, _MOST_ARTIFACTS = 12, 200
Logs = Mapping[tuple[str, int], Excerpt]


def redactor_of(records: Records, folder: Path) -> Redactor:
    """Knows the secrets of a run: in its parameters, and in what its stages returned.

    Args:
        folder: Of the run.
    """
    returned = ({each.id: dict(each.returned)} for each in records.stages)
    defaults = {each.name: each.default for each in records.pipeline.parameters}
    return Redactor([dict(records.run.parameters), defaults, *returned], folder)


def attempts_by_need(shown: Shown) -> list[AttemptRecord]:
    """The attempts that are shown, those first whose logs matter most."""
    found = [(item.look.rank, one) for group in shown.groups for item in group.items for one in item.attempts]
    return [one for _, one in sorted(found, key=lambda each: (each[1].error is None, each[0]))]


def run_model(records: Records, shown: Shown, logs: Logs, redactor: Redactor) -> model.RunPage:
    """The page of a run."""
    run, pipeline = records.run, records.pipeline
    reasons = Reasons(records, shown.looks)
    writer = _Writer(records, logs, redactor, reasons)
    problems = tuple(writer.problems(shown))
    artifacts = [each for each in records.artifacts if each.stage in shown.looks]
    folded = sum(number for _, number in shown.folded)
    return model.RunPage(
        title=f"{pipeline.name}: {look_of_run(run).words}, {run.moment[:10]}",
        pipeline=pipeline.name,
        description=redactor.text(plain(pipeline.description)),
        run=run.id,
        look=look_of_run(run),
        facts=tuple(_facts(records)),
        notes=tuple(_notes(records)),
        shares=tuple(_shares(shown)),
        problems=problems[:_MOST_PROBLEMS],
        problems_left_out=count(len(problems) - _MOST_PROBLEMS, "more error") if len(problems) > _MOST_PROBLEMS else "",
        drawing=run_drawing(pipeline, shown, reasons),
        timeline=timeline(records, shown, scale_of(records), reasons),
        parameters=tuple(writer.parameters()),
        stages=tuple(writer.stage(group) for group in shown.groups),
        stages_left_out=f"{count(folded, 'more stage')}: {in_words(shown.folded)}" if folded else "",
        artifacts=tuple(writer.artifacts(artifacts[:_MOST_ARTIFACTS])),
        artifacts_left_out=count(len(artifacts) - _MOST_ARTIFACTS, "more artifact")
        if len(artifacts) > _MOST_ARTIFACTS
        else "",
        looks=tuple(LOOKS[look.name] for look, _ in shown.counts),
        next_step=_next_step(records),
    )


def _facts(records: Records) -> Iterator[Fact]:
    run = records.run
    yield Fact("logical date", _moment(run.moment))
    yield Fact("began", day_and_clock(run.created))
    if run.ended is not None:
        yield Fact("ended", day_and_clock(run.ended))
        yield Fact("took", took(run.seconds))
    else:
        yield Fact("seen", day_and_clock(records.now))
    if run.sessions > 1:
        yield Fact("sessions", f"{run.sessions}: it was resumed {'once' if run.sessions == 2 else 'several times'}")
    yield Fact("attempts", f"{len(records.attempts):,}")
    yield Fact("file", run.source, code=True)


def _moment(moment: str) -> str:
    """A logical date; without its time where that is midnight."""
    found = datetime.fromisoformat(moment)
    offset = f"{found:%z}"
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if found.utcoffset() else "UTC"
    return f"{found:%Y-%m-%d}" if found.time() == time.min else f"{found:%Y-%m-%d %H:%M:%S} {zone}"


def _notes(records: Records) -> Iterator[str]:
    run = records.run
    if run.degraded:
        yield "Degraded: a stand-in took the place of a stage that failed."
    if run.hook_errors:
        yield f"{count(len(run.hook_errors), 'hook')} failed, which changes nothing else."
    if run.state == "running":
        yield f"Still running: this page shows how it was at {clock(records.now)}."
    if run.state == "interrupted":
        yield "Interrupted: the process of this run is gone without having ended it."
    cached = sum(each.cached is not None for each in records.stages)
    if cached:
        yield f"{count(cached, 'stage')} {'was' if cached == 1 else 'were'} not executed, but taken from the cache."
    if records.kept:
        kept = len(records.kept)
        yield f"{count(kept, 'stage')} of earlier sessions {'was' if kept == 1 else 'were'} kept."


def _next_step(records: Records) -> str:
    return f"ppc resume {records.run.id}" if records.run.state in ("failed", "cancelled", "interrupted") else ""


def _shares(shown: Shown) -> Iterator[model.Share]:
    total, left = sum(number for _, number in shown.counts) or 1, 0.0
    for look, number in shown.counts:
        width = number * 100 / total
        yield model.Share(look, f"{number:,}", round(left, 3), round(width, 3))
        left += width


class _Writer:
    def __init__(self, records: Records, logs: Logs, redactor: Redactor, reasons: Reasons) -> None:
        self._records = records
        self._logs = logs
        self._redactor = redactor
        self._reasons = reasons

    def parameters(self) -> Iterator[model.NamedText]:
        for name, value in self._records.run.parameters.items():
            yield model.NamedText(name, _cut(plain(self._redactor.value(name, value))))

    def problems(self, shown: Shown) -> Iterator[model.Problem]:
        run = self._records.run
        if run.error:
            yield model.Problem("the run", "", look_of_run(run), self._text(run.error))
        for group in sorted(shown.groups, key=lambda group: group.look.rank):
            for item in group.items:
                if item.look.name in ("failed", "timeout", "saved", "cancelled", "interrupted") and item.attempts:
                    last = item.attempts[-1]
                    text = last.traceback or last.error
                    if text:
                        where = f"{item.record.id}, attempt {last.number}"
                        yield model.Problem(where, anchor(item.record.id), item.look, self._text(text))
        for error in run.hook_errors:
            hook, _, said = error.partition(" failed: ")
            yield model.Problem(f"hook {hook}", "", LOOKS["failed"], self._text(said))

    def artifacts(self, found: Sequence[ArtifactRecord]) -> Iterator[model.Artifact]:
        for each in found:
            uri = self._text(each.uri)
            yield model.Artifact(
                each.stage,
                anchor(each.stage),
                each.name,
                each.kind,
                size(each.size),
                f"{each.size:,}",
                each.sha256,
                uri,
            )

    def stage(self, group: Group) -> model.Stage:
        stage = group.stage
        items = tuple(self._item(group, item) for item in group.items)
        total = sum(number for _, number in group.counts)
        if group.looped:
            summary = f"{count(total, 'item')}: {in_words(group.counts)}" if total else "its loop had no items"
        else:
            summary = "".join(item.took for item in items)
        folded = sum(number for _, number in group.folded)
        return model.Stage(
            id=stage.id,
            anchor=anchor(stage.id),
            look=group.look,
            description=self._text(stage.description),
            summary=summary,
            chips=_chips(group),
            facts=tuple(
                Fact(each.name, self._text(each.text), each.code) for each in stage_facts(self._records.pipeline, stage)
            ),
            items=items,
            looped=group.looped,
            left_out=f"{count(folded, 'more item')}: {in_words(group.folded)}" if folded else "",
            open=group.look.name in ("failed", "timeout", "saved", "interrupted", "running", "up_for_retry"),
        )

    def _item(self, group: Group, item: Item) -> model.Item:
        record = item.record
        returned = {
            name: value
            for name, value in record.returned.items()
            if name not in {each.name for each in self._records.artifacts_of.get(record.id, ())}
        }
        run = self._records.run
        return model.Item(
            id=record.id,
            anchor=anchor(record.id),
            look=item.look,
            reason=self._reasons.why(group.stage, record),
            chips=tuple(_origin(self._records, record)),
            took=_whole(item),
            attempts=tuple(self._attempts(item)),
            attempts_left_out=count(item.more_attempts, "earlier attempt") if item.more_attempts else "",
            values=tuple(
                model.NamedText(name, _cut(plain(self._redactor.value(name, value))))
                for name, value in returned.items()
            ),
            log_command=f"ppc show {run.id} --logs {shlex.quote(record.id)}",
        )

    def _attempts(self, item: Item) -> Iterator[model.Attempt]:
        before: AttemptRecord | None = None
        for each in item.attempts:
            waited = None if before is None or before.ended is None else max(each.began - before.ended, 0.0)
            log = self._logs.get((each.stage, each.number))
            traceback = self._text(each.traceback or "")
            yield model.Attempt(
                number=each.number,
                look=look_of_attempt(each, self._records.run),
                session=f"session {each.session}" if self._records.run.sessions > 1 else "",
                began=clock(each.began),
                began_iso=datetime.fromtimestamp(each.began).astimezone().isoformat(timespec="milliseconds"),
                took=took(None if each.ended is None else max(each.ended - each.began, 0.0)),
                waited=took(waited) if waited is not None and before and before.session == each.session else "",
                error="" if traceback else self._text(each.error or ""),
                traceback=traceback,
                log=log,
                log_left_out="" if log is None or not log.left_out else size(log.left_out),
            )
            before = each

    def _text(self, text: str) -> str:
        shown, left_out = shortened(self._redactor.text(plain(text)).strip(), MOST_TEXT * 2)
        return f"{shown}\n… {left_out:,} more characters" if left_out else shown


def _chips(group: Group) -> tuple[str, ...]:
    attempts = 0 if group.looped or not group.items else group.items[0].record.attempts
    found = [f"{attempts} attempts"] if attempts > 1 else []
    if group.stage.stands_in_for is not None:
        found.append(f"stand-in for {group.stage.stands_in_for}")
    return tuple(found)


def _origin(records: Records, record: StageRecord) -> Iterator[str]:
    """Where it was executed, if not in this session of this run."""
    if record.id in records.kept:
        yield "kept from an earlier session"
    if record.cached is not None:
        yield f"cached from run {record.cached.run}"


def _whole(item: Item) -> str:
    """From the first attempt's start to the last one's end."""
    ends = [each.ended for each in item.attempts]
    if not item.attempts or item.more_attempts or None in ends:
        return ""
    return took(max(max(end for end in ends if end is not None) - item.attempts[0].began, 0.0))


def _cut(text: str) -> model.Text:
    shown, left_out = shortened(text, MOST_TEXT)
    return model.Text(shown, f"{left_out:,} characters" if left_out else "")
