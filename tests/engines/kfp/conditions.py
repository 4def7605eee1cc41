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
def waits_for_more(log: str, n: int = 1, x: int = 5):
    """A stage of a branch that needs what the rest of the branch does not."""
    x = number(log, "x", x)
    with when(n == 1):
        a = number(log, "a", 1)
        add(log, a, x)


@pipeline
def joined_aside(log: str, n: int = 1, fails: str = "aside"):
    """A joined branch in which something else can fail."""
    with when(n == 1):
        a = number(log, "a", 1)
        write(log, fails)
    with otherwise():
        b = number(log, "b", 2)
    number(log, "join", first_of(a, b))


@pipeline
def ordered(log: str, n: int = 1):
    """A stage of a branch that waits for one outside, without data."""
    before = number(log, "before", 1)
    with when(n == 1):
        write(log, "inside").after(before)


@pipeline
def joined_of_three(log: str, n: int = 1, m: int = 5):
    """A join over several `when`s, one in another; what needs it is skipped with it."""
    with when(n == 1):
        a = number(log, "a", m)
    with otherwise(), when(n == 2):
        b = number(log, "b", m)
    with when(n == 3):
        c = number(log, "c", m)
    joined = number(log, "join", first_of(a, b, c))
    add(log, joined, 1)
    write(log, "independent")


@stage
def rate(log: str, value: float) -> float:
    note(log, f"rate {value!r}")
    return value / 2


@stage
def flag(log: str, value: bool) -> bool:
    note(log, f"flag {value!r}")
    return not value


@stage
def tell(log: str, text: str, scores: Scores, share: float, yes: bool) -> str:
    note(log, f"{text!r} {scores!r} {share!r} {yes!r}")
    return text


@pipeline
def kinds(log: str, n: int = 1):
    """Values of all kinds that leave branches, one of a branch in a branch."""
    with when(n < 3):
        text = write(log, "it's {{x}} \u2060 \u2060skipped \\ \"")
        with when(n == 1):
            scores = evaluate(log, 0.25)
    with when(n != 2):
        share = rate(log, 3)
        yes = flag(log, False)
    told = tell(log, text, scores, share, yes)
    with when((share > 1.25) & (yes == True)):  # noqa: E712
        write(log, "high")
    write(log, told)


@pipeline
def waiting_for_branches(log: str, n: int = 1, m: int = 5):
    """Stages that wait, without data, for stages of branches that they do not stand in."""
    with when(n == 1):
        a = number(log, "a", 1)
    with when(n < 3):
        b = number(log, "b", m)
        c = number(log, "c", 3)
        add(log, c, 1).after(b)
        number(log, "both", 7).after(a)
    number(log, "after", 4).after(a, b)
