"""M2, V1: ints stay ints, floats floats, texts that look like numbers texts, None None."""

from dataclasses import dataclass

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@dataclass
class Kinds:
    whole: int
    ratio: float
    text: str
    maybe: int | None
    listed: list[int]


@stage
def kinds(number: int, maybe: int | None, count: int) -> Kinds:
    return Kinds(number, float(number), str(number), maybe, [number] * count)


@stage
def take(
    log: str, wholes: list[int], ratios: list[float], texts: list[str], maybes: list[int | None], lists: list[list[int]]
) -> None:
    record(log, "take", wholes=wholes, ratios=ratios, texts=texts, maybes=maybes, lists=lists)


@dataclass
class Given:
    number: int
    maybe: int | None
    count: int


@pipeline
def m2_types(log: str):
    with for_each([Given(1, 1, 1), Given(2**53 + 1, None, 0), Given(0, 0, 2)]) as item:
        made = kinds(number=item.number, maybe=item.maybe, count=item.count)
    take(
        log=log,
        wholes=collect(made.whole),
        ratios=collect(made.ratio),
        texts=collect(made.text),
        maybes=collect(made.maybe),
        lists=collect(made.listed),
    )
