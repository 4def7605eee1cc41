"""Random valid pipelines, as IR: any graph, any blocks, any types, any text that a user could write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from hypothesis import strategies as st

from portable_pipeline.ir import (
    Cron,
    ParameterRef,
    Pipeline,
    RunDate,
    RunTime,
    Scalar,
    Type,
    Value,
)
from tests.property.parts import CRONS, STEADY_ZONES, ZONES, Scope, names, parameters
from tests.property.source import TOLD_OF_RUN, module_of
from tests.property.typed_values import texts
from tests.property.writing import Writer


@st.composite
def pipelines(draw: st.DrawFn, without: Collection[str] = (), max_stages: int = 6) -> Pipeline:
    """A valid pipeline.

    Args:
        without: Ids of rules that it must not rely on.
        max_stages: How large it grows.
    """
    given = draw(parameters())
    free = draw(st.lists(names("s"), min_size=1, max_size=max_stages, unique=True))
    writer = Writer(draw, free, without)
    known: tuple[tuple[Type, Value], ...] = tuple((each.type, ParameterRef(name=each.name)) for each in given)
    writer.body(Scope(values=(*known, (Scalar(name="date"), RunDate()), (Scalar(name="datetime"), RunTime()))))
    found = tuple(writer.stages)
    may_hook = not any(rule.startswith("X") for rule in without)
    on_exit = draw(st.none() | st.just(TOLD_OF_RUN)) if may_hook else None
    on_failure = draw(st.none() | st.just(TOLD_OF_RUN)) if may_hook else None
    zones = ("UTC",) if "D2.zone" in without else ("UTC", *(STEADY_ZONES if "D2.gap" in without else ZONES))
    schedules = st.builds(Cron, expression=st.sampled_from(CRONS), timezone=st.sampled_from(zones))
    # Nobody is there to give a scheduled run its parameters.
    can_be_scheduled = not any(each.required for each in given)
    schedule = draw(st.none() | schedules) if can_be_scheduled else None
    return Pipeline(
        name=draw(names("pipeline")),
        source="pipeline.py",
        description=draw(texts),
        owner=draw(st.none() | st.just("data")),
        tags=tuple(draw(st.lists(st.sampled_from(["nightly", "demo"]), max_size=2, unique=True))),
        schedule=schedule,
        timeout=draw(st.none() | st.just(timedelta(hours=12))),
        parameters=given,
        stages=found,
        blocks=tuple(writer.blocks),
        on_exit=on_exit,
        on_failure=on_failure,
        modules=(module_of(found, of_run=on_exit is not None or on_failure is not None),),
    )
