"""Addresses as segments between slashes, in one normal form: what is needed to compare them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from portable_pipeline.ir import Choice, ItemKey, Parameter, ParameterRef, RunDate, Scalar, Text, Type, Uri

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Step:
    """One character of an address, or any number of them.

    Args:
        only: The characters that may stand here; None for any.
        repeats: Whether there may be any number of such characters, none included.
    """

    only: frozenset[str] | None
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A part of an address that only the run knows; the same variable is the same text in every address of the run.

    Args:
        key: Which one: a parameter, `{run_date}`, the item of a loop, or `.` for the folder in which the engine runs.
        steps: The texts that it may be.
    """

    key: str
    steps: tuple[Step, ...]

    @property
    def may_be_empty(self) -> bool:
        """Whether the empty text is among them."""
        return all(step.repeats for step in self.steps)


Atom: TypeAlias = str | Variable
Segment: TypeAlias = tuple[Atom, ...]

_ANY_TEXT = (Step(None, repeats=True),)
_DIGIT = Step(_DIGITS)
_DASH = Step(frozenset("-"))
_DATE = (*[_DIGIT] * 4, _DASH, *[_DIGIT] * 2, _DASH, *[_DIGIT] * 2)
_INT = (Step(_DIGITS | {"-"}), Step(_DIGITS, repeats=True))
#: Stands in `Step.only` for every character but a slash.
NO_SLASH = "any but /"
_INDEX = (_DIGIT, Step(_DIGITS, repeats=True))
#: A field of the item: some text that is the name of a file, or no run gets to write there (PPC149).
_ITEM_KEY = (Step(frozenset({NO_SLASH})), Step(frozenset({NO_SLASH}), repeats=True))

RUN_DATE = Variable("{run_date}", _DATE)
HERE = Variable(".", _ANY_TEXT)


def segments(uri: Uri, parameters: Mapping[str, Parameter], keyed: Collection[str] = ()) -> tuple[Segment, ...]:
    """The address between its slashes.

    `a//b`, `a/./b` and a slash at the end are the paths that they mean; `file:///a` is `/a`, whose first segment is
    empty; a relative path counts from the folder in which the engine runs.

    Args:
        keyed: Ids of the loops whose items are named by a field, and not by their index.
    """
    atoms = _atoms(uri, parameters, keyed)
    if not atoms or _is_relative(atoms):
        atoms = [HERE, "/", *atoms]
    split = [tuple(_without_dots(segment)) for segment in _split(atoms)]
    first, *rest = split
    return (first, *(segment for segment in rest if segment not in ((), (".",))))


def is_literal(segment: Segment) -> bool:
    """Whether the segment is fixed text."""
    return not any(isinstance(atom, Variable) for atom in segment)


def starts_with_root(address: tuple[Segment, ...]) -> bool:
    """Whether the address starts with a parameter, or with the folder in which the engine runs."""
    return bool(address[0]) and isinstance(address[0][0], Variable)


def _atoms(uri: Uri, parameters: Mapping[str, Parameter], keyed: Collection[str]) -> list[Atom]:
    atoms: list[Atom] = []
    for part in uri.parts:
        if isinstance(part, Text):
            text = part.text if atoms else _without_file_scheme(part.text)
            atoms += [text] if text else []
        elif isinstance(part, RunDate):
            atoms.append(RUN_DATE)
        elif isinstance(part, ItemKey):
            atoms.append(Variable(f"{{item_key}} of {part.loop}", _ITEM_KEY if part.loop in keyed else _INDEX))
        else:
            atoms.append(_variable(part, parameters.get(part.name)))
    return atoms


def _without_file_scheme(text: str) -> str:
    return re.sub(r"^file://(localhost)?(?=/)", "", text, flags=re.IGNORECASE)


def _is_relative(atoms: list[Atom]) -> bool:
    first = atoms[0]
    if isinstance(first, str):
        return not first.startswith("/") and not _SCHEME.match(first)
    # Dates and numbers start no absolute path.
    return first.steps in (_DATE, _INT, _INDEX, _ITEM_KEY)


def _variable(part: ParameterRef, parameter: Parameter | None) -> Variable:
    return Variable(f"{{{part.name}}}", _steps(parameter.type) if parameter else _ANY_TEXT)


def _steps(declared: Type) -> tuple[Step, ...]:
    match declared:
        case Scalar(name="int"):
            return _INT
        case Scalar(name="date"):
            return _DATE
        case Choice():
            texts = [str(value) for value in declared.values]
            characters = frozenset("".join(texts))
            more = Step(characters, repeats=True)
            return (Step(characters), more) if texts and all(texts) else (more,)
    return _ANY_TEXT


def _split(atoms: list[Atom]) -> Iterator[list[Atom]]:
    segment: list[Atom] = []
    for atom in atoms:
        if isinstance(atom, Variable):
            segment.append(atom)
            continue
        head, *tails = atom.split("/")
        segment += [head] if head else []
        for tail in tails:
            yield segment
            segment = [tail] if tail else []
    yield segment


def _without_dots(segment: list[Atom]) -> Iterator[Atom]:
    """The segment with dots beside a variable taken into it: `.{x}` is `./b`, which is `b`, when x is `/b`."""
    if len(segment) < 2:
        yield from segment
        return
    for at, atom in enumerate(segment):
        if isinstance(atom, Variable) or atom.strip("."):
            yield atom
        else:
            beside = [each.key for each in segment[max(at - 1, 0) : at + 2] if isinstance(each, Variable)]
            yield Variable(f"{at}:{atom}:{beside}", _ANY_TEXT)
