"""What the templates lay out where something passes from one of KFP's groups to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument
from portable_pipeline.codegen.literals import Source, commas, docstring, identifier, literal
from ppc_kfp.wires import ANNOTATIONS

#: What stands for a value that is not there because its stage was skipped. The texts that travel never look like it: in
#: them this character is always followed by a number.
MARK = "\u2060skipped"
#: How a name begins of which no more than one component is needed, whatever the pipeline.
PASS_ON = {"text": "pass_on", "json": "pass_on", "float": "pass_on_float", "bool": "pass_on_bool"}
FIRST_GIVEN, ARE_GIVEN, NOTHING, NO_ITEMS = "first_given", "are_given", "pass_nothing", "collect_nothing"
NAMES = (*dict.fromkeys(PASS_ON.values()), FIRST_GIVEN, ARE_GIVEN, NOTHING, NO_ITEMS)


@dataclass(frozen=True, slots=True)
class Gathering:
    """A component that turns what a loop gave into one JSON text.

    Args:
        as_json: Whether what it takes travels as JSON texts.
        marked: Whether marks are among them.
    """

    name: Source
    as_json: bool
    marked: bool

    @property
    def docstring(self) -> Source:
        """What it returns."""
        skipped = ", where it was not skipped" if self.marked else ""
        return docstring(f"What a stage gave for each item{skipped}, in order, as JSON.")


@dataclass(frozen=True, slots=True)
class PassingOn:
    """A component that returns what it takes, as text."""

    name: Source
    annotation: Source
    as_json: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """A component that takes some texts.

    Args:
        least: How many it takes at least.
        most: How many it takes at most.
    """

    least: int
    most: int

    @property
    def names(self) -> Source:
        """Of its parameters."""
        return commas(identifier(f"value_{number}") for number in range(1, self.most + 1))

    def arguments(self, default: str) -> tuple[Argument, ...]:
        """Its parameters.

        Args:
            default: What those that not all calls give have as their default.
        """
        return tuple(
            Argument(
                identifier(f"value_{number}"), ANNOTATIONS["text"], literal(default) if number > self.least else None
            )
            for number in range(1, self.most + 1)
        )


@dataclass(frozen=True, slots=True)
class PassingComponents:
    """Those that a pipeline needs.

    Args:
        passing_on: By the type of what they pass on.
        first_given: Joins.
        are_given: Tells whether all that a stage needs is there.
        nothing: Whether something may not pass out of a condition.
        no_items: Whether something is collected.
    """

    passing_on: tuple[PassingOn, ...]
    first_given: Asking | None
    are_given: Asking | None
    nothing: bool
    no_items: bool


def passing_components(calls: Iterable[tuple[Source, int]]) -> PassingComponents:
    """What a pipeline needs that makes these calls, each with the number of its arguments."""
    counts: dict[str, list[int]] = {}
    for name, count in calls:
        counts.setdefault(str(name), []).append(count)
    passing_on = (
        PassingOn(identifier(PASS_ON[how]), ANNOTATIONS[how], how != "text")
        for how in ("text", "float", "bool")
        if PASS_ON[how] in counts
    )
    return PassingComponents(
        passing_on=tuple(passing_on),
        first_given=_asking(counts.get(FIRST_GIVEN)),
        are_given=_asking(counts.get(ARE_GIVEN)),
        nothing=NOTHING in counts,
        no_items=NO_ITEMS in counts,
    )


def _asking(counts: list[int] | None) -> Asking | None:
    return None if counts is None else Asking(min(counts), max(counts))
