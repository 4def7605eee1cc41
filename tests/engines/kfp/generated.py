"""Generated pipelines on disk, for KFP to load."""

from __future__ import annotations

from pathlib import Path

from portable_pipeline.capture import load
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.ir import Pipeline
from ppc_kfp import BACKEND


def generate(folder: Path, source: str) -> tuple[Pipeline, Path]:
    """The pipeline of a source text, and the folder with its generated files."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pipeline.py"
    file.write_text(source, encoding="utf-8")
    found = load(str(file))
    assert found.diagnostics == (), found.diagnostics
    out = folder / "generated"
    for each in compile_pipeline(found.pipeline, BACKEND):
        path = out / each.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(each.text, encoding="utf-8", newline="")
    return found.pipeline, out
