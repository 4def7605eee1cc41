"""Pipelines with conditions, loops, stand-ins and hooks; each stage leaves a line in a log."""

# ruff: noqa: B006, B008

from pathlib import Path

from portable_pipeline import (
    FailureEvent,
    Input,
    Model,
    Output,
    collect,
    first_of,
    for_each,
    otherwise,
    pipeline,
    stage,
    uri,
    when,
)


def note(log: str, line: str) -> None:
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def heard(event: FailureEvent) -> None:
    print(event.stage)


@stage
def start(log: str, value: int) -> int:
    note(log, f"start {value}")
    return value


@stage
def risky(log: str, value: int, out: Output[Model] = uri("{root}/{item_key}.risky")) -> float:
    note(log, f"risky {value}")
    Path(out.path).write_text(f"risky {value}", encoding="utf-8")
    if value == 2:
        raise ValueError("two")
    return value / 2


@stage
def safe(log: str, value: int, out: Output[Model] = uri("{root}/{item_key}.safe")) -> float:
    note(log, f"safe {value}")
    Path(out.path).write_text(f"safe {value}", encoding="utf-8")
    return 0.0


@stage(on_failure=heard)
def watched(log: str, value: int, out: Output[Model] = uri("{root}/watched")) -> int:
    note(log, f"watched {value}")
    if value == 2:
        raise ValueError("two")
    Path(out.path).write_text(f"watched {value}", encoding="utf-8")
    return value


@stage
def other(log: str, value: int, out: Output[Model] = uri("{root}/{stage}")) -> int:
    note(log, f"other {value}")
    Path(out.path).write_text(f"other {value}", encoding="utf-8")
    return -value


@stage
def tell(log: str, value: int) -> int:
    note(log, f"tell {value}")
    return value


@stage
def read(log: str, models: list[Input[Model]], values: list[float]) -> str:
    texts = [Path(each.path).read_text(encoding="utf-8") for each in models]
    note(log, f"read {texts} {values}")
    return "; ".join(texts)


@stage
def read_one(log: str, model: Input[Model], value: int) -> str:
    note(log, f"read {Path(model.path).read_text(encoding='utf-8')} {value}")
    return "read"


@pipeline
def saved_items(log: str, root: str, items: list[int] = [1, 2, 3], least: int = 0):
    """Stand-ins for items of a loop, some in a condition; their artifacts and results are collected."""
    with for_each(items, max_parallel=2) as item:
        begun = start(log, item)
        with when(begun > least):
            model = risky(log, begun).or_else(safe(log, begun))
        tell(log, begun)
    read(log, collect(model.out), collect(model))


@pipeline
def watched_branches(log: str, root: str, n: int = 1):
    """Stages with hooks in branches of which artifacts and results are taken, joined and not."""
    begun = start(log, n)
    with when(begun < 3):
        one = watched(log, begun)
        tell(log, one.result)
    with otherwise():
        two = other(log, begun)
    with when(begun == 4):
        three = other(log, 40)
    read_one(log, first_of(one.out, two.out), first_of(one.result, two.result))
    read_one(log, first_of(one.out, three.out), first_of(one.result, three.result))


@pipeline
def saved_in_a_branch(log: str, root: str, n: int = 1):
    """A stand-in in a branch that needs what its primary needs; taken inside and outside."""
    with when(n > 0):
        begun = start(log, n)
        value = shaky(log, begun).or_else(tell(log, begun))
        tell(log, value)
    tell(log, value)
    with when(n < 3):
        seen = tell(log, 10)
    add(log, value, seen)


@stage
def shaky(log: str, value: int) -> int:
    note(log, f"shaky {value}")
    if value == 2:
        raise ValueError("two")
    return 100 * value


@stage
def add(log: str, a: int, b: int) -> int:
    note(log, f"add {a} {b}")
    return a + b
