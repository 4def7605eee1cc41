"""Stage code of examples/fallback/pipeline.py."""

from stage_runtime import Artifact, FailureEvent


def alert(event: FailureEvent) -> None:
    """Tell the people on call; here a line in the log is enough."""
    reason = event.error.splitlines()[0]
    print(f"ALERT {event.pipeline}: {event.stage} failed after attempt {event.attempt}: {reason}")


def train(rows: int, needed: int, model: Artifact) -> int:
    """Fit a model; too few rows are an error."""
    if rows < needed:
        raise ValueError(f"{rows} rows are too few, {needed} are needed")
    with open(model.path, "w", encoding="utf-8") as file:
        file.write(f"trained on {rows} rows\n")
    return rows


def previous_model(model: Artifact) -> int:
    """The last model that was good."""
    with open(model.path, "w", encoding="utf-8") as file:
        file.write("trained some days ago\n")
    return 0


def serve(model: Artifact, rows: int) -> str:
    """Put the model to work; returns what it is."""
    with open(model.path, encoding="utf-8") as file:
        return f"{file.read().strip()}, {rows} new rows"
