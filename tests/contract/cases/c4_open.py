"""C4: three branches, of which none may run; a join of joins; a field of a join's record."""

from dataclasses import dataclass

from portable_pipeline import first_of, pipeline, stage, when

from recording import record


@dataclass
class Score:
    name: str
    share: float


@stage
def choose(log: str, mode: str) -> str:
    record(log, "choose")
    return mode


@stage
def fast(log: str) -> Score:
    record(log, "fast")
    return Score("fast", 1.0)


@stage
def slow(log: str) -> Score:
    record(log, "slow")
    return Score("slow", 0.5)


@stage
def none(log: str) -> Score:
    record(log, "none")
    return Score("none", 0.0)


@stage
def report(log: str, score: Score, share: float) -> float:
    record(log, "report", score=score, share=share)
    return share


@stage
def after_it(log: str, share: float) -> None:
    record(log, "after_it")


@pipeline
def c4_open(log: str, mode: str):
    chosen = choose(log=log, mode=mode)
    with when(chosen == "fast"):
        one = fast(log=log)
    with when(chosen == "slow"):
        two = slow(log=log)
    with when(chosen == "none"):
        three = none(log=log)
    either = first_of(first_of(one, two), three)
    after_it(log=log, share=report(log=log, score=either, share=either.share))
