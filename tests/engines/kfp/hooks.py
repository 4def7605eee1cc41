"""Pipelines with hooks, and with stand-ins where values and artifacts leave conditions and loops."""

# ruff: noqa: B006, B008

import os
from pathlib import Path

from portable_pipeline import (
    Artifact,
    FailureEvent,
    Input,
    Model,
    Output,
    RunEvent,
    collect,
    command,
    first_of,
    for_each,
    otherwise,
    pipeline,
    stage,
    uri,
    when,
)
from tests.engines.kfp.alerts import note_alert


class Wrong(Exception):
    pass


def alert(event: FailureEvent) -> None:
    # A hook gets no parameters; the tests' log is known to all.
    note_alert(os.environ["KFP_TEST_LOG"], f"{event.stage} {event.attempt} {event.error.partition('Wrong: ')[2]}")


def ended(event: RunEvent) -> None:
    note_alert(os.environ["KFP_TEST_LOG"], f"{event.pipeline} {event.state} {event.run_id != ''}")
    if event.pipeline == "broken":
        raise Wrong(event.state)


@stage(retries=1, retry_delay="1s", jitter=0.1, on_failure=alert)
def pair(one: int, other: int) -> int:
    if one + other == 12:
        raise Wrong(f"{one} and {other}")
    return one * other


@pipeline(on_exit=ended, on_failure=ended)
def nested(log: str, numbers: list[int] = [1, 2]):
    with for_each(numbers) as one, for_each([10, 20]) as other:
        pair(one, other)


@stage
def fails(bad: bool) -> int:
    if bad:
        raise Wrong("on purpose")
    return 1


@pipeline(on_exit=ended, on_failure=ended)
def broken(log: str, bad: bool = True):
    """Hooks that fail."""
    fails(bad)


@stage
def text(name: str, file: Output[Artifact] = uri("{root}/{item_key}.txt")) -> str:
    Path(file.path).write_text(name, encoding="utf-8")
    return name


@stage(on_failure=alert)
def join(files: list[Input[Artifact]], bad: bool, model: Output[Model] = uri("{root}/joined.txt")) -> float:
    """Takes artifacts as records, and writes one whose record is asked for."""
    found = "+".join(Path(each.path).read_text(encoding="utf-8") for each in files)
    Path(model.path).write_text(found, encoding="utf-8")
    if bad:
        raise Wrong(found)
    return 0.5


@stage
def plain(files: list[Input[Artifact]], model: Output[Model] = uri("{root}/plain.txt")) -> float:
    Path(model.path).write_text(f"plain {len(files)}", encoding="utf-8")
    return 0.25


@stage
def nothing(model: Output[Model] = uri("{root}/nothing.txt")) -> float:
    Path(model.path).write_text("nothing", encoding="utf-8")
    return 0.0


@stage
def read(model: Input[Model], rate: float) -> str:
    return f"{Path(model.path).read_text(encoding='utf-8')} {rate!r}"


@pipeline
def records(log: str, root: str, run: bool = True, bad: bool = True):
    with for_each(["a", "b"]) as name:
        made = text(name)
    files = collect(made.file)
    with when(run):
        one = join(files, bad).or_else(plain(files))
    with otherwise():
        other = nothing()
    read(first_of(one.model, other.model), first_of(one.result, other.result))
    with when(one.result < 0.4):
        read(one.model, one.result)


save = command(
    "printf %s {text} > {file.path} && test {text} != bad",
    name="save",
    inputs={"text": str},
    outputs={"file": Output[Artifact]},
    on_failure=alert,
)
save_default = command(
    ["cp", "{given.path}", "{file.path}"],
    name="save_default",
    inputs={"given": Input[Artifact]},
    outputs={"file": uri("{root}/default.txt")},
)


@pipeline
def commands(log: str, root: str, word: str = "bad"):
    given = save("given", file=uri("{root}/given.txt"))
    saved = save(word, file=uri("{root}/saved.txt")).after(given).or_else(save_default(given.file))
    read(saved.file, 1.0)
