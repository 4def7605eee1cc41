"""Blocks: stages that run only if a predicate holds, once for each item, or that are shown together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, TypeAlias, TypeVar

from portable_pipeline.dsl.handles import Handle, origin_of
from portable_pipeline.dsl.places import Place, users_place
from portable_pipeline.dsl.trace import (
    CollectedValue,
    FirstValue,
    ItemValue,
    Origin,
    ParameterValue,
    StageValue,
    Trace,
    Unusable,
    current_trace,
)

GivenT = TypeVar("GivenT")


@dataclass(frozen=True, slots=True, eq=False)
class TracedBranch:
    """`when` or, with the branch that it is the other of, `otherwise`; the predicate as it was given."""

    parent: TracedBlock | None
    predicate: Any
    place: Place
    otherwise_of: TracedBranch | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TracedLoop:
    """A loop.

    Args:
        items: What it runs over, as given, by name.
        mapped: Name of the stage, where `stage.map` made it.
    """

    parent: TracedBlock | None
    items: Mapping[str, Any]
    place: Place
    key: Any = None
    max_parallel: Any = None
    mapped: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TracedGroup:
    """Stages that are shown together."""

    parent: TracedBlock | None
    name: Any
    place: Place


TracedBlock: TypeAlias = "TracedBranch | TracedLoop | TracedGroup"


class BlockContext(Generic[GivenT]):
    """What `with` takes: `with when(...):`, `with for_each(...) as item:`."""

    def __init__(self, trace: Trace, what: str, make: Callable[[], tuple[TracedBlock, GivenT]]) -> None:
        self._trace = trace
        self._what = what
        self._make = make
        self._outer: list[TracedBlock | None] = []
        trace.unentered[self] = what, users_place()

    def __enter__(self) -> GivenT:
        trace = self._trace
        trace.unentered.pop(self, None)
        block, given = self._make()
        trace.last_branch = None
        trace.blocks.append(block)
        self._outer.append(trace.block)
        trace.block = block
        return given

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        trace = self._trace
        closed, trace.block = trace.block, self._outer.pop()
        is_when = isinstance(closed, TracedBranch) and closed.otherwise_of is None
        trace.last_branch = closed if is_when and isinstance(closed, TracedBranch) else None

    def __bool__(self) -> bool:
        self._misused()
        return self._trace.first_time()

    def __iter__(self) -> Iterator[Handle]:
        self._misused()
        return iter([Handle(Unusable(), self._trace)])

    def _misused(self) -> None:
        _, place = self._trace.unentered.pop(self, ("", users_place()))
        self._trace.misuse("unentered", ParameterValue(""), self._what, place)


def when(predicate: Any) -> BlockContext[None]:
    """Stages that run only if a predicate holds (C1): `with when(best.auc >= min_auc):`.

    Args:
        predicate: Comparisons of results, parameters and constants with `== != < <= > >=` and `.is_in(...)`, combined
            with `& | ~`; or a result or parameter that is true or false.

    Raises:
        TypeError: If it stands outside a pipeline function.
    """
    trace, place = _trace("when"), users_place()
    return BlockContext(trace, "when", lambda: (TracedBranch(trace.block, predicate, place), None))


def otherwise() -> BlockContext[None]:
    """Stages that run only if the predicate of the `when` just before does not hold (C2).

    Raises:
        TypeError: If it stands outside a pipeline function.
    """
    trace, place = _trace("otherwise"), users_place()
    branch = trace.last_branch

    def make() -> tuple[TracedBlock, None]:
        if branch is None:
            trace.misuse("otherwise", ParameterValue(""), "", place)
            return TracedGroup(trace.block, "otherwise", place), None
        return TracedBranch(trace.block, branch.predicate, place, branch), None

    return BlockContext(trace, "otherwise", make)


def for_each(items: Any, *, key: str | None = None, max_parallel: int | None = None) -> BlockContext[Any]:
    """Stages that run once for each item (M1): `with for_each(regions) as region:`.

    Args:
        items: A list: a constant, a parameter, a stage's result, or a field of either.
        key: Name of the field of an item that names it in addresses (`{item_key}`); else its index does.
        max_parallel: How many items may run at once (M5).

    Returns:
        A context that gives a handle of the current item.

    Raises:
        TypeError: If it stands outside a pipeline function.
    """
    trace, place = _trace("for_each"), users_place()

    def make() -> tuple[TracedBlock, Any]:
        loop = TracedLoop(trace.block, {"item": items}, place, key, max_parallel)
        return loop, Handle(ItemValue(loop, "item"), trace)

    return BlockContext(trace, "for_each", make)


def group(name: str) -> BlockContext[None]:
    """Stages that are shown together under a name; it means nothing else.

    Raises:
        TypeError: If it stands outside a pipeline function.
    """
    trace, place = _trace("group"), users_place()
    return BlockContext(trace, "group", lambda: (TracedGroup(trace.block, name, place), None))


def collect(handle: Any) -> Any:
    """What a stage of a loop gives for each item, as a list in item order (M2).

    Of a stage in a loop in a loop it is collected once for each level.

    Args:
        handle: Of a stage in a loop, or of one of its outputs.

    Raises:
        TypeError: If it stands outside a pipeline function.
    """
    trace = _trace("collect")
    origin = origin_of(handle) if isinstance(handle, Handle) else None
    if isinstance(origin, StageValue | CollectedValue):
        return Handle(CollectedValue(origin), trace)
    if not isinstance(origin, Unusable):
        trace.misuse("collect", origin or ParameterValue(""), repr(handle))
    return Handle(Unusable(), trace)


def first_of(*options: Any) -> Any:
    """What the one of several stages gives that ran: it joins branches (C4).

    Args:
        options: Handles of stages in branches of which at most one runs.

    Raises:
        TypeError: If it stands outside a pipeline function.
    """
    trace = _trace("first_of")
    origins = [_options(each) for each in options]
    if len(options) < 2:
        trace.misuse("first_of", ParameterValue(""), "fewer than two options")
    for given, found in zip(options, origins, strict=True):
        if found is None:
            trace.misuse("first_of", ParameterValue(""), repr(given))
    if len(options) < 2 or not all(origins):
        return Handle(Unusable(), trace)
    return Handle(FirstValue(tuple(each for found in origins for each in found or ())), trace)


def _options(given: object) -> tuple[StageValue, ...] | None:
    """What a join is given; none for what a misused handle gave, None for what is no stage's."""
    origin: Origin | None = origin_of(given) if isinstance(given, Handle) else None
    match origin:
        case FirstValue():
            return origin.options
        case StageValue():
            return (origin,)
        case Unusable():
            return ()
    return None


def _trace(what: str) -> Trace:
    trace = current_trace()
    if trace is None:
        raise TypeError(f"`{what}` stands only inside a pipeline function")
    return trace
