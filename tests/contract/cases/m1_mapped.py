"""M1: `stage.map(...)` over a constant and a parameter in step, and over one list; the rest is the same for each."""

from portable_pipeline import each, pipeline, stage

from recording import record


@stage
def name(log: str, number: int, letter: str, same: str = "x") -> str:
    record(log, f"each[{number}]")
    return f"{letter} {number} {same}"


@pipeline
def m1_mapped(log: str, letters: list[str]):
    name.map(log, each([10, 20]), letter=each(letters))
    name.map(log, letter="z", number=each([1, 2, 3]), same="y")
