"""The way through a backend: check the target, generate, lay out, report."""

from portable_pipeline.compiler.compile import compile_pipeline
from portable_pipeline.compiler.report import report_path

__all__ = ["compile_pipeline", "report_path"]
