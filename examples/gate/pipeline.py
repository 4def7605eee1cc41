"""A gate: a model goes live only if it is better than the one that is.

The idea: `when(...)` around the stages that may or may not run, `otherwise()` around those that run instead, and
`first_of(...)` where the two ways meet again. What is decided, and by what, stands in the graph, not inside a stage.
"""

from dataclasses import dataclass

from portable_pipeline import Input, Model, Output, first_of, otherwise, pipeline, stage, uri, when


@dataclass
class Score:
    auc: float
    rows: int


@stage(timeout="1m")
def train(seed: int, model: Output[Model] = uri("{root}/{run_date}/model.txt")) -> Score:
    """Fit a model, which here is a number, and measure it."""
    with open(model.path, "w", encoding="utf-8") as file:
        file.write(f"weights {seed}\n")
    return Score(auc=0.7 + seed / 100, rows=1000)


@stage(timeout="1m")
def live_score(live_auc: float) -> float:
    """How good the model is that is live now."""
    return live_auc


@stage(timeout="1m")
def deploy(model: Input[Model], note: str) -> str:
    """Make the model the live one."""
    with open(model.path, encoding="utf-8") as file:
        return f"live: {file.read().strip()} ({note})"


@stage(timeout="1m")
def keep(auc: float) -> str:
    """Leave everything as it is."""
    return f"kept the old model, the new one has only {auc:.2f}"


@stage(timeout="1m")
def report(text: str) -> str:
    """Say what was done."""
    print(text)
    return text


@pipeline(owner="ml-platform", tags=["example"])
def gate(root: str = "build/gate", seed: int = 15, live_auc: float = 0.8, least_rows: int = 100, force: bool = False):
    """Deploy only a better model."""
    trained = train(seed)
    with when(force | ((trained.auc > live_score(live_auc)) & (trained.rows >= least_rows))):
        deployed = deploy(trained.model, note="nightly")
    with otherwise():
        kept = keep(trained.auc)
    report(first_of(deployed, kept))
