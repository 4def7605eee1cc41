"""Pipelines with loops; each stage leaves a line in a log."""

# ruff: noqa: B006, B008, SIM117

from datetime import date
from pathlib import Path
from typing import NamedTuple

from portable_pipeline import Dataset, Input, Output, collect, first_of, for_each, otherwise, pipeline, stage, uri, when
from portable_pipeline import each as each_of


class Candidate(NamedTuple):
    name: str
    depth: int
    rate: float
    since: date


def note(log: str, line: str) -> None:
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


@stage
def numbers(log: str, count: int) -> list[int]:
    note(log, "numbers")
    return list(range(count))


@stage
def square(log: str, value: int) -> int:
    note(log, f"square {value!r}")
    if value == 13:
        raise ValueError("unlucky")
    return value * value


@stage
def half(log: str, value: int) -> float:
    note(log, f"half {value!r}")
    return value / 2


@stage
def label(log: str, text: str) -> str:
    note(log, f"label {text}")
    return text + ' {{x}} "it\'s"'


@stage
def show(log: str, values: list[int]) -> str:
    note(log, f"show {values!r}")
    return repr(values)


@stage
def show_more(log: str, halves: list[float], labels: list[str]) -> str:
    note(log, f"show {halves!r} {labels!r}")
    return "shown"


@stage
def fit(log: str, name: str, depth: int, rate: float, since: date) -> dict[str, int]:
    note(log, f"fit {name!r} {depth!r} {rate!r} {since!r}")
    return {name: depth}


@stage
def best(log: str, fits: list[dict[str, int]]) -> str:
    note(log, f"best {fits!r}")
    return "best"


@stage
def save(text: str, out: Output[Dataset] = uri("{root}/{item_key}.txt")) -> None:
    Path(out.path).write_text(text, encoding="utf-8")


@stage
def read(log: str, data: Input[Dataset]) -> str:
    note(log, f"{Path(data.path).name}: {Path(data.path).read_text(encoding='utf-8')}")
    return "read"


@pipeline
def squares(log: str, count: int = 3):
    """Over a result, two stages an item, collected."""
    with for_each(numbers(log, count), max_parallel=2) as value:
        first = square(log, value)
        second = square(log, first)
    show(log, collect(second))


@pipeline
def given(log: str, values: list[int] = [12, 13, 14]):
    """Over a parameter; an item fails."""
    result = square.map(log, value=each_of(values))
    show(log, collect(result))
    label(log, "independent")


@pipeline
def in_step(log: str, values: list[int] = [1, 2], texts: list[str] = ["a", "{{b}}"]):
    """Over two lists at once."""
    with for_each(values) as value:
        halved = half(log, value)
    named = label.map(log, text=each_of(texts))
    show_more(log, collect(halved), collect(named))


@pipeline
def candidates(log: str):
    """Over constants that are records, field by field."""
    options = [
        Candidate("small", 2, 0.5, date(2026, 1, 5)),
        Candidate('it\'s "big"', 9007199254740993, 1.0, date(2026, 1, 6)),
    ]
    with for_each(options) as option:
        fitted = fit(log, option.name, option.depth, option.rate, option.since)
    best(log, collect(fitted))


@pipeline
def branching(log: str, count: int = 3, run: bool = True):
    """A condition in a loop in a condition."""
    with when(run):
        with for_each(numbers(log, count)) as value:
            with when(value == 1):
                square(log, value)
            with otherwise():
                half(log, value)


@pipeline
def files(log: str, root: str, names: list[str] = ["a", "b"]):
    """An artifact for each item."""
    with for_each(names) as name:
        read(log, save(name).out)


@pipeline
def keyed(log: str, root: str):
    """An artifact for each item, named by a field; two that are named alike fail before anything runs."""
    options = [Candidate("a b", 1, 0.5, date(2026, 1, 5)), Candidate("{{c}}", 2, 0.5, date(2026, 1, 5))]
    with for_each(options, key="name") as option:
        read(log, save(option.name).out)


@pipeline
def namesakes(log: str, root: str):
    """Two items of one name."""
    options = [Candidate("a", 1, 0.5, date(2026, 1, 5)), Candidate("a", 2, 0.5, date(2026, 1, 5))]
    with for_each(options, key="name") as option:
        save(option.name)
    label(log, "independent")


@pipeline
def uneven(log: str, values: list[int] = [1, 2], texts: list[str] = ["a"]):
    """Lists in step that are of different lengths."""
    labels = tell.map(log, value=each_of(values), text=each_of(texts))
    show_more(log, [], collect(labels))
    label(log, "independent")


@stage
def tell(log: str, value: int, text: str) -> str:
    note(log, f"tell {value} {text}")
    return text


@pipeline
def gated(log: str, count: int = 2):
    """A condition on what was collected, and the collected in a condition."""
    with for_each(numbers(log, count)) as value:
        result = square(log, value)
    everything = collect(result)
    with when(everything == [0, 1]):
        show(log, everything)
    with otherwise():
        label(log, "other")


