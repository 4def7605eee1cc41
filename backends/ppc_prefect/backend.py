"""The backend's one value: cheap to import, since every command looks it up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from portable_pipeline.backend import Backend, Engine
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.ir import Pipeline
from ppc_prefect.support import SUPPORT


def _check(pipeline: Pipeline) -> Iterable[Diagnostic]:
    from ppc_prefect.check import check

    return check(pipeline)


def _generate(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    from ppc_prefect.generate import generate

    return generate(pipeline)


def _entry(pipeline: Pipeline) -> str:
    from ppc_prefect.generate import flow_file

    return flow_file(pipeline)


BACKEND = Backend(
    name="prefect",
    title="Prefect",
    support=SUPPORT,
    check=_check,
    generate=_generate,
    engine=Engine(
        version="3.8.8",
        pythons=(11, 12, 10, 13),
        driver=Path(__file__).with_name("driver.py"),
        entry=_entry,
    ),
)
