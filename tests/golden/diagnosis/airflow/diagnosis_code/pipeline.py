"""Stage code of examples/diagnosis/pipeline.py."""

from datetime import date
from typing import NamedTuple

from stage_runtime import Abort, Artifact


class Scores(NamedTuple):
    """What the candidate reached on data that it has not seen."""

    accuracy: float
    auc: float


# The source is the only stage that talks to something outside, so it is the only one that waits longer each time.
def ingest(table: Artifact) -> int:
    """Copy the night's table from the source; returns its number of rows."""
    # Imported here, not at the top: whatever parses this file (ppc, a scheduler) needs no scikit-learn for it.
    import training

    return training.load_table(table.path)


def validate(table: Artifact, rows: int, min_rows: int) -> list[str]:
    """Refuse a table that must not reach training; returns its columns."""
    import training

    # A table that is wrong today is still wrong in a minute: `Abort` spends no retries on it.
    if rows < min_rows:
        raise Abort(f"{rows} rows, expected at least {min_rows}")
    return training.check_table(table.path)


def featurize(
    table: Artifact,
    columns: list[str],
    test_share: float,
    seed: int,
    # A directory is an artifact like any other: both splits appear together or not at all.
    splits: Artifact,
) -> None:
    """Scale the columns and split the rows, both fitted on the training part alone."""
    import training

    training.make_splits(table.path, columns, test_share, seed, splits.path)


def train(
    splits: Artifact,
    strength: float,
    seed: int,
    model: Artifact,
) -> None:
    """Fit the classifier."""
    import training

    training.fit(splits.path, strength, seed, model.path)


def evaluate(
    splits: Artifact,
    model: Artifact,
    metrics: Artifact,
) -> Scores:
    """Score the model on the rows that were held out."""
    import training

    scores = training.score(splits.path, model.path, metrics.path)
    return Scores(accuracy=scores["accuracy"], auc=scores["auc"])


def register(
    model: Artifact,
    auc: float,
    min_auc: float,
    day: date,
    entry: Artifact,
) -> str:
    """Enter the model in the registry if it is good enough; returns its version."""
    import shutil

    if auc < min_auc:
        raise Abort(f"AUC {auc} is below {min_auc}: the model in production stays")
    shutil.copyfile(model.path, entry.path)
    return f"diagnosis-{day.isoformat()}"


def deploy(
    model: Artifact,
    version: str,
    release: Artifact,
) -> None:
    """Write the manifest that the serving fleet polls; it names the version and the content that it stands for."""
    import training

    training.write_manifest(version, model.path, release.path)
