"""Pages for people: what a run has done, and what a pipeline is. One file each, which asks the network for nothing."""

from __future__ import annotations

from portable_pipeline.report.pages import pipeline_page, run_page

__all__ = ["pipeline_page", "run_page"]
