"""What components carry: values there and back, and artifacts that appear whole."""

from __future__ import annotations

import dataclasses
import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.runtime import files
from ppc_kfp import carried
from ppc_kfp.carried import check_value, commit_outputs, decode_value, encode_result, run_stage, stage_outputs
from ppc_kfp.names import CARRIED_NAMES


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.0


class Box(NamedTuple):
    low: Point
    label: str = "box"


class Row(TypedDict, total=False):
    day: date
    boxes: list[Box]


POINT = ("record", Point, {"x": "int", "y": "float"}, ["x"])
BOX = ("record", Box, {"low": POINT, "label": "str"}, ["low"])
ROW = ("record", Row, {"day": "date", "boxes": ("list", BOX)}, [])


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        (2**200, "int"),
        (-0.0, "float"),
        (True, "bool"),
        ("{{$}} {{{ }} \u2060 007b \u2060007b {\u2060{", "str"),
        (date(2024, 2, 29), "date"),
        (datetime(2026, 1, 5, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=-3.5))), "datetime"),
        (timedelta(days=400, microseconds=1), "timedelta"),
        (None, ("optional", "date")),
        ("slow", ("word", "fast", "slow")),
        (2, ("choice", 1, 2)),
        ([None, "{{$}}"], ("list", ("optional", "str"))),
        ({"1": {"{{": [1.0]}}, ("dict", ("dict", ("list", "float")))),
        ({"a": [1, 1.0, "1", True, None]}, "any"),
        (Box(Point(1, 2.0)), BOX),
        ({"day": date(2026, 1, 5), "boxes": [Box(Point(2), "b")]}, ROW),
        ({}, ROW),
    ],
)
def test_a_value_comes_back_as_it_was(value: Any, declared: Any) -> None:
    encoded = encode_result(value, declared, "result")
    assert isinstance(encoded, (str, bool, float))
    assert not isinstance(encoded, str) or "{{" not in encoded
    back = decode_value(encoded, declared)
    assert (back, type(back)) == (value, type(value))
    assert repr(back) == repr(value)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert decode_value(encode_result(text, "str", "result"), "str") == text
    assert decode_value(encode_result([text], ("list", "str"), "result"), ("list", "str")) == [text]


@pytest.mark.parametrize(
    ("value", "declared", "error"),
    [
        ("3", "int", "result is declared int, got str: '3'"),
        (True, "int", "result is declared int, got bool"),
        (datetime(2026, 1, 5), "date", "declared date, got datetime"),
        (date(2026, 1, 5), "datetime", "declared datetime, got date"),
        (float("nan"), "float", "NaN"),
        ([1, 2, "3"], ("list", "int"), "result[2] is declared int"),
        ({1: 2}, ("dict", "int"), "a key of result is declared str, got int: 1"),
        ([], ("dict", "int"), "declared dict"),
        ("a\udcffb", "str", "result is declared str, got str: 'a\\udcffb' ('utf-8' codec"),
        ({"\ud800": 1}, ("dict", "int"), "a key of result is declared str, got str: '\\ud800'"),
        ([{"a": "\udcff"}], "any", "result[0]['a'] is declared str, got str: '\\udcff'"),
        ({"x": 1}, POINT, "declared Point, got dict"),
        ({"days": 1}, ROW, "'days' is unknown"),
        ({"a": {1, 2}}, "any", "result['a'] is of type set"),
        ("medium", ("word", "fast", "slow"), "one of 'fast', 'slow'"),
        ("x" * 49151, "str", "49153 bytes of JSON, at most 49152 travel; write an artifact"),
    ],
)
def test_a_value_of_another_type_is_refused(value: Any, declared: Any, error: str) -> None:
    with pytest.raises(TypeError) as raised:
        encode_result(value, declared, "result")
    assert error in str(raised.value)


def test_native_numbers_are_converted_or_refused() -> None:
    assert decode_value(3, "int") == 3
    assert repr(decode_value(2, "float")) == "2.0"
    with pytest.raises(TypeError, match="2\\*\\*53"):
        decode_value(2**53, "int", "parameter `n`")
    assert decode_value("x", ("optional", "str"), as_json=False) == "x"


@pytest.mark.parametrize(
    ("carried_value", "declared", "bounds"),
    [
        (1.5, "float", {"lt": 1}),
        (0, "int", {"ge": 1}),
        (7, "int", {"multiple_of": 2}),
        ("", "str", {"min_length": 1}),
        ("abc", "str", {"pattern": "^[0-9]"}),
        ('["a"]', ("list", "int"), {}),
        ("no json", ("list", "int"), {}),
        ('["\\udcff"]', ("list", "str"), {}),
        ("2026-13-01", "date", {}),
        ("medium", ("word", "fast"), {}),
    ],
)
def test_a_bad_parameter_is_refused_by_name(carried_value: Any, declared: Any, bounds: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match="parameter `p`"):
        check_value("p", carried_value, declared, **bounds)


