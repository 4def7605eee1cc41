"""The local runner, the reference for what a pipeline means; for tests and small jobs, no scheduler."""

from portable_pipeline.runner.execute import resume_locally, run_locally
from portable_pipeline.runner.observer import Observer, RunBegan, Silent, StageChanged
from portable_pipeline.runner.watching import observer_for

__all__ = ["Observer", "RunBegan", "Silent", "StageChanged", "observer_for", "resume_locally", "run_locally"]
