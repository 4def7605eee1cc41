"""Whether two addresses can be one, for some values of their variables.

Each address is a pattern, its variables any text that they may be; two patterns can meet if some text matches both. A
variable that both share counts as two, except at the front, so the answer errs on the safe side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from portable_pipeline.validate.address_forms import NO_SLASH, Segment, Step, Variable

_SLASH = Step(frozenset("/"))

_Unit = str | Variable


def ends_differ(one: Sequence[Segment], other: Sequence[Segment]) -> bool:
    """Whether a glance at their ends proves that the two are never one path: fixed text against other fixed text."""
    one, other = _without_common_end(one, other)
    last = one[-1][-1] if one and one[-1] else None
    other_last = other[-1][-1] if other and other[-1] else None
    if not isinstance(last, str) or not isinstance(other_last, str):
        return False
    if len(one[-1]) == 1 and len(other[-1]) == 1:
        return last != other_last
    return not (last.endswith(other_last) or other_last.endswith(last))


def can_be_equal(one: Sequence[Segment], other: Sequence[Segment], *, one_folder: bool = False) -> bool:
    """Whether the two can be one path.

    Args:
        one_folder: Whether a variable is some text without a slash, apart from one at the very front.
    """
    one, other = _without_common_end(one, other)
    units, other_units = _units(one), _units(other)
    same = 0
    while same < min(len(units), len(other_units)) and units[same] == other_units[same]:
        same += 1
    # What is before may end in a slash of its own: one more makes no difference then.
    patterns = [
        _pattern(rest, one_folder, at_root=same == 0)
        for rest in (_without_slash(units[same:]), _without_slash(other_units[same:]))
    ]
    return _ends_agree(*patterns) and _intersect(*patterns)


def _without_common_end(
    one: Sequence[Segment], other: Sequence[Segment]
) -> tuple[Sequence[Segment], Sequence[Segment]]:
    same = 0
    while same < min(len(one), len(other)) and one[-1 - same] == other[-1 - same]:
        same += 1
    return one[: len(one) - same], other[: len(other) - same]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A text as an automaton: state `i` is before step `i`.

    Args:
        jumps: States that may be entered from others without a character.
    """

    steps: tuple[Step, ...]
    jumps: dict[int, int]


def _units(address: Sequence[Segment]) -> list[_Unit]:
    """Single characters and variables."""
    units: list[_Unit] = []
    for number, segment in enumerate(address):
        if number:
            units.append("/")
        for atom in segment:
            units += [atom] if isinstance(atom, Variable) else list(atom)
    return units


def _without_slash(units: list[_Unit]) -> list[_Unit]:
    return units[1:] if units[:1] == ["/"] else units


def _pattern(units: list[_Unit], one_folder: bool, *, at_root: bool) -> _Pattern:
    steps: list[Step] = []
    starts: list[int] = []
    for at, unit in enumerate(units):
        starts.append(len(steps))
        if isinstance(unit, str):
            steps.append(_literal(unit))
        else:
            steps += _one_folder(unit.steps) if one_folder and not (at_root and at == 0) else unit.steps
    end = len(steps)
    jumps: dict[int, int] = {}
    for at, unit in enumerate(units):
        between_slashes = (at == 0 or units[at - 1] == "/") and units[at + 1 : at + 2] == ["/"]
        if isinstance(unit, Variable) and unit.may_be_empty and between_slashes and not one_folder:
            # Nothing between two slashes: they are one.
            jumps[starts[at]] = starts[at] + len(unit.steps) + 1
    for at in range(len(units) - 2, -1, -2):
        last = units[at + 1]
        if one_folder or units[at] != "/" or not isinstance(last, Variable) or not last.may_be_empty:
            break
        # Nothing after the last slash: it makes no difference.
        jumps[starts[at]] = end
    return _Pattern(tuple(steps), jumps)


@cache
def _literal(character: str) -> Step:
    return _SLASH if character == "/" else Step(frozenset(character))


@cache
def _one_folder(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    # `None` is any character; "any but a slash" is a set with a mark that no character has.
    inner = [Step(frozenset({NO_SLASH}) if step.only is None else step.only - {"/"}, step.repeats) for step in steps]
    return (Step(inner[0].only), *inner) if all(step.repeats for step in inner) else tuple(inner)


@cache
def _meet(one: Step, other: Step) -> bool:
    """Whether some character may stand for both."""
    if one.only is None or other.only is None:
        return True
    if NO_SLASH in one.only:
        return NO_SLASH in other.only or bool(other.only - {"/"})
    if NO_SLASH in other.only:
        return bool(one.only - {"/"})
    return bool(one.only & other.only)


def _ends_agree(one: _Pattern, other: _Pattern) -> bool:
    """A glance from behind, which settles nearly everything: fixed text against fixed text."""
    for mine, yours in zip(reversed(one.steps), reversed(other.steps), strict=False):
        if mine.repeats or yours.repeats:
            return True
        if not _meet(mine, yours):
            return False
    return True


def _intersect(one: _Pattern, other: _Pattern) -> bool:
    goal = (len(one.steps), len(other.steps))
    seen = {(0, 0)}
    work = [(0, 0)]
    while work:
        at, other_at = work.pop()
        if (at, other_at) == goal:
            return True
        for state in _next(one, other, at, other_at):
            if state not in seen:
                seen.add(state)
                work.append(state)
    return False


def _next(one: _Pattern, other: _Pattern, at: int, other_at: int) -> list[tuple[int, int]]:
    states: list[tuple[int, int]] = []
    if at in one.jumps:
        states.append((one.jumps[at], other_at))
    if other_at in other.jumps:
        states.append((at, other.jumps[other_at]))
    mine = one.steps[at] if at < len(one.steps) else None
    yours = other.steps[other_at] if other_at < len(other.steps) else None
    if mine is not None and mine.repeats:
        states.append((at + 1, other_at))
    if yours is not None and yours.repeats:
        states.append((at, other_at + 1))
    if mine is not None and yours is not None and _meet(mine, yours):
        states.append((at if mine.repeats else at + 1, other_at if yours.repeats else other_at + 1))
    return states
