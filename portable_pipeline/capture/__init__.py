"""Capture: from a pipeline file to the IR. Its function is traced; the stages' code is taken from its source."""

from portable_pipeline.capture.load import Captured, NotCaptured, load
from portable_pipeline.capture.sources import Sources

__all__ = ["Captured", "NotCaptured", "Sources", "load"]
