"""What is wrong with a pipeline, before any target is asked."""

from portable_pipeline.validate.validate import CHECKS, validate

__all__ = ["CHECKS", "validate"]
