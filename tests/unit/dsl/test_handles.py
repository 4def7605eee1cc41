# ruff: noqa: C416, PLC3002, PTH123, SIM115, SIM300, UP031, UP032 - misuse as users write it
"""Handles: what they record, what they refuse, and that they are harmless to whoever only looks at them."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.dsl import run, stage
from portable_pipeline.dsl.handles import Handle, origin_of
from portable_pipeline.dsl.predicates import Predicate
from portable_pipeline.dsl.trace import ParameterValue, StageValue, Trace, Unusable, tracing


@stage
def load() -> int:
    return 3


def handle(trace: Trace) -> Handle:
    return Handle(ParameterValue("limit"), trace)


MISUSES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "if": ("condition", lambda h: 1 if h else 2),
    "not": ("condition", lambda h: not h),
    "any": ("condition", lambda h: any([h])),
    "comparison as condition": ("condition", lambda h: 1 if h < 3 else 2),
    "chain": ("condition", lambda h: 1 < h < 3),
    "and": ("condition", lambda h: (h > 1) and 2),
    "in handle": ("membership", lambda h: 3 in h),
    "in list": ("membership", lambda h: h in [1, 2]),
    "min": ("condition", lambda h: min(h, 3)),
    "for": ("iteration", lambda h: [each for each in h]),
    "unpack": ("iteration", lambda h: (lambda a, b: a)(*h, 1)),
    "list": ("iteration", lambda h: list(h)),
    "sum": ("iteration", lambda h: sum(h)),
    "zip": ("iteration", lambda h: list(zip(h, [1], strict=False))),
    "str": ("text", lambda h: str(h)),
    "f-string": ("text", lambda h: f"{h}"),
    "format": ("text", lambda h: "{:>3}".format(h)),
    "percent": ("text", lambda h: "%s" % h),
    "print": ("text", lambda h: print(h)),
    "path": ("text", lambda h: Path("a") / h),
    "open": ("number", lambda h: open(h)),
    "+": ("arithmetic", lambda h: h + 1),
    "reflected +": ("arithmetic", lambda h: 1 + h),
    "text + handle": ("arithmetic", lambda h: "a" + h),
    "**": ("arithmetic", lambda h: 2**h),
    "-": ("arithmetic", lambda h: -h),
    "^": ("arithmetic", lambda h: h ^ True),
    "abs": ("arithmetic", lambda h: abs(h)),
    "round": ("arithmetic", lambda h: round(h, 2)),
    "index": ("index", lambda h: h[0]),
    "key": ("index", lambda h: h["a"]),
    "slice": ("index", lambda h: h[1:]),
    "as index": ("number", lambda h: [1, 2][h]),
    "len": ("number", lambda h: len(h)),
    "int": ("number", lambda h: int(h)),
    "float": ("number", lambda h: float(h)),
    "sqrt": ("number", lambda h: math.sqrt(h)),
    "range": ("number", lambda h: range(h)),
    "call": ("call", lambda h: h(1, a=2)),
    "attribute": ("attribute", lambda h: h.real),
    "method": ("attribute", lambda h: h.upper()),
    "set item": ("assignment", lambda h: h.__setitem__("a", 1)),
    "set attribute": ("assignment", lambda h: setattr(h, "a", 1)),
    "order": ("order", lambda h: h.after(load())),
}


#: What makes a predicate: it is judged where it is used.
PREDICATES: dict[str, Callable[[Any], object]] = {
    "==": lambda h: h == 3,
    "!=": lambda h: h != 3,
    "<": lambda h: h < 3,
    "reflected >": lambda h: 3 > h,
    "is_in": lambda h: h.is_in([1, 2]),
    "~": lambda h: ~h,
    "&": lambda h: h & True,
    "reflected |": lambda h: True | h,
}


@pytest.mark.parametrize("name", PREDICATES)
def test_a_predicate_is_no_misuse(name: str) -> None:
    trace = Trace()
    with tracing(trace):
        made = PREDICATES[name](handle(trace))
    assert isinstance(made, Predicate)
    assert trace.misuses == []
    with pytest.raises(TypeError):
        bool(made)


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_recorded_once_and_tracing_goes_on(name: str) -> None:
    kind, misuse = MISUSES[name]
    trace = Trace()
    with tracing(trace):
        try:
            misuse(handle(trace))
        except (FileNotFoundError, TypeError, ValueError):
            assert name in ("open", "unpack"), "these need a real value to go on"
    assert [each.kind for each in trace.misuses] == [kind]
    assert trace.misuses[0].place.code.co_filename == __file__


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_outside_of_a_pipeline_raises(name: str) -> None:
    with pytest.raises(TypeError):
        MISUSES[name][1](handle(Trace()))


def test_misusing_a_stand_in_is_no_news() -> None:
    trace = Trace()
    with tracing(trace):
        stand_in = handle(trace) + 1
        assert origin_of(stand_in) == Unusable()
        for _, misuse in MISUSES.values():
            try:
                misuse(stand_in)
            except (FileNotFoundError, TypeError, ValueError):
                continue
    assert [each.kind for each in trace.misuses] == ["arithmetic"]


def test_loop_on_a_handle_ends() -> None:
    trace = Trace()
    rounds = 0
    with tracing(trace):
        while handle(trace) < 3 or handle(trace):
            rounds += 1
    assert rounds <= 3, "once for each condition, and the last look"


def test_unpacking_gives_as_many_as_are_wanted() -> None:
    trace = Trace()
    with tracing(trace):
        first, second, third = handle(trace)
        load(first, second, third)  # type: ignore[call-overload,unused-ignore]
    assert [each.kind for each in trace.misuses] == ["iteration"]
    assert len(trace.calls[0].arguments) == 3


def test_each_place_counts() -> None:
    trace = Trace()
    with tracing(trace):
        for _ in range(3):
            bool(handle(trace))
        bool(handle(trace))
    assert len(trace.misuses) == 2


class TestHarmless:
    """Looking at a handle, keeping it and handing it around is no misuse."""

    def test_looking(self) -> None:
        trace = Trace()
        with tracing(trace):
            it = handle(trace)
            assert repr(it) == "<parameter limit>"
            assert f"{it!r}" == "<parameter limit>"
            assert {it: 1}[it] == 1
            assert it in {it}
            assert (it is None) is False
            assert isinstance(it, Handle)
            assert not hasattr(it, "__array__")
            assert copy.copy([it])[0] is it
        assert trace.misuses == []

    def test_names_of_outputs(self) -> None:
        trace = Trace()
        with tracing(trace):
            rows = load()
            parts = [rows.table, rows.result.auc]
            assert repr(rows) == "<handle of load>"
            assert repr(parts[1]) == "<handle of load.result.auc>"
        assert [origin_of(each) for each in parts] == [
            StageValue(trace.calls[0], ("table",)),
            StageValue(trace.calls[0], ("result", "auc")),
        ]
        assert len(trace.attributes) == 3

    def test_run(self) -> None:
        trace = Trace()
        with tracing(trace):
            assert repr(run.date) == "<run.date>"
            assert repr(run.time) == "<run.time>"
        assert trace.misuses == []


class TestOrder:
    def test_forms(self) -> None:
        trace = Trace()
        with tracing(trace):
            a, b, c, d = load(), load(), load(), load()
            assert b.after(a) is b
            assert (a >> c) is c
            assert ([a, b] >> d) is d
            assert (c >> [d]) == [d]
            d.after(a.table, [b.result])
        first, second, third, _ = trace.calls
        assert [[each.call for each in call.after] for call in trace.calls] == [
            [],
            [first],
            [first],
            [first, second, third, first, second],
        ]

    def test_outside_of_a_pipeline(self) -> None:
        trace = Trace()
        with tracing(trace):
            rows = load()
        with pytest.raises(TypeError, match="inside a pipeline function"):
            rows.after(rows)
