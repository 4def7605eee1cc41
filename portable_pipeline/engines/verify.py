"""What the engine made of the generated files, compared with what the pipeline says.

An engine's object model need not hold everything: a key that the driver leaves out of its answer is not compared, and
the caller is told so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.engines import EngineCannotLoad, EngineViewDiffers
from portable_pipeline.engines.session import Session
from portable_pipeline.ir import (
    Choice,
    CommandBody,
    DictOf,
    Group,
    ListOf,
    OptionalOf,
    Parameter,
    Pipeline,
    Record,
    Retry,
    Stage,
    Type,
)
from portable_pipeline.ir.control import blocks_around
from portable_pipeline.ir.graph import upstream
from portable_pipeline.ir.loops import LoopNeeds

View = Mapping[str, Any]
#: (what is compared, what the pipeline says, what the engine sees, where the pipeline says it)
Difference = tuple[str, object, object, Span | None]

#: Engines count in whole seconds in places; a wait or a timeout may be rounded up, never down (R2, R3).
_ROUNDED_UP_SECONDS = 1.0
_MISSING = "nothing"
#: What the engines call the JSON form of a type.
_TYPE_NAMES = {
    "int": {"integer", "NUMBER_INTEGER"},
    "float": {"number", "NUMBER_DOUBLE"},
    "bool": {"boolean", "BOOLEAN"},
    "str": {"string", "STRING"},
    "list": {"array", "LIST"},
    "object": {"object", "STRUCT"},
}


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a comparison.

    Args:
        compared: What was compared: "stages", "retries", ...
        left_out: What of the pipeline this engine's object model does not hold.
        found: The differences, as diagnostics.
    """

    compared: tuple[str, ...]
    left_out: tuple[str, ...]
    found: tuple[Diagnostic, ...]


def verify(session: Session, pipeline: Pipeline, folder: Path) -> Verified:
    """Have the engine load generated files, and compare.

    Args:
        folder: The target's folder of generated files.

    Raises:
        Refused: If the engine dies or cannot even try.
    """
    title = session.target.title
    view = session.load(folder, session.target.engine.entry(pipeline))
    errors = tuple(EngineCannotLoad(target=title, error=str(each), span=pipeline.span) for each in view["errors"])
    if errors:
        return Verified((), (), errors)
    held = {name: compare for name, (key, compare) in _COMPARISONS.items() if _holds(view, key)}
    found = tuple(
        EngineViewDiffers(target=title, subject=subject, expected=_shown(expected), seen=_shown(seen), span=span)
        for compare in held.values()
        for subject, expected, seen, span in compare(pipeline, view)
    )
    return Verified(tuple(held), tuple(name for name in _wanted(pipeline) if name not in held), found)


def waits(retry: Retry) -> tuple[float, ...]:
    """Seconds that each retry waits at least (R2)."""
    delay, cap = retry.delay.total_seconds(), retry.max_delay.total_seconds() if retry.max_delay is not None else None
    grown = (delay * retry.backoff**k for k in range(retry.retries))
    return tuple(each if cap is None else min(each, cap) for each in grown)


def _wanted(pipeline: Pipeline) -> Iterator[str]:
    """What the pipeline says anything about."""
    stages = pipeline.stages
    silent = {
        "retry waits": not any(stage.retry.retries for stage in stages),
        "timeouts": not any(stage.timeout for stage in stages),
        "images": not any(isinstance(stage.body, CommandBody) and stage.body.image for stage in stages),
        "pipeline timeout": pipeline.timeout is None,
        "schedule": pipeline.schedule is None,
        "parameters": not pipeline.parameters,
        "groups": not any(isinstance(block, Group) for block in pipeline.blocks),
    }
    return (name for name in _COMPARISONS if not silent.get(name))


def _holds(view: View, key: str) -> bool:
    place, _, name = key.partition(".")
    return all(name in stage for stage in view["stages"].values()) if place == "stage" else place in view


