"""Two maps that exclude each other, and a join of what is made of each; after the join, a third."""

from portable_pipeline import collect, each, first_of, otherwise, pipeline, stage, when


@stage
def quick(log: str, item: int) -> int:
    return item


@stage
def thorough(log: str, item: int) -> int:
    return item * 10


@stage
def gather(log: str, found: list[int]) -> list[int]:
    return found


@stage
def show(log: str, item: int) -> str:
    return f"<{item}>"


@stage
def page(log: str, lines: list[str]) -> str:
    return " ".join(lines)


@pipeline
def combo_join_after_map(log: str, hurry: bool):
    with when(hurry):
        some = gather(log, collect(quick.map(log, item=each([1, 2]))))
    with otherwise():
        everything = gather(log, collect(thorough.map(log, item=each([1, 2, 3]))))
    joined = gather(log, first_of(some, everything))
    shown = show.map(log, item=each(joined))
    page(log, collect(shown))
