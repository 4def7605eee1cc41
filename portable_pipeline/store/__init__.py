"""What local runs have done, on disk: a database, and a folder for each run with its code and its logs."""

from __future__ import annotations

from portable_pipeline.store.journal import Journal
from portable_pipeline.store.project import PROJECT_FOLDER, Project
from portable_pipeline.store.records import ArtifactRecord, AttemptRecord, RunRecord, StageRecord

__all__ = [
    "PROJECT_FOLDER",
    "ArtifactRecord",
    "AttemptRecord",
    "Journal",
    "Project",
    "RunRecord",
    "StageRecord",
]
