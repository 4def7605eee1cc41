"""What a pipeline function did while it was traced: its calls of stages, and what it did to handles that it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from portable_pipeline.dsl.places import Place, users_place

if TYPE_CHECKING:
    from portable_pipeline.dsl.blocks import TracedBlock, TracedBranch, TracedLoop
    from portable_pipeline.dsl.stages import CommandStage, StageFunction

#: What a handle cannot do: its value exists only in a run.
MisuseKind = Literal[
    "condition",
    "iteration",
    "text",
    "arithmetic",
    "index",
    "number",
    "call",
    "assignment",
    "attribute",
    "order",
    "pipeline",
    "membership",
    "unentered",
    "otherwise",
    "map",
    "fallback",
    "first_of",
    "collect",
]


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of a stage.

    Args:
        arguments: Positional ones, as given.
        keywords: Keyword ones, as given.
        after: What must end before.
        block: The innermost block that it stands in.
    """

    stage: StageFunction[..., Any] | CommandStage
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    place: Place
    after: list[StageValue] = field(default_factory=list)
    block: TracedBlock | None = None


@dataclass(frozen=True, slots=True)
class StageValue:
    """What a call leaves: all of it, or what the attributes name."""

    call: Call
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A parameter of the pipeline."""

    name: str


@dataclass(frozen=True, slots=True)
class RunValue:
    """A property of the run."""

    name: Literal["date", "time"]


@dataclass(frozen=True, slots=True)
class ItemValue:
    """The current item of a loop, or what the attributes name of it."""

    loop: TracedLoop
    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectedValue:
    """What a stage of a loop left for each item."""

    of: Origin


@dataclass(frozen=True, slots=True)
class FirstValue:
    """What the one of several stages left that ran."""

    options: tuple[StageValue, ...]


@dataclass(frozen=True, slots=True)
class Unusable:
    """What a misuse gives back, so that tracing goes on: misusing it again is no news."""


Origin: TypeAlias = "StageValue | ParameterValue | RunValue | ItemValue | CollectedValue | FirstValue | Unusable"


@dataclass(frozen=True, slots=True)
class Misuse:
    """Something that a handle cannot do.

    Args:
        detail: The operator, the attribute's name or the like.
    """

    kind: MisuseKind
    origin: Origin
    place: Place
    detail: str = ""


class Trace:
    """A record of one execution of a pipeline function.

    Attributes:
        calls: In order.
        misuses: In order; of one handle at one place the first.
        attributes: What was read of stages' handles, with the places.
        blocks: In the order in which they were entered.
        block: The innermost one that is open.
        last_branch: The `when` that was closed last, while nothing has come after it.
        unentered: Blocks that were made and not entered yet, with what they are and where.
        fallbacks: Primary, stand-in, and the place that says so.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.misuses: list[Misuse] = []
        self.attributes: list[tuple[StageValue, Place]] = []
        self.blocks: list[TracedBlock] = []
        self.fallbacks: list[tuple[Call, Call, Place]] = []
        self.block: TracedBlock | None = None
        self.last_branch: TracedBranch | None = None
        self.unentered: dict[object, tuple[str, Place]] = {}
        self._misused: set[tuple[Place, Origin]] = set()
        self._asked: set[Place] = set()

    def misuse(self, kind: MisuseKind, origin: Origin, detail: str = "", place: Place | None = None) -> None:
        """Record a misuse: where the user's code is, unless it is given.

        Of one handle at one place the first counts: `list(handle)` asks for an iterator, and then for a length.
        """
        place = place or users_place()
        if (place, origin) not in self._misused and not isinstance(origin, Unusable):
            self._misused.add((place, origin))
            self.misuses.append(Misuse(kind, origin, place, detail))

    def first_time(self) -> bool:
        """Whether the user's code is here for the first time: a loop on a condition that is none must end."""
        place = users_place()
        first = place not in self._asked
        self._asked.add(place)
        return first


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """The record being made, None outside pipeline functions."""
    return _current.get()


@contextmanager
def tracing(trace: Trace) -> Iterator[None]:
    """Record into this trace."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)
