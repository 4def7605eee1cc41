"""C5: texts with all that engines trip over: results, a parameter and constants, compared and looked for."""

from portable_pipeline import in_, pipeline, stage, when

from nasty import NASTY
from recording import record


@stage
def text(name: str) -> str:
    return NASTY[name]


@stage
def texts() -> list[str]:
    return list(NASTY.values())


@stage
def mark(log: str, which: str) -> None:
    record(log, which)


@pipeline
def c5_texts(log: str, word: str, given: str):
    found = text(name=word)
    listed = texts()
    with when(found == given):
        mark(log=log, which="parameter")
    with when(found == NASTY["quotes"]):
        mark(log=log, which="quotes")
    with when(found.is_in([NASTY["braces"], NASTY["quotes"]])):
        mark(log=log, which="in constants")
    with when(in_(given, listed)):
        mark(log=log, which="in results")
    with when(found.is_in(listed) & (found != "") & (found > "")):
        mark(log=log, which="in all")
