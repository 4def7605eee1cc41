"""The catalog: every code is used once, says what it is, and costs nothing until somebody is wrong."""

import re
import subprocess
import sys
from string import Formatter
from typing import ClassVar, get_origin, get_type_hints

import pytest

from portable_pipeline.diagnostics import Diagnostic, Span, codes, in_order
from portable_pipeline.diagnostics.catalog import load
from tests.unit.diagnostics.samples import Sample, SampleWarning

load()
KINDS = tuple(codes().values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_templates_name_fields(kind: type[Diagnostic]) -> None:
    known = {name for name, hint in get_type_hints(kind).items() if get_origin(hint) is not ClassVar}
    for template in (kind.title, kind.label, kind.help):
        assert {name for _, name, _, _ in Formatter().parse(template) if name is not None} <= known


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_code_has_its_form(kind: type[Diagnostic]) -> None:
    assert re.fullmatch(r"PPC\d{3}", kind.code)


def test_a_code_is_never_used_twice() -> None:
    with pytest.raises(TypeError, match="PPC401 is already RefusedRule"):

        class Other(Diagnostic):
            """Another."""

            code: ClassVar[str] = "PPC401"
            title: ClassVar[str] = "other"


def test_order_is_that_of_the_source() -> None:
    first, second = Sample(span=Span("p.py", 2)), Sample(span=Span("p.py", 10))
    nowhere = SampleWarning()
    assert in_order([second, first, nowhere, first]) == (nowhere, first, second)


def test_importing_one_module_of_the_catalog_imports_no_other() -> None:
    script = (
        "import sys, portable_pipeline.diagnostics.catalog.targets;"
        "print([name for name in sys.modules if '.catalog.' in name], 'difflib' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "['portable_pipeline.diagnostics.catalog.targets'] False"
