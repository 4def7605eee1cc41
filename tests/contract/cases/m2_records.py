"""M2, V1: records and dates as items, and as what is collected, of a record also one field."""

from dataclasses import dataclass
from datetime import date

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@dataclass
class Plan:
    name: str
    day: date
    rate: float


@dataclass
class Score:
    plan: Plan
    auc: float
    rounds: int


@stage
def plans(count: int) -> list[Plan]:
    return [Plan(f"it's {{{{ {number} }}}}", date(2026, 1, number + 1), float(number)) for number in range(count)]


@stage
def train(log: str, plan: Plan, day: date) -> Score:
    record(log, f"train[{plan.day.day}]", plan=plan, day=day)
    return Score(plan, 1.0, plan.day.day)


@stage
def take(log: str, scores: list[Score], aucs: list[float], rounds: list[int]) -> None:
    record(log, "take", scores=scores, aucs=aucs, rounds=rounds)


@pipeline
def m2_records(log: str, count: int):
    with for_each(plans(count=count)) as plan:
        trained = train(log=log, plan=plan, day=plan.day)
    take(log=log, scores=collect(trained), aucs=collect(trained.auc), rounds=collect(trained.rounds))
