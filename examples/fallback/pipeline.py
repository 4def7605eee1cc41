"""A fallback: when training fails for good, yesterday's model does, and somebody is told.

The idea: `train(...).or_else(previous_model(...))`. Consumers take what `train` gives and need not know. The run
succeeds, is marked degraded, and the alert goes out once, after the last attempt.
"""

from portable_pipeline import FailureEvent, Input, Model, Output, pipeline, stage, uri


def alert(event: FailureEvent) -> None:
    """Tell the people on call; here a line in the log is enough."""
    reason = event.error.splitlines()[0]
    print(f"ALERT {event.pipeline}: {event.stage} failed after attempt {event.attempt}: {reason}")


@stage(retries=1, retry_delay="1s", timeout="1m", on_failure=alert)
def train(rows: int, needed: int, model: Output[Model] = uri("{root}/{run_date}/model.txt")) -> int:
    """Fit a model; too few rows are an error."""
    if rows < needed:
        raise ValueError(f"{rows} rows are too few, {needed} are needed")
    with open(model.path, "w", encoding="utf-8") as file:
        file.write(f"trained on {rows} rows\n")
    return rows


@stage(timeout="1m")
def previous_model(model: Output[Model] = uri("{root}/{run_date}/previous/model.txt")) -> int:
    """The last model that was good."""
    with open(model.path, "w", encoding="utf-8") as file:
        file.write("trained some days ago\n")
    return 0


@stage(timeout="1m")
def serve(model: Input[Model], rows: int) -> str:
    """Put the model to work; returns what it is."""
    with open(model.path, encoding="utf-8") as file:
        return f"{file.read().strip()}, {rows} new rows"


@pipeline(owner="ml-platform", tags=["example"])
def fallback(root: str = "build/fallback", rows: int = 3, needed: int = 100):
    """Serve the new model, or the previous one."""
    trained = train(rows, needed).or_else(previous_model())
    serve(trained.model, trained.result)