@pipeline
def collected_aside(log: str, count: int = 2):
    """A loop in which something else can fail than what is collected."""
    with for_each(numbers(log, count)) as value:
        result = square(log, value)
        half(log, value)
    show(log, collect(result))


@pipeline
def collected_condition(log: str, count: int = 2):
    """What a condition in a loop gives."""
    with for_each(numbers(log, count)) as value:
        with when(value == 1):
            result = square(log, value)
    show(log, collect(result))


@pipeline
def waiting(log: str, count: int = 2):
    """A stage that waits for a loop without taking anything."""
    with for_each(numbers(log, count)) as value:
        result = square(log, value)
    label(log, "after").after(result)


@pipeline
def twice(log: str, outer: list[int] = [1, 2], inner: list[int] = [10, 20]):
    """A loop in a loop."""
    with for_each(outer) as a:
        squared = square(log, a)
        with for_each(inner) as b:
            show_pair(log, squared, b)


@pipeline
def collected_twice(log: str, outer: list[int] = [1, 2]):
    """What a loop in a loop gives."""
    with for_each(outer) as a:
        with for_each(outer) as b:
            pair = show_pair(log, a, b)
    tables(log, collect(collect(pair)))


@stage
def tables(log: str, pairs: list[list[str]]) -> None:
    note(log, f"{pairs!r}")


@pipeline
def collected_files(log: str, root: str, names: list[str] = ["a", "b"]):
    """Artifacts of all items."""
    with for_each(names) as name:
        saved = save(name)
    merge(log, collect(saved.out))


@stage
def merge(log: str, files: list[Input[Dataset]]) -> None:
    note(log, f"{[Path(each.path).read_text(encoding='utf-8') for each in files]}")


@pipeline
def joined_files(log: str, root: str, n: int = 1):
    """Artifacts of a branch and its `otherwise`, and of other branches."""
    with when(n == 1):
        one = keep(root, "one")
    with otherwise():
        two = keep_other(root, "two")
    read(log, first_of(one.out, two.out))
    with when(n > 1):
        three = keep_third(root, "three")
    read(log, first_of(one.out, three.out))
    save_both(log, two.out, three.out)


@stage
def keep(root: str, text: str, out: Output[Dataset] = uri("{root}/one.txt")) -> None:
    Path(out.path).write_text(text, encoding="utf-8")


@stage
def keep_other(root: str, text: str, out: Output[Dataset] = uri("{root}/two.txt")) -> int:
    Path(out.path).write_text(text, encoding="utf-8")
    return 2


@stage
def keep_third(root: str, text: str, out: Output[Dataset] = uri("{root}/three.txt")) -> None:
    Path(out.path).write_text(text, encoding="utf-8")


@stage
def save_both(log: str, a: Input[Dataset], b: Input[Dataset]) -> None:
    note(log, f"{Path(a.path).read_text(encoding='utf-8')} {Path(b.path).read_text(encoding='utf-8')}")


@stage
def fail(log: str, fails: bool) -> int:
    note(log, "fail")
    if fails:
        raise ValueError("told to")
    return 1


@pipeline
def given_in_a_loop(log: str, run: bool = True, bad: bool = False):
    """Stages of a loop that need what stands outside, in a branch or not; nothing else of the loop does."""
    with when(run):
        one = fail(log, False)
    other = fail(log, bad)
    with for_each([1, 2]) as value:
        square(log, value)
        show_pair(log, one, value)
    with for_each([3, 4]) as value:
        half(log, value)
        show_pair(log, other, value)


@pipeline
def several_of_a_loop(log: str, count: int = 3):
    """A condition in a loop of which several things are collected, and waited for."""
    with for_each(numbers(log, count), max_parallel=1) as value:
        squared = square(log, value)
        with when(squared > 0):
            halved = half(log, value)
            labelled = label(log, "it's {{\"} {{y}}")
    show_more(log, collect(halved), collect(labelled))
    show(log, collect(squared))
    label(log, "after").after(labelled)


@pipeline
def summed_twice(log: str, outer: list[int] = [1, 2], inner: list[int] = [10, 20]):
    """A loop in a condition in a loop: gathered for each outer item, and all together."""
    with for_each(outer, max_parallel=2) as a:
        squared = square(log, a)
        with when(squared > 2):
            with for_each(inner, max_parallel=1) as b:
                with when(b > squared):
                    pair = show_pair(log, a, b)
            listed = show_all(log, collect(pair))
    tables(log, collect(collect(pair)))
    show_all(log, collect(listed))


@stage
def show_all(log: str, texts: list[str]) -> str:
    note(log, f"all {texts!r}")
    return f"{len(texts)}"


@stage
def show_pair(log: str, a: int, b: int) -> str:
    note(log, f"{a} {b}")
    return f"{a} {b}"


@stage(retries=1, retry_delay="1s")
def flaky(log: str, name: str) -> str:
    lines = Path(log).read_text(encoding="utf-8").splitlines()
    note(log, name)
    if name not in lines:
        raise ValueError("the first time")
    return name


@pipeline
def retried(log: str, names: list[str] = ["a", "b"]):
    """Stages of a loop that are tried again."""
    flaky.map(log, name=each_of(names))
