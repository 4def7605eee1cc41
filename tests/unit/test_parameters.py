"""P1 to P3 as far as they are decided before a run: what is read, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import (
    Choice,
    Constraints,
    DictOf,
    ListOf,
    OptionalOf,
    Parameter,
    Pipeline,
    Record,
    RecordField,
)
from portable_pipeline.ir.types import ANY, BOOL, DATE, DATETIME, FLOAT, INT, NONE, STR, TIMEDELTA, Type
from portable_pipeline.parameters import given_parameters, run_date, with_defaults

POINT = Record(
    form="dataclass",
    module="pipeline",
    name="Point",
    fields=(RecordField(name="x", type=FLOAT), RecordField(name="label", type=STR, required=False)),
)


def one(declared: Type, constraints: Constraints | None = None) -> Pipeline:
    parameter = Parameter(name="p", type=declared, required=True, constraints=constraints or Constraints())
    return Pipeline(name="sample", source="pipeline.py", parameters=(parameter,))


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        (INT, "-3", -3),
        (INT, "+12", 12),
        (FLOAT, "3", 3.0),
        (FLOAT, "1e-3", 0.001),
        (STR, "", ""),
        (STR, "{{ a }} 'b' \"c\" ${d}\n", "{{ a }} 'b' \"c\" ${d}\n"),
        (STR, "null", "null"),
        (STR, "3", "3"),
        (BOOL, "true", True),
        (BOOL, "False", False),
        (NONE, "null", None),
        (DATE, "2026-01-05", "2026-01-05"),
        (DATETIME, "2026-01-05T02:00:00Z", "2026-01-05T02:00:00+00:00"),
        (ListOf(item=FLOAT), "[1, 2.5]", [1.0, 2.5]),
        (DictOf(value=ListOf(item=INT)), '{"a": [1]}', {"a": [1]}),
        (TIMEDELTA, "90s", 90.0),
        (TIMEDELTA, "1h30m", 5400.0),
        (TIMEDELTA, "0.5", 0.5),
        (OptionalOf(item=INT), "null", None),
        (OptionalOf(item=INT), "3", 3),
        (Choice(values=("a", "b", 3)), "3", 3),
        (Choice(values=("a", "b", 3)), "b", "b"),
        (POINT, '{"x": 1}', {"x": 1.0}),
        (ANY, '{"a": [null]}', {"a": [None]}),
        (ANY, "plain", "plain"),
    ],
)
def test_a_text_is_read_by_the_parameters_type(declared: Type, text: str, value: Any) -> None:
    read = given_parameters(one(declared), {"p": text})["p"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("declared", "text", "message"),
    [
        (INT, "3.0", "parameter `p` is an int, not `3.0`"),
        (INT, "many", "parameter `p` is an int, not `many`"),
        (INT, "1_000", "parameter `p` is an int, not `1_000`"),
        (FLOAT, "nan", "parameter `p` is a finite float, not `NaN`"),
        (FLOAT, "inf", "parameter `p` is a finite float, not `Infinity`"),
        (BOOL, "1", "parameter `p` is a bool (`true` or `false`), not `1`"),
        (DATE, "5.1.2026", "parameter `p` is a date such as 2026-01-05, not `5.1.2026`"),
        (TIMEDELTA, "soon", "parameter `p` is a timedelta such as 90s, 30m or 2h, not `soon`"),
        (
            ListOf(item=INT),
            "1,2",
            "parameter `p` is a list, written as JSON on the command line; this is not JSON: 1,2",
        ),
        (ListOf(item=INT), '[1, "2"]', "parameter `p` is an int, not `2`"),
        (ListOf(item=INT), "{}", "parameter `p` is a list, not `{}`"),
        (DictOf(value=INT), "[]", "parameter `p` is a dict, not `[]`"),
        (Choice(values=("a", 3)), "c", "parameter `p` is one of a, 3, not `c`"),
        (POINT, '{"y": 1}', "parameter `p` is a Point (an object), which has no field `y`"),
        (POINT, '{"label": "a"}', "parameter `p` is a Point (an object), whose field `x` is missing"),
    ],
)
def test_an_ill_typed_text_is_refused(declared: Type, text: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        given_parameters(one(declared), {"p": text})
    assert [(each.code, each.message) for each in refused.value.diagnostics] == [("PPC192", message)]


@pytest.mark.parametrize(("declared", "value"), [(INT, True), (INT, 1.0), (FLOAT, "1"), (STR, 1), (BOOL, 0), (DATE, 5)])
def test_an_ill_typed_json_value_is_refused(declared: Type, value: Any) -> None:
    with pytest.raises(Refused):
        given_parameters(one(declared), values={"p": value})


@pytest.mark.parametrize(
    ("constraints", "inside", "outside"),
    [
        (Constraints(ge=1), "1", "0"),
        (Constraints(gt=1), "2", "1"),
        (Constraints(le=1), "1", "2"),
        (Constraints(lt=1), "0", "1"),
        (Constraints(multiple_of=3), "9", "10"),
    ],
)
def test_bounds_on_numbers(constraints: Constraints, inside: str, outside: str) -> None:
    bounded = one(INT, constraints)
    assert given_parameters(bounded, {"p": inside}) == {"p": int(inside)}
    with pytest.raises(Refused, match="PPC192"):
        given_parameters(bounded, {"p": outside})


@pytest.mark.parametrize(
    ("constraints", "inside", "outside"),
    [
        (Constraints(min_length=2), "ab", "a"),
        (Constraints(max_length=2), "ab", "abc"),
        (Constraints(pattern="^[a-c]+$"), "abc", "abcd"),
    ],
)
def test_bounds_on_texts(constraints: Constraints, inside: str, outside: str) -> None:
    bounded = one(STR, constraints)
    assert given_parameters(bounded, {"p": inside}) == {"p": inside}
    with pytest.raises(Refused, match="PPC192"):
        given_parameters(bounded, {"p": outside})


def test_none_has_no_bounds() -> None:
    assert given_parameters(one(OptionalOf(item=INT), Constraints(ge=1)), {"p": "null"}) == {"p": None}


def test_all_that_is_wrong_is_told_at_once() -> None:
    parameters = (
        Parameter(name="table", type=STR, required=True),
        Parameter(name="folds", type=INT, required=False, default=5),
    )
    pipeline = Pipeline(name="sample", source="pipeline.py", parameters=parameters)
    with pytest.raises(Refused) as refused:
        given_parameters(pipeline, {"tabel": "events", "folds": "many"})
    found = {each.code: each for each in refused.value.diagnostics}
    assert set(found) == {"PPC190", "PPC191", "PPC192"}
    assert found["PPC190"].advice == "did you mean `table`?"
    assert found["PPC192"].advice == "its default is 5"


def test_the_command_line_wins_over_the_file_and_defaults_fill_the_rest() -> None:
    parameters = tuple(Parameter(name=name, type=INT, required=False, default=0) for name in "abc")
    pipeline = Pipeline(name="sample", source="pipeline.py", parameters=parameters)
    read = given_parameters(pipeline, {"a": "1"}, {"a": 2, "b": 3})
    assert read == {"a": 1, "b": 3}
    assert with_defaults(pipeline, read) == {"a": 1, "b": 3, "c": 0}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (None, None),
        ("2026-01-05", "2026-01-05"),
        ("2026-01-05T02:00:00Z", "2026-01-05T02:00:00+00:00"),
        ("2026-01-05T02:00:00+01:00", "2026-01-05T02:00:00+01:00"),
    ],
)
def test_a_runs_date(text: str | None, moment: str | None) -> None:
    assert run_date(text) == moment


@pytest.mark.parametrize("text", ["", "tomorrow", "5.1.2026", "2026-13-01"])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="PPC193"):
        run_date(text)


@given(st.text())
def test_any_text_arrives_as_it_is(text: str) -> None:
    assert given_parameters(one(STR), {"p": text}) == {"p": text}


@given(st.text(max_size=20), st.sampled_from([INT, FLOAT, BOOL, DATE, DATETIME, TIMEDELTA, ListOf(item=INT), POINT]))
def test_whatever_is_written_is_read_or_refused(text: str, declared: Type) -> None:
    try:
        given_parameters(one(declared), {"p": text})
    except Refused as refused:
        assert [each.code for each in refused.diagnostics] == ["PPC192"]
