"""The backend's one value: cheap to import, since every command looks it up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from portable_pipeline.backend import Backend, Engine
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.names import python_name
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.ir import Pipeline
from ppc_kfp.support import SUPPORT


def _check(pipeline: Pipeline) -> Iterable[Diagnostic]:
    from ppc_kfp.check import check

    return check(pipeline)


def _generate(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    from ppc_kfp.generate import generate

    return generate(pipeline)


def _entry(pipeline: Pipeline) -> str:
    return f"{python_name(pipeline.name)}_pipeline.py"


BACKEND = Backend(
    name="kfp",
    title="Kubeflow Pipelines",
    support=SUPPORT,
    check=_check,
    generate=_generate,
    engine=Engine(
        version="2.17.0",
        pythons=(11, 12, 10, 13),
        driver=Path(__file__).with_name("driver.py"),
        entry=_entry,
        compiled=True,
    ),
)
