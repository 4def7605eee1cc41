"""Stage code of examples/gate/pipeline.py."""

from dataclasses import dataclass

from stage_runtime import Artifact


@dataclass
class Score:
    auc: float
    rows: int


def train(seed: int, model: Artifact) -> Score:
    """Fit a model, which here is a number, and measure it."""
    with open(model.path, "w", encoding="utf-8") as file:
        file.write(f"weights {seed}\n")
    return Score(auc=0.7 + seed / 100, rows=1000)


def live_score(live_auc: float) -> float:
    """How good the model is that is live now."""
    return live_auc


def deploy(model: Artifact, note: str) -> str:
    """Make the model the live one."""
    with open(model.path, encoding="utf-8") as file:
        return f"live: {file.read().strip()} ({note})"


def keep(auc: float) -> str:
    """Leave everything as it is."""
    return f"kept the old model, the new one has only {auc:.2f}"


def report(text: str) -> str:
    """Say what was done."""
    print(text)
    return text
