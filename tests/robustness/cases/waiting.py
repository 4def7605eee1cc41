"""Three stages, the second of which waits until it is told to go on."""

import os
import time

from portable_pipeline import Dataset, Output, pipeline, stage, uri


def note(name: str) -> None:
    with open("ran.txt", "a") as file:
        file.write(f"{name}\n")


@stage(timeout="1m")
def first(n: int) -> int:
    note("first")
    return n + 1


@stage(timeout="1m")
def second(n: int, size: int, printed: int, table: Output[Dataset] = uri("data/table.bin")) -> int:
    note("second")
    while not os.path.exists("go"):
        time.sleep(0.02)
    with open(table.path, "wb") as file:
        for _ in range(size):
            file.write(b"x" * 1000)
    for _ in range(printed):
        print("x" * 999)
    return n + 1


@stage(timeout="1m")
def third(n: int) -> int:
    note("third")
    return n + 1


@pipeline
def waiting(n: int = 1, size: int = 1, printed: int = 1):
    third(second(first(n), size, printed))
