"""M6: a condition in a loop decides for each item; what is skipped is left out of what is collected."""

from portable_pipeline import collect, first_of, for_each, otherwise, pipeline, stage, when

from recording import record


@stage
def measure(log: str, item: int) -> int:
    record(log, f"measure[{item}]")
    return item * 2


@stage
def big(log: str, value: int) -> str:
    record(log, f"big[{value}]")
    return f"big {value}"


@stage
def small(log: str, value: int) -> str:
    record(log, f"small[{value}]")
    return f"small {value}"


@stage
def join(log: str, text: str) -> str:
    record(log, f"join[{text}]")
    return text


@stage
def take(log: str, texts: list[str]) -> None:
    record(log, "take", texts=texts)


@pipeline
def m6_condition(log: str, items: list[int], limit: int):
    with for_each(items) as item:
        measured = measure(log=log, item=item)
        with when(measured > limit):
            one = big(log=log, value=measured)
        with otherwise():
            two = small(log=log, value=measured)
        joined = join(log=log, text=first_of(one, two))
    take(log=log, texts=collect(joined))
