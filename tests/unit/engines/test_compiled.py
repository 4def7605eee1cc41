"""The file that only the engine can make: made when it is installed, once for the same input."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portable_pipeline.backend import Backend
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.engines import environments
from portable_pipeline.engines.compiled import compiled_files
from portable_pipeline.engines.environments import Environment
from tests.unit.graph.pipelines import pipeline

#: Puts the text of the file that it is asked for into the YAML, and notes each start beside itself.
DRIVER = """
import json, pathlib, sys
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    if request["op"] == "compile":
        with open(__file__ + ".starts", "a") as starts:
            starts.write("x")
        answer = {"yaml": "# " + pathlib.Path(request["folder"], request["file"]).read_text()}
    print(json.dumps(answer), flush=True)
"""


def files(text: str) -> tuple[GeneratedFile, ...]:
    return (GeneratedFile("sample_flow.py", text), GeneratedFile("code/a.py", "a = 1\n"))


def test_the_engine_is_asked_once_for_the_same_files(make_target: Callable[..., Backend], ready: Environment) -> None:
    target = make_target(DRIVER, compiled=True)
    for text in ("one\n", "one\n", "two\n", "one\n"):
        assert compiled_files(pipeline(), target, files(text)) == (GeneratedFile("sample_flow.yaml", f"# {text}"),)
    starts = target.engine.driver.with_name("driver.py.starts")
    assert starts.read_text(encoding="utf-8") == "xx"


def test_nothing_without_the_engine(make_target: Callable[..., Backend], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "find", lambda target: None)
    assert compiled_files(pipeline(), make_target(DRIVER, compiled=True), files("one\n")) == ()


def test_nothing_for_a_target_that_has_no_such_file(make_target: Callable[..., Backend], ready: Environment) -> None:
    assert compiled_files(pipeline(), make_target(DRIVER), files("one\n")) == ()