def test_a_good_parameter_is_returned_typed() -> None:
    assert check_value("p", "null", ("optional", "int"), ge=1) is None
    assert check_value("p", "2026-01-05", "date") == date(2026, 1, 5)
    assert check_value("p", 0.3, "float", multiple_of=0.1) == 0.3


def artifact(name: str) -> Any:
    """As KFP's artifacts are, so far as components use them."""
    found = SimpleNamespace(name=name, uri="", metadata={}, path="")
    found.set_path = lambda path: setattr(found, "path", path)
    return found


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_outputs_appear_with_the_runtime_s_own_fingerprints(tmp_path: Path) -> None:
    table, parts = artifact("table"), artifact("parts")
    uris = f"file://{tmp_path}/day/table.txt", f"{tmp_path}/day/parts"
    stage_outputs((table, uris[0]), (parts, uris[1]))
    write(Path(table.path), "rows")
    write(Path(parts.path, "deep", "one"), "1")
    Path(parts.path, "deep", "link").symlink_to("one")
    assert not (tmp_path / "day/table.txt").exists()
    commit_outputs(table, parts)
    for each, uri in zip((table, parts), uris, strict=True):
        assert (each.uri, each.path) == (uri, "")
        assert each.metadata == files.fingerprint(files.local_path(uri))
    carried.verify_inputs(table, parts)
    assert Path(table.path).read_text() == "rows"


def test_a_second_run_replaces_the_whole(tmp_path: Path) -> None:
    for name in ("a", "b"):
        parts = artifact("parts")
        stage_outputs((parts, f"{tmp_path}/parts"))
        write(Path(parts.path, name), name)
        commit_outputs(parts)
    assert [each.name for each in (tmp_path / "parts").iterdir()] == ["b"]


def test_another_attempt_may_remove_the_folder_above_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As items of a loop do that write side by side."""
    make, lost = os.mkdir, []

    def racing(path: str | Path, *mode: int) -> None:
        above = Path(path).parent
        if above.name == ".stage_runtime" and above.exists() and not lost:
            above.rmdir()
            lost.append(above)
        make(path, *mode)

    monkeypatch.setattr(os, "mkdir", racing)
    table = artifact("table")
    stage_outputs((table, f"{tmp_path}/table"))
    assert Path(table.path).parent.is_dir()
    assert lost


def test_what_is_being_written_is_no_leftover_to_other_attempts(tmp_path: Path) -> None:
    table = artifact("table")
    stage_outputs((table, str(tmp_path / "table.csv")))
    write(Path(table.path), "1,2\n")
    left = tmp_path / ".stage_runtime" / "0123abcd"
    left.mkdir()
    other = files.Staging("other", str(tmp_path / "other.csv"))
    assert (left.exists(), Path(table.path).read_text(encoding="utf-8")) == (False, "1,2\n")
    other.discard()
    commit_outputs(table)
    assert (tmp_path / "table.csv").read_text(encoding="utf-8") == "1,2\n"


def test_one_missing_output_commits_none(tmp_path: Path) -> None:
    first, second = artifact("first"), artifact("second")
    stage_outputs((first, f"{tmp_path}/first"), (second, f"{tmp_path}/second"))
    write(Path(first.path), "x")
    with pytest.raises(FileNotFoundError, match="output `second` was not written"):
        commit_outputs(first, second)
    assert not (tmp_path / "first").exists()


def test_another_content_is_another_artifact(tmp_path: Path) -> None:
    table = artifact("table")
    stage_outputs((table, f"{tmp_path}/table"))
    write(Path(table.path), "rows")
    commit_outputs(table)
    (tmp_path / "table").write_text("ROWS")
    with pytest.raises(RuntimeError, match="has changed"):
        carried.verify_inputs(table)
    (tmp_path / "table").unlink()
    with pytest.raises(RuntimeError, match="is missing"):
        carried.verify_inputs(table)


@pytest.mark.parametrize("status", [0, None, "done"])
def test_a_stage_that_ends_the_process_has_failed(status: Any) -> None:
    def leave() -> None:
        raise SystemExit(status)

    with pytest.raises(RuntimeError, match="ended its process"):
        run_stage(leave)


def test_a_stage_that_ends_the_process_at_once_has_failed_but_its_children_have_not() -> None:
    def child_status(inside: Any) -> int:
        child = os.fork()
        if child == 0:
            run_stage(inside)
            os._exit(9)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def grandchild() -> None:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os._exit(3 + os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    assert child_status(lambda: os._exit(0)) == 1
    assert child_status(lambda: os._exit(5)) == 5
    assert child_status(grandchild) == 3


def test_every_carried_function_is_reserved_and_in_a_list() -> None:
    functions = {name for name, each in vars(carried).items() if callable(each) and each.__module__ == carried.__name__}
    assert functions == CARRIED_NAMES
    lists = [each for name, each in vars(carried).items() if name.isupper()]
    assert {each.__name__ for group in lists for each in group} == CARRIED_NAMES
