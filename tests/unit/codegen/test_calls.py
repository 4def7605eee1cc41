"""Names that are free, and addresses that read back exactly."""

from __future__ import annotations

import ast

import pytest

from portable_pipeline.codegen.calls import FreeNames, address, given, work
from portable_pipeline.codegen.literals import Source
from portable_pipeline.ir import CommandBody, ParameterRef, PythonBody, RunDate, Text, Uri

NASTY = '\'"\\ {x} {{y}} ${z}\n\t\x00\u2028 é\'""" 🐍'


def written(part: ParameterRef | RunDate) -> Source:
    return Source("params['root']" if isinstance(part, ParameterRef) else "day")


def test_a_name_is_given_away_once():
    names = FreeNames({"task"})
    assert [names.take(each) for each in ("a", "a", "task", "list", "class", "a_")] == [
        "a", "a_", "task_", "list_", "class_", "a__",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "'", '"', "\\", "{", "}}", "it's", 'say "it"', NASTY, "\\N{DASH}", "\\{x}"])
def test_an_address_reads_back_exactly(text):
    uri = Uri(parts=(Text(text=text), ParameterRef(name="root"), Text(text=text), RunDate()))
    source = address(uri, written)
    assert eval(source, {"params": {"root": "{r}"}, "day": "2026-01-05"}) == f"{text}{{r}}{text}2026-01-05"


def test_quotes_in_braces_are_not_those_around_them():
    # Python 3.10 and 3.11 end the string there.
    source = address(Uri(parts=(ParameterRef(name="root"), Text(text="/it's"))), written)
    assert source == '''f"{params['root']}/it's"'''


def test_an_address_that_is_known_is_a_plain_string():
    assert ast.literal_eval(address(Uri(parts=(Text(text="/a/"), Text(text="{b}"))), written)) == "/a/{b}"


def test_values_become_literals_and_source_stays():
    assert (given("a", "x").value, given("a", Source("x")).value) == ("'x'", "x")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PythonBody(module="a.b", function="C.f"), "a.b:C.f"),
        (CommandBody(command=("wc", "{{ x }}")), ["wc", "{{ x }}"]),
        (CommandBody(command="wc < {data.path}"), "wc < {data.path}"),
    ],
)
def test_the_work_of_an_attempt(body, expected):
    assert ast.literal_eval(work(body)) == expected