def _stages(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    spans = {stage.id: stage.span for stage in pipeline.stages}
    yield from _unequal("the stages", sorted(spans), sorted(view["stages"]), pipeline.span)


def _edges(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    needs = {stage.id: set(upstream(stage)) for stage in pipeline.stages}
    loop_needs = LoopNeeds(pipeline)
    for stage, seen in _each(pipeline, view):
        # A stand-in comes after its primary, and so after what this one waits for: an engine may say that, too.
        implied = needs[stage.stands_in_for] - needs[stage.id] if stage.stands_in_for else set()
        # So does what takes something of a loop, after what the loop's stages need.
        implied |= loop_needs.behind(stage) - needs[stage.id]
        # What its groups wait for, an engine may not tell of those in them that do.
        around = needs[stage.id] & {*seen.get("upstream_of_groups", ())}
        found = sorted({*seen["upstream"]} - implied | around)
        yield from _unequal(f"what `{stage.id}` waits for", sorted(needs[stage.id]), found, stage.span)


def _groups(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    """An engine need not show every group."""
    shown = [each for each in pipeline.blocks if isinstance(each, Group) and each.id in view["groups"]]
    around = {stage.id: blocks_around(pipeline, stage.block) for stage in pipeline.stages if shown}
    yield from _unequal("the groups", sorted(each.id for each in shown), sorted(view["groups"]), pipeline.span)
    for group in shown:
        seen, inside = view["groups"][group.id], sorted(id for id, blocks in around.items() if group in blocks)
        yield from _unequal(f"the name of group `{group.id}`", group.name or group.id, seen["name"], group.span)
        yield from _unequal(f"what is in group `{group.id}`", inside, seen["stages"], group.span)


def _retries(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    for stage, seen in _each(pipeline, view):
        yield from _unequal(f"the retries of `{stage.id}`", stage.retry.retries, seen["retries"], stage.span)


def _waits(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    for stage, seen in _each(pipeline, view):
        expected, actual = waits(stage.retry), _seen_waits(seen)
        pairs = zip(expected, actual, strict=False)
        longest = math.inf if view.get("waits_are_least") else _ROUNDED_UP_SECONDS
        if len(expected) != len(actual) or any(not 0 <= b - a < longest for a, b in pairs):
            yield f"the waits in seconds before the retries of `{stage.id}`", expected, actual, stage.span


def _seen_waits(seen: View) -> tuple[float, ...]:
    if "retry_delays_s" in seen:
        return tuple(seen["retry_delays_s"])
    cap = seen.get("max_delay_s")
    as_retry = Retry(
        retries=seen["retries"],
        delay=timedelta(seconds=seen["retry_delay_s"] or 0),
        backoff=seen.get("backoff") or 1.0,
        max_delay=None if cap is None else timedelta(seconds=cap),
    )
    return waits(as_retry)


def _timeouts(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    for stage, seen in _each(pipeline, view):
        yield from _unequal_bounds(f"the timeout in seconds of `{stage.id}`", stage.timeout, seen, stage.span)


def _images(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    for stage, seen in _each(pipeline, view):
        # A stage that asks for no image gets one that the target chooses.
        if isinstance(stage.body, CommandBody) and stage.body.image is not None:
            yield from _unequal(f"the image of `{stage.id}`", stage.body.image, seen["image"], stage.span)


def _run_timeout(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    yield from _unequal_bounds("the pipeline's timeout in seconds", pipeline.timeout, view, pipeline.span)


def _unequal_bounds(subject: str, timeout: timedelta | None, view: View, span: Span | None) -> Iterator[Difference]:
    expected, seen = None if timeout is None else timeout.total_seconds(), view["timeout_s"]
    if expected is None or seen is None or not 0 <= seen - expected < _ROUNDED_UP_SECONDS:
        yield from _unequal(subject, expected, seen, span)


def _schedule(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    cron = pipeline.schedule
    expected = None if cron is None else {"cron": cron.expression, "timezone": cron.timezone}
    yield from _unequal("the schedule", expected, view["schedule"], cron.span if cron else pipeline.span)


def _parameters(pipeline: Pipeline, view: View) -> Iterator[Difference]:
    expected = {each.name: each for each in pipeline.parameters}
    yield from _unequal("the parameters", sorted(expected), sorted(view["parameters"]), pipeline.span)
    for name in expected.keys() & view["parameters"].keys():
        yield from _parameter(expected[name], view["parameters"][name])


def _parameter(expected: Parameter, seen: View) -> Iterator[Difference]:
    name = expected.name
    yield from _unequal(f"whether parameter `{name}` is required", expected.required, seen["required"], expected.span)
    if not expected.required:
        yield from _unequal(f"the default of parameter `{name}`", expected.default, seen.get("default"), expected.span)
    kind = json_kind(expected.type)
    names = seen.get("type")
    if (
        kind
        and isinstance(names, str | list)
        and not _TYPE_NAMES[kind] & {*([names] if isinstance(names, str) else names)}
    ):
        yield f"the type of parameter `{name}`", kind, names, expected.span


def json_kind(declared: Type) -> str | None:
    """A key of the table of type names; None for what engines show in ways of their own."""
    if isinstance(declared, OptionalOf):
        return json_kind(declared.item)
    if isinstance(declared, ListOf):
        return "list"
    if isinstance(declared, DictOf | Record):
        return "object"
    if isinstance(declared, Choice):
        return None
    return declared.name if declared.name in _TYPE_NAMES else None


def _each(pipeline: Pipeline, view: View) -> Iterator[tuple[Stage, View]]:
    return ((stage, view["stages"][stage.id]) for stage in pipeline.stages if stage.id in view["stages"])


def _unequal(subject: str, expected: object, seen: object, span: Span | None) -> Iterator[Difference]:
    if expected != seen:
        yield subject, expected, seen, span


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or _MISSING
    return _MISSING if value is None else str(value)


_COMPARISONS: dict[str, tuple[str, Callable[[Pipeline, View], Iterator[Difference]]]] = {
    "stages": ("stages", _stages),
    "edges": ("stage.upstream", _edges),
    "retries": ("stage.retries", _retries),
    "retry waits": ("stage.retry_delay_s", _waits),
    "timeouts": ("stage.timeout_s", _timeouts),
    "images": ("stage.image", _images),
    "pipeline timeout": ("timeout_s", _run_timeout),
    "schedule": ("schedule", _schedule),
    "parameters": ("parameters", _parameters),
    "groups": ("groups", _groups),
}
