"""What local runs have done, on disk: a database, and a folder for each run with its code and its logs."""

from __future__ import annotations

from portable_pipeline.store.journal import Journal
from portable_pipeline.store.order import in_order
from portable_pipeline.store.project import PROJECT_FOLDER, Project, log_name
from portable_pipeline.store.records import ArtifactRecord, AttemptRecord, EventRecord, RunRecord, StageRecord

__all__ = [
    "PROJECT_FOLDER",
    "ArtifactRecord",
    "AttemptRecord",
    "EventRecord",
    "Journal",
    "Project",
    "RunRecord",
    "StageRecord",
    "in_order",
    "log_name",
]
