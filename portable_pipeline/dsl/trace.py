"""What a pipeline function did while it was traced: its calls of stages, and what it did to handles that it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from portable_pipeline.dsl.places import Place, users_place

if TYPE_CHECKING:
    from portable_pipeline.dsl.stages import CommandStage, StageFunction

#: What a handle cannot do: its value exists only in a run.
MisuseKind = Literal[
    "condition",
    "comparison",
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
]


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of a stage.

    Args:
        arguments: Positional ones, as given.
        keywords: Keyword ones, as given.
        after: What must end before.
    """

    stage: StageFunction[..., Any] | CommandStage
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    place: Place
    after: list[StageValue] = field(default_factory=list)


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
class Unusable:
    """What a misuse gives back, so that tracing goes on: misusing it again is no news."""


Origin: TypeAlias = StageValue | ParameterValue | RunValue | Unusable


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
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.misuses: list[Misuse] = []
        self.attributes: list[tuple[StageValue, Place]] = []
        self._misused: set[tuple[Place, Origin]] = set()
        self._asked: set[Place] = set()

    def misuse(self, kind: MisuseKind, origin: Origin, detail: str = "") -> None:
        """Record a misuse, once for each place."""
        place = users_place()
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
