"""The training code of the diagnosis example: plain functions from paths to paths, no orchestrator in sight.

Everything is deterministic: seeds come in as arguments, files are written with sorted keys and fixed precision.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

TARGET = "malignant"

# More digits than anyone reads, fewer than two builds of a linear algebra library can differ in.
DIGITS = 6


def load_table(target: str) -> int:
    """Write the data set as CSV; returns the number of rows."""
    bunch = load_breast_cancer()
    header = [name.replace(" ", "_") for name in bunch.feature_names] + [TARGET]
    with Path(target).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for values, label in zip(bunch.data, bunch.target, strict=True):
            writer.writerow([*(repr(float(value)) for value in values), int(label == 0)])
    return len(bunch.target)


def read_table(source: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The columns' names, the values and the labels of a table that `load_table` wrote."""
    with Path(source).open(newline="") as file:
        header, *rows = csv.reader(file)
    table = np.array(rows, dtype=float)
    return header[:-1], table[:, :-1], table[:, -1].astype(int)


def check_table(source: str) -> list[str]:
    """The columns' names.

    Raises:
        ValueError: If a value is missing or negative, or one of the classes is absent.
    """
    columns, values, labels = read_table(source)
    if not np.isfinite(values).all():
        raise ValueError("the table has missing values")
    if (values < 0).any():
        raise ValueError("a measurement is negative")
    if set(labels.tolist()) != {0, 1}:
        raise ValueError("the table does not hold both classes")
    return columns


def make_splits(source: str, columns: list[str], test_share: float, seed: int, target: str) -> None:
    """Write `train.npz` and `test.npz` into the folder; the scaler sees the training rows only."""
    found, values, labels = read_table(source)
    values = values[:, [found.index(name) for name in columns]]
    train_x, test_x, train_y, test_y = train_test_split(
        values, labels, test_size=test_share, random_state=seed, stratify=labels
    )
    scaler = StandardScaler().fit(train_x)
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "train.npz", x=scaler.transform(train_x), y=train_y)
    np.savez(folder / "test.npz", x=scaler.transform(test_x), y=test_y)


def fit(splits: str, strength: float, seed: int, target: str) -> None:
    """Fit a logistic regression with this regularisation and write it."""
    with np.load(Path(splits) / "train.npz") as data:
        model = LogisticRegression(C=strength, random_state=seed, max_iter=1000).fit(data["x"], data["y"])
    joblib.dump(model, target)


def score(splits: str, model: str, target: str) -> dict[str, float]:
    """Write the scores on the held-out rows as JSON, and return them."""
    fitted = joblib.load(model)
    with np.load(Path(splits) / "test.npz") as data:
        probability = fitted.predict_proba(data["x"])[:, 1]
        scores = {
            "accuracy": round(float(accuracy_score(data["y"], probability >= 0.5)), DIGITS),
            "auc": round(float(roc_auc_score(data["y"], probability)), DIGITS),
            "rows": len(data["y"]),
        }
    Path(target).write_text(json.dumps(scores, indent=2, sort_keys=True) + "\n")
    return scores


def write_manifest(version: str, model: str, target: str) -> None:
    """Write what serving needs to know about a release."""
    digest = hashlib.sha256(Path(model).read_bytes()).hexdigest()
    Path(target).write_text(json.dumps({"sha256": digest, "version": version}, indent=2, sort_keys=True) + "\n")
