"""Templates print source text only."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, UndefinedError

from portable_pipeline.codegen import environment


@pytest.fixture
def templates(monkeypatch):
    """The real environment over templates of the test."""

    def over(**texts):
        monkeypatch.setattr(environment._environment(), "loader", DictLoader(texts))

    return over


def test_a_plain_string_is_refused(templates):
    templates(bad="x = {{ value }}")
    with pytest.raises(TypeError, match="no source text"):
        environment.render("bad", value="__import__('os')")


def test_literals_and_macros_are_printed_unescaped(templates):
    templates(
        good="{% macro call(name) %}{{ name | identifier }}({{ '<&>' | literal }}){% endmacro %}{{ call('f') }}\n"
    )
    assert environment.render("good") == "f('<&>')\n"


def test_an_unknown_name_is_an_error(templates):
    templates(bad="{{ missing }}")
    with pytest.raises(UndefinedError):
        environment.render("bad")
