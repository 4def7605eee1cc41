"""Diagnosis: retrain a tumour classifier every night, release it only when it is good enough.

Seven stages on the Wisconsin breast cancer data that ships with scikit-learn. This file says what runs, in which order
and under which policies; the work itself is in `training.py`, which knows nothing of pipelines.

    ppc run examples/diagnosis/pipeline.py -p root=build/diagnosis --date 2026-01-05
"""

from datetime import date
from typing import Annotated, NamedTuple

from portable_pipeline import (
    Abort,
    Dataset,
    Directory,
    Field,
    Input,
    Metrics,
    Model,
    Output,
    cron,
    pipeline,
    run,
    stage,
    uri,
)


class Scores(NamedTuple):
    """What the candidate reached on data that it has not seen."""

    accuracy: float
    auc: float


# The source is the only stage that talks to something outside, so it is the only one that waits longer each time.
@stage(retries=3, retry_delay="30s", backoff=2.0, max_delay="5m", timeout="10m", tags=["io"])
def ingest(table: Output[Dataset] = uri("{root}/{run_date}/raw/table.csv")) -> int:
    """Copy the night's table from the source; returns its number of rows."""
    # Imported here, not at the top: whatever parses this file (ppc, a scheduler) needs no scikit-learn for it.
    import training

    return training.load_table(table.path)


@stage(timeout="5m")
def validate(table: Input[Dataset], rows: int, min_rows: int) -> list[str]:
    """Refuse a table that must not reach training; returns its columns."""
    import training

    # A table that is wrong today is still wrong in a minute: `Abort` spends no retries on it.
    if rows < min_rows:
        raise Abort(f"{rows} rows, expected at least {min_rows}")
    return training.check_table(table.path)


@stage(retries=1, retry_delay="10s", timeout="10m")
def featurize(
    table: Input[Dataset],
    columns: list[str],
    test_share: float,
    seed: int,
    # A directory is an artifact like any other: both splits appear together or not at all.
    splits: Output[Directory] = uri("{root}/{run_date}/features"),
) -> None:
    """Scale the columns and split the rows, both fitted on the training part alone."""
    import training

    training.make_splits(table.path, columns, test_share, seed, splits.path)


@stage(retries=1, retry_delay="10s", timeout="30m", tags=["compute"])
def train(
    splits: Input[Directory],
    strength: float,
    seed: int,
    model: Output[Model] = uri("{root}/{run_date}/model/model.joblib"),
) -> None:
    """Fit the classifier."""
    import training

    training.fit(splits.path, strength, seed, model.path)


@stage(retries=1, retry_delay="10s", timeout="10m")
def evaluate(
    splits: Input[Directory],
    model: Input[Model],
    metrics: Output[Metrics] = uri("{root}/{run_date}/metrics/metrics.json"),
) -> Scores:
    """Score the model on the rows that were held out."""
    import training

    scores = training.score(splits.path, model.path, metrics.path)
    return Scores(accuracy=scores["accuracy"], auc=scores["auc"])


@stage(timeout="5m")
def register(
    model: Input[Model],
    auc: float,
    min_auc: float,
    day: date,
    entry: Output[Model] = uri("{root}/{run_date}/registry/diagnosis.joblib"),
) -> str:
    """Enter the model in the registry if it is good enough; returns its version."""
    import shutil

    if auc < min_auc:
        raise Abort(f"AUC {auc} is below {min_auc}: the model in production stays")
    shutil.copyfile(model.path, entry.path)
    return f"diagnosis-{day.isoformat()}"


@stage(retries=2, retry_delay="1m", timeout="15m", owner="platform", tags=["release"])
def deploy(
    model: Input[Model],
    version: str,
    release: Output[Dataset] = uri("{root}/{run_date}/release/release.json"),
) -> None:
    """Write the manifest that the serving fleet polls; it names the version and the content that it stands for."""
    import training

    training.write_manifest(version, model.path, release.path)


# Each output is addressed by the run date and never by "now": running a night again replaces exactly that night.
@pipeline(
    schedule=cron("30 2 * * *", timezone="UTC"),
    timeout="3h",
    owner="ml-platform",
    tags=["diagnosis", "training"],
    # One exact release, so that every engine computes the same metrics to the last byte.
    packages=["scikit-learn==1.7.2"],
)
def diagnosis(
    # Absolute: a scheduled run does not know in which folder it starts. On a cluster, a disk that all workers share.
    root: str = "/tmp/diagnosis",
    min_rows: Annotated[int, Field(ge=1)] = 500,
    test_share: Annotated[float, Field(gt=0, lt=1)] = 0.25,
    strength: Annotated[float, Field(gt=0)] = 1.0,
    min_auc: Annotated[float, Field(ge=0, le=1)] = 0.95,
    seed: int = 7,
):
    """Retrain nightly; release only a model that reaches `min_auc`."""
    raw = ingest()
    columns = validate(raw.table, rows=raw.result, min_rows=min_rows)
    splits = featurize(raw.table, columns=columns, test_share=test_share, seed=seed)
    model = train(splits, strength=strength, seed=seed)
    scores = evaluate(splits, model)
    entry = register(model, auc=scores.auc, min_auc=min_auc, day=run.date)
    deploy(entry.entry, version=entry.result)
