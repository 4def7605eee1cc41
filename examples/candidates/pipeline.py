"""Candidates: several models side by side, and the best of them.

The idea: `train.map(...)` is one call for each item of `each(...)`, at most two at once; each writes an artifact of its
own (`{item_key}`); `collect(...)` makes lists of what they give, in the order of the items, whoever was first.
"""

from dataclasses import dataclass

from portable_pipeline import Dataset, Input, Model, Output, collect, each, pipeline, stage, uri


@dataclass
class Candidate:
    name: str
    rate: float
    rounds: int


@stage(timeout="1m")
def load(rows: int, table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> int:
    """Write the numbers 1 to `rows`."""
    with open(table.path, "w", encoding="utf-8") as file:
        file.writelines(f"{number}\n" for number in range(1, rows + 1))
    return rows


@stage(timeout="1m", retries=1, retry_delay="1s")
def train(
    candidate: Candidate,
    table: Input[Dataset],
    model: Output[Model] = uri("{root}/{run_date}/models/{item_key}.txt"),
) -> float:
    """Fit one candidate; returns its loss."""
    with open(table.path, encoding="utf-8") as file:
        mean = sum(map(float, file)) / 10
    guess = 0.0
    for _ in range(candidate.rounds):
        guess += candidate.rate * (mean - guess)
    with open(model.path, "w", encoding="utf-8") as file:
        file.write(f"{candidate.name} {guess:.3f}\n")
    return round(abs(mean - guess), 3)


@stage(timeout="1m")
def choose(
    models: list[Input[Model]], losses: list[float], winner: Output[Model] = uri("{root}/{run_date}/winner.txt")
) -> str:
    """Copy the model with the least loss; returns its first line."""
    best = min(range(len(losses)), key=losses.__getitem__)
    with open(models[best].path, encoding="utf-8") as source, open(winner.path, "w", encoding="utf-8") as target:
        text = source.read()
        target.write(text)
    return text.strip()


CANDIDATES = [Candidate("slow", 0.1, 10), Candidate("steady", 0.5, 12), Candidate("hasty", 1.5, 8)]


@pipeline(owner="ml-platform", tags=["example"])
def candidates(root: str = "build/candidates", rows: int = 10):
    """Train three candidates and keep the best."""
    table = load(rows)
    trained = train.map(candidate=each(CANDIDATES), table=table.table, key="name", max_parallel=2)
    choose(models=collect(trained.model), losses=collect(trained))
