"""Values become source text that reads back as the same value, and nothing else becomes source text."""

from __future__ import annotations

import ast
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portable_pipeline.codegen.literals import commas, comment, docstring, identifier, literal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
NAMES = {"date": date, "datetime": datetime, "timedelta": timedelta, "timezone": timezone}


@given(JSON)
def test_json_reads_back_exactly(value):
    assert repr(ast.literal_eval(literal(value))) == repr(value)


@given(st.dates() | st.timedeltas() | st.datetimes(timezones=st.none() | st.just(timezone.utc)))
def test_dates_and_durations_read_back_exactly(value):
    assert eval(literal(value), dict(NAMES)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(minutes=30), "timedelta(minutes=30)"),
        (timedelta(hours=36), "timedelta(hours=36)"),
        (timedelta(days=2), "timedelta(days=2)"),
        (timedelta(seconds=1.5), "timedelta(seconds=1.5)"),
        (timedelta(0), "timedelta(seconds=0)"),
        (("a",), "('a',)"),
    ],
)
def test_literals_read_as_a_person_would_write_them(value, text):
    assert literal(value) == text


@pytest.mark.parametrize("value", [object(), b"x", {1, 2}, datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))])
def test_other_types_have_no_literal(value):
    with pytest.raises(TypeError):
        literal(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_floats_that_are_not_finite_have_no_literal(value):
    with pytest.raises(ValueError, match="no literal"):
        literal(value)


@given(st.text(min_size=1))
def test_a_docstring_reads_back_as_its_text(text):
    assert ast.literal_eval(docstring(text)) == text


@given(st.text())
def test_a_comment_never_becomes_code(text):
    assert ast.parse(comment(text)).body == []


@pytest.mark.parametrize("name", ["a b", "class", "1a", "a.b.", "x;import os", ""])
def test_what_is_no_name_is_no_identifier(name):
    with pytest.raises(ValueError, match="identifier"):
        identifier(name)


def test_plain_strings_are_not_joined_into_source():
    with pytest.raises(TypeError, match="no source text"):
        commas([literal("a"), "b"])
