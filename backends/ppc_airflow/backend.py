"""The backend object: cheap to import, the rest is loaded when it is used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from portable_pipeline.backend import Backend, Engine
from ppc_airflow.support import SUPPORT

if TYPE_CHECKING:
    from portable_pipeline.codegen.files import GeneratedFile
    from portable_pipeline.diagnostics import Diagnostic
    from portable_pipeline.ir import Pipeline


def _check(pipeline: Pipeline) -> Iterable[Diagnostic]:
    from ppc_airflow.check import check

    return check(pipeline)


def _generate(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    from ppc_airflow.generate import generate

    return generate(pipeline)


def _entry(pipeline: Pipeline) -> str:
    from ppc_airflow.generate import dag_path

    return dag_path(pipeline)


BACKEND = Backend(
    name="airflow",
    title="Airflow",
    support=SUPPORT,
    check=_check,
    generate=_generate,
    engine=Engine(
        version="3.3.2",
        pythons=(11, 12, 10, 13),
        driver=Path(__file__).with_name("driver.py"),
        entry=_entry,
    ),
)
