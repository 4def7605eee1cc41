"""In a map: a branch and its opposite for each item, a join of the two, and what is collected of each."""

from portable_pipeline import collect, first_of, for_each, otherwise, pipeline, stage, when

from recording import record


@stage
def measure(log: str, item: str) -> int:
    record(log, f"measure[{item}]")
    return len(item)


@stage
def praise(log: str, item: str) -> str:
    record(log, f"praise[{item}]")
    return f"{item} is long"


@stage
def scold(log: str, item: str) -> str:
    record(log, f"scold[{item}]")
    if item == "bad":
        raise RuntimeError("not even worth a word")
    return f"{item} is short"


@stage
def note(log: str, text: str) -> str:
    return f"note: {text}"


@stage
def publish(log: str, praised: list[str], notes: list[str]) -> list[str]:
    record(log, "publish", praised=praised, notes=notes)
    return [*praised, *notes]


@pipeline
def combo_condition_in_map(log: str, items: list[str]):
    with for_each(items) as item:
        measured = measure(log, item)
        with when(measured >= 5):
            praised = praise(log, item)
        with otherwise():
            scolded = scold(log, item)
        noted = note(log, first_of(praised, scolded))
    publish(log, collect(praised), collect(noted))
