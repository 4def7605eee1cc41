"""Stage code of examples/candidates/pipeline.py."""

from dataclasses import dataclass

from stage_runtime import Artifact


@dataclass
class Candidate:
    name: str
    rate: float
    rounds: int


def load(rows: int, table: Artifact) -> int:
    """Write the numbers 1 to `rows`."""
    with open(table.path, "w", encoding="utf-8") as file:
        file.writelines(f"{number}\n" for number in range(1, rows + 1))
    return rows


def train(
    candidate: Candidate,
    table: Artifact,
    model: Artifact,
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


def choose(
    models: list[Artifact], losses: list[float], winner: Artifact
) -> str:
    """Copy the model with the least loss; returns its first line."""
    best = min(range(len(losses)), key=losses.__getitem__)
    with open(models[best].path, encoding="utf-8") as source, open(winner.path, "w", encoding="utf-8") as target:
        text = source.read()
        target.write(text)
    return text.strip()
