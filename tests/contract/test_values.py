"""V: values between stages arrive as what they are, byte for byte, or fail their producer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.contract.cases.nasty import NASTY
from tests.contract.cases.recording import described
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]

KIB_48 = 48 * 1024


def a(kind: str, **fields: Any) -> list[Any]:
    """A record as a stage describes it; fields that are described already are lists."""
    return [kind, {name: value if isinstance(value, list) else described(value) for name, value in fields.items()}]


def seen_as(**values: Any) -> dict[str, Any]:
    return {name: described(value) for name, value in values.items()}


@contract("V1")
def test_plain_values_keep_their_types(run_case: RunCase) -> None:
    seen = run_case("v1_plain_values")
    assert seen.state == "success", seen.errors
    table = {"1": 1, "true": 2, "": 3, "a b": 4}
    assert seen.seen("give") == seen_as(flag=False, count=0, ratio=1.0, nothing=None, names=[], table=table)
    anything = {"flag": True, "count": 1, "ratio": 1.0, "nothing": None}
    anything |= {"nested": [{"a": [1, 1.0, "1", True, None]}], "": {}}
    names = ["1", "true", "null", "", "x"]
    assert seen.seen("take") == seen_as(anything=anything, count=-7, ratio=2.0, flag=True, names=names)


@contract("V1")
def test_numbers_keep_every_digit(run_case: RunCase) -> None:
    seen = run_case("v1_big_numbers")
    assert seen.state == "success", seen.errors
    ints = [2**53 + 1, -(2**63), 2**63, 2**64 + 1, 10**40, 0, -1]
    floats = [1.0, -0.0, 0.1, 1e300, 5e-324, 2.0**53, 1e16, 123456789.123456789]
    assert seen.seen("give") == seen_as(ints=ints, one=2**53 + 1, floats=floats, tenth=0.1)
    assert seen.seen("pick") == seen_as(ints=ints)
    assert seen.seen("scale") == seen_as(big=2**53 + 1)
    assert seen.seen("take") == seen_as(whole=1.0, big=2**53 + 1)
    assert (seen.results["give"], seen.results["pick"]) == (ints, 2**53 + 1)


@contract("V1")
def test_dates_arrive_as_dates(run_case: RunCase) -> None:
    seen = run_case("v1_dates")
    assert seen.state == "success", seen.errors
    west = timezone(timedelta(hours=-3.5))
    given = datetime(2026, 3, 29, 1, 59, 59, 999999, tzinfo=west)
    assert seen.seen("instant") == seen_as(given=given)
    assert seen.seen("take") == seen_as(
        day=date(2024, 3, 1),
        instant=datetime(2026, 3, 29, 2, tzinfo=west),
        local=datetime(1999, 12, 31),
        span=-timedelta(days=400, milliseconds=1),
    )


@contract("V1")
def test_records_arrive_as_records(run_case: RunCase) -> None:
    seen = run_case("v1_records")
    assert seen.state == "success", seen.errors
    origin = a("Point", x=1, y=2.0)
    box = a("Box", low=origin, high=a("Point", x=9, y=9.0), label="box")
    row = ["dict", [[["str", "'boxes'"], ["list", [box]]], [["str", "'day'"], described(date(2026, 1, 5))]]]
    by_name = ["dict", [[["str", "'1'"], origin], [["str", "'b'"], a("Point", x=2, y=0.0)]]]
    report = a("Report", rows=["list", [row]], by_name=by_name, best=None, notes=["list", []])
    assert seen.seen("make")["origin"] == origin
    assert seen.seen("take") == {"report": report, "boxes": ["list", [box]]}
    assert seen.seen("last")["row"] == row


@contract("V1")
def test_optional_values_and_choices_arrive(run_case: RunCase) -> None:
    seen = run_case("v1_optional")
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == seen_as(some=date(2026, 1, 5), none=None, mode="slow", level=2, names=None, ratio=1.0)


@contract("V1")
def test_annotations_that_were_not_evaluated_are_types_all_the_same(run_case: RunCase) -> None:
    seen = run_case("v1_future_annotations")
    assert seen.state == "success", seen.errors
    leaves = [a("Leaf", size=size, seen=date(2026, 1, 12)) for size in (1.0, 3.0, 10.0)]
    by_name = ["dict", [[["str", "'first'"], leaves[0]], [["str", "'none'"], described(None)]]]
    assert seen.seen("pick") == {
        "leaves": ["list", leaves],
        "whole": a("Tree", leaves=["list", leaves], by_name=by_name),
    }
    assert seen.seen("take") == {"leaf": leaves[2]}


@contract("V1")
def test_what_a_stage_prints_does_not_disturb_its_result(run_case: RunCase) -> None:
    seen = run_case("v1_noise")
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == seen_as(given={"result": "this"})


@contract("V2")
def test_strings_as_constants_arrive_byte_for_byte(run_case: RunCase) -> None:
    seen = run_case("v2_constants")
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == seen_as(**NASTY)
    assert seen.seen("take_all") == seen_as(
        listed=list(NASTY.values()), by_name=NASTY, by_text={text: {text: [text]} for text in NASTY.values()}
    )


@contract("V2")
@pytest.mark.parametrize("given", [False, True], ids=["defaults", "given"])
def test_strings_as_parameters_arrive_byte_for_byte(run_case: RunCase, given: bool) -> None:
    # Given in another order than declared: each parameter gets the next one's text.
    names = list(NASTY)
    texts = dict(zip(names, [*list(NASTY.values())[1:], NASTY[names[0]]], strict=True)) if given else NASTY
    listed, by_text = list(NASTY.values()), {text: text for text in NASTY.values()}
    seen = run_case("v2_parameters", listed=listed, by_text=by_text, **(texts if given else {}))
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == seen_as(**texts)
    assert seen.seen("take_all") == seen_as(listed=listed, by_text=by_text)


@contract("V2")
def test_strings_as_results_arrive_byte_for_byte(run_case: RunCase) -> None:
    seen = run_case("v2_results")
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == seen_as(**NASTY)
    by_text = {text: [text, text] for text in NASTY.values()}
    assert seen.seen("take_all") == {
        "texts": a("Texts", **NASTY),
        "by_text": described(by_text),
        "echoed": described(NASTY["lines"]),
    }
    assert seen.results["echo"] == NASTY["lines"]


@contract("V2")
def test_a_long_string_arrives_whole(run_case: RunCase) -> None:
    seen = run_case("v2_long")
    assert seen.state == "success", seen.errors
    text = "{{ ds }} é'\"\n" * 3000 + "end"
    assert seen.seen("echo") == seen_as(text=text)
    assert seen.seen("take") == seen_as(text=text[::-1])


@contract("V3")
def test_a_result_of_another_type_fails_its_producer(run_case: RunCase) -> None:
    seen = run_case("v3_one_wrong_type")
    assert seen.states == {"counts": "failed", "take": "upstream_failed"}
    assert len(seen.started("counts")) == 1
    assert seen.started("take") == []
    error = seen.stage("counts").error or ""
    assert "result[2]" in error
    assert "int" in error


@contract("V3")
def test_a_result_that_is_no_json_fails_its_producer(run_case: RunCase) -> None:
    seen = run_case("v3_not_json")
    assert seen.states == {"unordered": "failed"}
    assert "set" in (seen.stage("unordered").error or "")


@contract("V4")
def test_48_kib_of_json_travel(run_case: RunCase) -> None:
    seen = run_case("v4_size", size=KIB_48)
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == seen_as(length=KIB_48 - 2)


@contract("V4")
def test_a_byte_more_is_refused_with_advice(run_case: RunCase) -> None:
    seen = run_case("v4_size", size=KIB_48 + 1)
    assert seen.states == {"give": "failed", "take": "upstream_failed"}
    assert seen.started("take") == []
    error = seen.stage("give").error or ""
    assert "artifact" in error
    assert str(KIB_48) in error


@contract("V5")
def test_named_results_are_used_one_by_one(run_case: RunCase) -> None:
    seen = run_case("v5_named_results")
    assert seen.state == "success", seen.errors
    assert seen.seen("score") == seen_as(test=[1], seed=42)
    day = date(2026, 1, 5)
    assert seen.seen("take") == {
        **seen_as(accuracy=0.5, day=day, note=None, train=[2, 3]),
        "whole": a("Scores", accuracy=0.5, day=day, note=None),
    }
