"""Pipelines whose stages fail: stand-ins and hooks; stages and hooks leave lines in a log."""

# ruff: noqa: B006, B008, SIM117

import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from portable_pipeline import (
    Artifact,
    Input,
    Model,
    Output,
    collect,
    for_each,
    otherwise,
    pipeline,
    stage,
    uri,
    when,
)


class Fitted(NamedTuple):
    rows: int
    rate: float


def note(log: str, line: str) -> None:
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def fall(how: str) -> None:
    """Fail in a way."""
    if how == "raise":
        raise ValueError("bad luck, {{twice}}")
    if how == "exit":
        raise SystemExit(0)
    if how == "leave":
        os._exit(0)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        time.sleep(60)


@stage
def number(log: str, value: int) -> int:
    note(log, f"number {value}")
    if value < 0:
        raise ValueError("negative")
    return value


@stage(timeout="2s")
def train(log: str, how: str, value: float = 0.5) -> float:
    note(log, f"train {value!r}")
    fall(how)
    return value


@stage
def previous(log: str, how: str = "well") -> int:
    note(log, "previous")
    fall(how)
    return 7


@stage
def show(log: str, value: float) -> str:
    note(log, f"show {value!r}")
    return repr(value)


@stage
def finish(log: str) -> None:
    note(log, "finish")


@pipeline
def values(log: str, how: str = "raise", second: str = "well"):
    """The stand-in returns an int where a float is declared; one consumer takes the value, one waits only."""
    trained = train(log, how).or_else(previous(log, second))
    show(log, trained)
    finish(log).after(trained)
    number(log, 1)


@stage(retries=2, retry_delay="1s")
def flaky(log: str, until: str) -> str:
    note(log, "flaky")
    tries = Path(f"{log}.tries")
    count = len(tries.read_text(encoding="utf-8")) if tries.exists() else 0
    tries.write_text("x" * (count + 1), encoding="utf-8")
    if count < int(until):
        raise ValueError(f"failed {count}")
    return "flaky {{x}}"


@stage
def steady(log: str) -> str:
    note(log, "steady")
    return "steady"


@stage
def tell(log: str, text: str) -> str:
    note(log, f"tell {text}")
    return text


@pipeline
def retried(log: str, until: str = "1"):
    tell(log, flaky(log, until).or_else(steady(log)))


@stage
def fit(log: str, rows: int, model: Output[Model] = uri("{root}/new.txt")) -> Fitted:
    note(log, "fit")
    Path(model.path).write_text(f"new {rows}", encoding="utf-8")
    if rows < 0:
        raise ValueError("too few")
    return Fitted(rows, 0.5)


@stage
def fitted_before(log: str, file: Input[Artifact], model: Output[Artifact] = uri("{root}/old.txt")) -> Fitted:
    note(log, "fitted_before")
    Path(model.path).write_text("old " + Path(file.path).read_text(encoding="utf-8"), encoding="utf-8")
    return Fitted(0, 0.0)


@stage
def source(root: str, file: Output[Artifact] = uri("{root}/source.txt")) -> None:
    Path(file.path).write_text("source", encoding="utf-8")


@stage
def serve(log: str, model: Input[Model], rows: int, rate: float) -> str:
    text = Path(model.path).read_text(encoding="utf-8")
    note(log, f"serve {text}: {rows!r} {rate!r}")
    return text


@pipeline
def artifacts(log: str, root: str, rows: int = 3):
    """The stand-in takes an artifact, and writes one of a wider kind."""
    made = source(root)
    fitted = fit(log, rows).after(made)
    fitted = fitted.or_else(fitted_before(log, made.file))
    serve(log, fitted.model, fitted.rows, fitted.rate)


@pipeline
def in_groups(log: str, numbers: list[int] = [0, 1, 2], use: bool = True, bad: int = 1):
    """A stand-in in a condition in a loop, one in a loop whose values are collected, one in an `otherwise`."""
    with for_each(numbers) as value:
        checked = positive(log, value, bad).or_else(number(log, value))
    total(log, collect(checked))
    with for_each(numbers) as value:
        with when(positive(log, value, bad).or_else(number(log, value)) > 1):
            show(log, train(log, "raise", 0.25).or_else(previous(log)))
    with when(use):
        tell(log, "used")
    with otherwise():
        show(log, train(log, "raise", 0.125).or_else(previous(log)))


@stage
def positive(log: str, value: int, bad: int) -> int:
    if value == bad:
        raise ValueError(f"bad {value}")
    return value * 10


@stage
def total(log: str, values: list[int]) -> int:
    note(log, f"total {values}")
    return sum(values)


@pipeline
def waiting(log: str):
    """Only the stand-in needs `number`."""
    train(log, "raise").or_else(also(log, number(log, 1)))


@stage
def also(log: str, value: int) -> float:
    return float(value)
