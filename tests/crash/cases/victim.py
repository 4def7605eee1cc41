"""What the crash test kills: retries, loops in loops, conditions, artifacts, joins, a stand-in, what is cached."""

import os
import time

from portable_pipeline import (
    Dataset,
    Input,
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


def note(log: str, what: str) -> None:
    """One write: lines of two processes never mix."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{what} {os.getpid()}\n".encode())
    os.close(descriptor)


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def load(log: str, rows: int, table: Output[Dataset] = uri("{root}/table.txt")) -> list[int]:
    note(log, "load")
    with open(table.path, "w") as file:
        for row in range(rows):
            file.write(f"{row}\n")
            file.flush()
            time.sleep(0.002)
    return list(range(rows))


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def clean(log: str, row: int, table: Input[Dataset], part: Output[Dataset] = uri("{root}/parts/{item_key}.txt")) -> int:
    note(log, f"clean[{row}]")
    time.sleep(0.01)
    with open(table.path) as source, open(part.path, "w") as file:
        file.write(source.read() * (row + 1))
    return row * row


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def odd(log: str, row: int) -> str:
    note(log, f"odd[{row}]")
    return f"{row} is odd"


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def even(log: str, row: int) -> str:
    note(log, f"even[{row}]")
    return f"{row} is even"


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def told(log: str, row: int, text: str) -> str:
    note(log, f"told[{row}]")
    return text.upper()


@stage(timeout="1m")
def breaks(log: str) -> int:
    note(log, "breaks")
    raise ValueError("as it should")


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def spare(log: str) -> int:
    note(log, "spare")
    return 7


@stage(timeout="1m", retries=30, retry_delay="0.05s", cache=True)
def bulk(n: int, out: Output[Dataset] = uri("{root}/bulk/{item_key}.bin")) -> int:
    """Large enough for a kill to come while it is copied."""
    note(os.environ["PPC_CRASH_LOG"], f"bulk[{n}]")
    with open(out.path, "wb") as file:
        for part in range(8):
            file.write(bytes([n + part]) * 1_000_000)
    return n


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def weigh(log: str, parts: list[Input[Dataset]], known: list[int]) -> int:
    note(log, "weigh")
    return sum(os.path.getsize(part.path) for part in parts) + sum(known)


@stage(timeout="1m", retries=30, retry_delay="0.05s")
def total(
    log: str,
    squares: list[int],
    texts: list[str],
    parts: list[Input[Dataset]],
    more: int,
    whole: Output[Dataset] = uri("{root}/whole.txt"),
) -> int:
    note(log, "total")
    with open(whole.path, "w") as file:
        for part in parts:
            with open(part.path) as source:
                file.write(source.read())
    return sum(squares) + sum(map(len, texts)) + more


@pipeline
def victim(root: str, log: str, rows: int = 4):
    loaded = load(log, rows)
    with for_each(loaded.result, max_parallel=3) as row:
        cleaned = clean(log, row, loaded.table)
        with when((cleaned > 0) & (cleaned.is_in([1, 9, 25]))):
            is_odd = odd(log, row)
        with otherwise():
            is_even = even(log, row)
        text = told(log, row, first_of(is_odd, is_even))
    with for_each([0, 1, 2]) as n:
        made = bulk(n)
    weigh(log, collect(made.out), collect(made.result))
    saved = breaks(log).or_else(spare(log))
    total(log, collect(cleaned.result), collect(text), collect(cleaned.part), saved)
