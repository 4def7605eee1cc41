"""Diagnostics for programs: JSON, and annotations on pull requests."""

import json

from portable_pipeline.diagnostics import Related, Span
from portable_pipeline.diagnostics.render import render
from tests.unit.diagnostics.samples import Files, Sample, SampleWarning


def test_json() -> None:
    found = Sample(span=Span("p.py", 3, 5, 3, 9), related=(Related(Span("q.py", 1), "there"),), name="ä\n")
    (shown,) = json.loads(render([found], Files(), "json"))
    assert shown == {
        "code": "TEST1",
        "severity": "error",
        "message": "`ä\n` is wrong",
        "file": "src/p.py",
        "line": 3,
        "column": 5,
        "end_line": 3,
        "end_column": 9,
        "label": "this ä\n",
        "help": "rename `ä\n`\nor not",
        "related": [
            {"file": "src/q.py", "line": 1, "column": 1, "end_line": None, "end_column": None, "label": "there"}
        ],
    }


def test_json_has_the_same_keys_without_a_place() -> None:
    with_place, without = json.loads(render([Sample(span=Span("p", 1)), SampleWarning()], Files(), "json"))
    assert with_place.keys() == without.keys()
    assert (without["file"], without["line"], without["severity"]) == (None, None, "warning")


def test_json_of_nothing_is_a_list() -> None:
    assert json.loads(render([], None, "json")) == []


def test_github() -> None:
    found = [Sample(span=Span("p.py", 3, 5, 3, 9)), Sample(span=Span("p.py", 3, 5, 4, 2)), SampleWarning()]
    assert render(found, Files(), "github").splitlines() == [
        "::error file=src/p.py,line=3,endLine=3,col=5,endColumn=8,title=TEST1%3A `it` is wrong"
        "::this it%0Arename `it`%0Aor not",
        "::error file=src/p.py,line=3,endLine=4,col=5,title=TEST1%3A `it` is wrong::this it%0Arename `it`%0Aor not",
        "::warning title=TEST2%3A careful::careful",
    ]


def test_github_escapes_what_would_end_a_command() -> None:
    (line,) = render([Sample(name="50%, a::b\r\nc")], None, "github").splitlines()
    assert line.startswith("::error title=TEST1%3A `50%25%2C a%3A%3Ab%0D%0Ac` is wrong::")
    assert line.endswith("rename `50%25, a::b%0D%0Ac`%0Aor not")
