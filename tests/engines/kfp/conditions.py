"""Pipelines with conditions; each stage leaves a line in a log."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from portable_pipeline import first_of, otherwise, pipeline, stage, when


class Scores(NamedTuple):
    auc: float
    rows: int


def note(log: str, line: str) -> None:
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


@stage
def evaluate(log: str, auc: float) -> Scores:
    note(log, "evaluate")
    if auc < 0:
        raise ValueError("no auc")
    return Scores(auc, 10)


@stage
def write(log: str, text: str) -> str:
    note(log, text)
    if text == "fail":
        raise ValueError("told to")
    return text.upper()


@stage
def number(log: str, name: str, value: int) -> int:
    note(log, name)
    if value < 0:
        raise ValueError(f"{name} is negative")
    return value


@stage
def add(log: str, a: int, b: int) -> int:
    note(log, f"{a} + {b}")
    return a + b


@stage
def maybe(log: str, value: int) -> int | None:
    note(log, "maybe")
    return None if value < 0 else value


@pipeline
def gate(log: str, auc: float = 0.9, name: str = "it's {{x}} \"", day: date = date(2026, 1, 5), deploys: str = "new"):
    """A gate whose predicate KFP's own conditions would get wrong three times over."""
    scores = evaluate(log, auc)
    write(log, "independent")
    with when(
        (scores.auc > 0.8) & ((name == "it's {{x}} \"") | (scores.rows < 3)) & (day >= date(2026, 1, 1)) & ~(auc == 1)
    ):
        deployed = write(log, deploys)
    with otherwise():
        kept = write(log, "old")
    write(log, first_of(deployed, kept))


@pipeline
def nested(log: str, n: int = 1, m: int = 1):
    """Two levels, and a stage outside that needs the innermost."""
    with when(n == 1):
        outer = number(log, "outer", m)
        with when(outer == 1):
            inner = number(log, "inner", 5)
        with otherwise():
            number(log, "other", 6)
    add(log, inner, 10)


@pipeline
def apart(log: str, n: int = 1, bad: int = 1):
    """Stages of one branch that have nothing to do with each other."""
    x = number(log, "x", 5)
    y = number(log, "y", bad)
    with when(n == 1):
        a = add(log, x, 1)
        b = add(log, y, 1)
    with otherwise():
        number(log, "z", 0)
    add(log, a, 10)
    add(log, b, 10)


@pipeline
def uncomparable(log: str, value: int = 1):
    """A predicate that Python cannot tell for None."""
    found = maybe(log, value)
    with when(found > 0):
        write(log, "inside")
    write(log, "outside")


@pipeline
def two_branches(log: str, n: int = 1):
    """A stage that needs two branches."""
    with when(n > 0):
        a = number(log, "a", 1)
    with when(n > 1):
        b = number(log, "b", 2)
    add(log, a, b)


@pipeline
def waits_for_more(log: str, n: int = 1):
    """A stage of a branch that needs what the rest of the branch does not."""
    x = number(log, "x", 5)
    with when(n == 1):
        a = number(log, "a", 1)
        add(log, a, x)


@pipeline
def joined_aside(log: str, n: int = 1):
    """A joined branch in which something else can fail."""
    with when(n == 1):
        a = number(log, "a", 1)
        write(log, "aside")
    with otherwise():
        b = number(log, "b", 2)
    number(log, "join", first_of(a, b))


@pipeline
def ordered(log: str, n: int = 1):
    """A stage of a branch that waits for one outside, without data."""
    before = number(log, "before", 1)
    with when(n == 1):
        write(log, "inside").after(before)
