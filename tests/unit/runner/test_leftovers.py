"""Where attempts of runs may have left something, and what is beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from portable_pipeline.ir import ItemKey, Parameter, RunDate, Scalar, Text, Uri
from portable_pipeline.runner import run_locally
from portable_pipeline.runner.addresses import addresses
from portable_pipeline.runner.leftovers import leftovers
from portable_pipeline.store import Project
from tests.unit.runner.pipelines import item, loop, parameter, pipeline, result, stage

CODE = """
from stage_runtime import Artifact

def give(value: list) -> list:
    return value

def fail() -> list:
    raise ValueError("broken")

def write(out: Artifact) -> None:
    with open(out.path, "w") as file:
        file.write("written")

def write_none(value: int, out: Artifact) -> None:
    raise ValueError("broken")
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def uri(*parts: Text | ItemKey | RunDate | str) -> Uri:
    return Uri(parts=tuple(Text(text=each) if isinstance(each, str) else each for each in parts))


def test_the_addresses_of_a_run_are_those_of_all_that_could_have_been_written() -> None:
    rows = [[{"id": "a", "cells": [1, 2]}, {"id": "b", "cells": [3]}]]
    case = pipeline(
        CODE,
        stage("rows", function="give", takes={"value": rows[0]}),
        stage("fail"),
        stage("once", function="write_none", takes={"value": 1}, writes={"out": uri("once/", RunDate())}),
        stage("bucket", function="write_none", takes={"value": 1}, writes={"out": "s3://bucket/key"}),
        stage(
            "cell",
            function="write_none",
            takes={"value": item("cells")},
            writes={"out": uri("cells/", ItemKey(loop="rows"), "/", ItemKey(loop="cells"), ".txt")},
            block="cells",
        ),
        stage(
            "unknown",
            function="write_none",
            takes={"value": item("unknown")},
            writes={"out": uri("unknown/", ItemKey(loop="unknown"))},
            block="unknown",
        ),
        stage("never", function="write", writes={"out": uri("never/", "there")}, after=["fail"]),
        blocks=(
            loop("rows", key="id", x=result("rows")),
            loop("cells", parent="rows", x=item("rows", field="cells")),
            loop("unknown", x=result("fail")),
        ),
    )
    assert run_locally(case, date="2026-01-05").state == "failed"
    project = Project()
    (run,) = project.runs()
    assert addresses(project, run) == {
        "once/2026-01-05",
        "s3://bucket/key",
        "cells/a/0.txt",
        "cells/a/1.txt",
        "cells/b/0.txt",
        "never/there",
    }


def test_of_a_run_that_has_succeeded_they_are_those_of_its_artifacts() -> None:
    case = pipeline(
        CODE,
        stage("writes", function="write", writes={"out": uri("data/", RunDate())}, returns=False),
        stage("item", function="write", writes={"out": uri("items/", ItemKey(loop="l"))}, returns=False, block="l"),
        blocks=(loop("l", x=parameter("names")),),
        parameters=(Parameter(name="names", type=Scalar(name="any"), required=True),),
    )
    assert run_locally(case, {"names": [7, 7]}, date="2026-01-05").state == "success"
    project = Project()
    (run,) = project.runs()
    assert addresses(project, run) == {"data/2026-01-05", "items/0", "items/1"}


def test_an_empty_folder_of_attempts_is_a_leftover_and_a_link_is_none(own_place: Path) -> None:
    case = pipeline(
        CODE,
        stage("one", function="write", writes={"out": "one/data"}, returns=False),
        stage("two", function="write", writes={"out": "two/data"}, returns=False),
    )
    assert run_locally(case).state == "success"
    (own_place / "one" / ".stage_runtime").mkdir()
    (own_place / "there").mkdir()
    (own_place / "two" / ".stage_runtime").symlink_to(own_place / "there")
    (found,) = leftovers(Project(), remove_them=True)
    assert (found.path, found.problem) == (own_place / "one" / ".stage_runtime", None)
    assert not found.path.exists()
    assert (own_place / "there").is_dir()


def test_relative_addresses_count_from_where_the_project_is(own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = pipeline(CODE, stage("one", function="write", writes={"out": "data/one"}, returns=False))
    assert run_locally(case).state == "success"
    left = own_place / "data" / ".stage_runtime" / "0123abcd"
    left.mkdir(parents=True)
    project = Project()
    (own_place / "elsewhere").mkdir()
    monkeypatch.chdir(own_place / "elsewhere")
    assert [each.path for each in leftovers(project, remove_them=True)] == [left]
    assert [each.name for each in left.parents[1].iterdir()] == ["one"]
