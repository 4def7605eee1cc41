"""What the code that travels looks like: comments kept, ours taken out, nothing else touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from portable_pipeline.capture import Captured, load
from portable_pipeline.codegen.code_folder import module_text
from portable_pipeline.diagnostics import Severity
from portable_pipeline.ir import ExtractedModule, PythonBody
from tests.unit.capture.extraction_cases import CASES, Case
from tests.unit.capture.extraction_modules import MODULE_CASES
from tests.unit.capture.test_extraction import written

TAIL = """

@pipeline
def nightly(root: str = "/tmp/nightly"):
    it()
"""

TEXTS = {
    "comments": (
        """#!/usr/bin/env python
# -*- coding: utf-8 -*-
# About the import.
import json  # trailing
# Not about anything that travels.
import os

from portable_pipeline import pipeline, stage

# A banner, apart from what follows.

# About the limit,
# in two lines.
LIMIT = 3  # three


# Above the decorator.
@stage(
    timeout="5m",  # gone with the decorator
)
# Between.
def it(
    x: int = LIMIT,  # the size
) -> str:
    # Inside.
    return json.dumps(x)
    # At the end.

# Below.
""",
        """# About the import.
import json  # trailing

# About the limit,
# in two lines.
LIMIT = 3  # three


# Above the decorator.
# Between.
def it(
    x: int = LIMIT,  # the size
) -> str:
    # Inside.
    return json.dumps(x)
    # At the end.
""",
    ),
    "imports of ours": (
        """from typing import TYPE_CHECKING, Annotated

from portable_pipeline import *

if TYPE_CHECKING:
    from portable_pipeline import Metrics
    from os import PathLike


def check(path: "PathLike[str]", more: "Metrics") -> None:
    from portable_pipeline import Abort as Stop

    raise Stop(path)


@stage(timeout="5m")
def it(data: Annotated[Output[Dataset], "x"] = uri("{root}/a")) -> None:
    try:
        check(data.path, data)
    except Abort:
        print("no")
""",
        """from typing import TYPE_CHECKING

from stage_runtime import Abort, Artifact

if TYPE_CHECKING:
    from os import PathLike


def check(path: "PathLike[str]", more: Artifact) -> None:
    from stage_runtime import Abort as Stop

    raise Stop(path)


def it(data: Artifact) -> None:
    try:
        check(data.path, data)
    except Abort:
        print("no")
""",
    ),
    "what is not needed": (
        """import csv, json
from os import path, sep as separator
from portable_pipeline import pipeline, stage

UNUSED = csv.reader
for index in range(3):
    print(index)
del index


class Unused:
    pass


@stage(timeout="5m")
def unused() -> None: ...


@stage(timeout="5m")
def it() -> str:
    return json.dumps(separator)
""",
        """import json
from os import sep as separator


def it() -> str:
    return json.dumps(separator)
""",
    ),
    "one line": (
        """from portable_pipeline import pipeline, stage
A = 1; B = A + 1  # both


@stage
def it() -> int: return B
""",
        """A = 1; B = A + 1  # both


def it() -> int: return B
""",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str, tmp_path: Path) -> None:
    given, expected = TEXTS[name]
    (tmp_path / "pipeline.py").write_text(given + TAIL)
    found = load(str(tmp_path / "pipeline.py"))
    assert [each.message for each in found.diagnostics if each.severity is Severity.ERROR] == []
    (module,) = found.pipeline.modules
    assert module_text(module).partition("\n\n")[2].lstrip("\n") == expected


@pytest.mark.parametrize(
    "case", [each for each in (*CASES, *MODULE_CASES) if each.name != "signatures"], ids=lambda case: case.name
)
def test_taking_out_what_was_taken_out_changes_nothing(case: Case, tmp_path: Path) -> None:
    """What travels, made a pipeline file again, gives the same statements; addresses, in one case, do not travel."""
    first = load(str(written(case.files, tmp_path / "first") / case.main))
    module = _module_of_it(first)
    texts = {each.text for each in module.statements}
    future = "from __future__ import annotations\n" if module.future_annotations else ""
    ours = (
        f"import portable_pipeline as pp\nfrom portable_pipeline import {', '.join(('stage', *module.runtime_names))}\n"
    )
    again = "\n\n".join(
        f'@pp.stage(timeout="5m")\n{each.text}' if each.defines == ("it",) else each.text for each in module.statements
    )
    # The only decorator of others stands where its author has put it: below ours.
    file = f"{future}{ours}\n{again}\n\n@pp.pipeline\ndef nightly():\n    it()\n"
    second = load(str(written({**case.files, module.file: file}, tmp_path / "second") / module.file))
    found = {each.text for each in _module_of_it(second).statements}
    assert any("def it(" in each for each in found)
    assert found <= texts


def _module_of_it(captured: Captured) -> ExtractedModule:
    (body,) = (each.body for each in captured.pipeline.stages if each.id == "it")
    assert isinstance(body, PythonBody)
    (module,) = (each for each in captured.pipeline.modules if each.name == body.module)
    assert isinstance(module, ExtractedModule)
    return module
