"""How diagnostics look to people: where the underlines stand, whatever the source holds."""

import pytest

from portable_pipeline.diagnostics import Related, Span
from portable_pipeline.diagnostics.render import render
from portable_pipeline.diagnostics.render.snippet import Mark, rows
from tests.unit.diagnostics.samples import Files, Sample, SampleWarning


def test_whole_block() -> None:
    source = "\n".join(["a = one()", *[""] * 8, "b = two(a)"])
    found = Sample(span=Span("p.py", 10, 5, 10, 11), related=(Related(Span("p.py", 1, 5, 1, 10), "needs b ..."),))
    assert render([found], Files({"p.py": source})) == (
        "error[TEST1]: `it` is wrong\n"
        "  --> src/p.py:10:5\n"
        "   |\n"
        " 1 | a = one()\n"
        "   |     ----- needs b ...\n"
        "10 | b = two(a)\n"
        "   |     ^^^^^^ this it\n"
        "   = help: rename `it`\n"
        "           or not\n"
        "   = more: ppc explain TEST1\n"
    )


def test_without_a_place() -> None:
    assert render([SampleWarning()]) == "warning[TEST2]: careful\n  = more: ppc explain TEST2\n"


def test_without_the_source() -> None:
    found = Sample(span=Span("p.py", 3, 2), related=(Related(Span("q.py", 1), "the other"),))
    assert render([found]).splitlines()[1:4] == [" --> p.py:3:2", "  = note: this it", " ::: q.py:1:1"]


def test_other_files_come_after() -> None:
    found = Sample(span=Span("p.py", 1, 1, 1, 2), related=(Related(Span("q.py", 2, 1, 2, 2), "defined here"),))
    lines = render([found], Files({"p.py": "x", "q.py": "\ny"})).splitlines()
    assert lines[1:] == [
        " --> src/p.py:1:1",
        "  |",
        "1 | x",
        "  | ^ this it",
        " ::: src/q.py:2:1",
        "  |",
        "2 | y",
        "  | - defined here",
        "  = help: rename `it`",
        "          or not",
        "  = more: ppc explain TEST1",
    ]


def underlined(source: str, span: Span, label: str = "") -> list[str]:
    """The rows of a snippet: source lines, underlines with their indent."""
    return [row.indent + row.text for row in rows(source, [Mark(span, label, primary=True)])]


@pytest.mark.parametrize(
    ("source", "span", "shown"),
    [
        ("x = bad", Span("p", 1, 5, 1, 8), ["x = bad", "    ^^^"]),
        ("\tx = bad", Span("p", 1, 6, 1, 9), ["    x = bad", "        ^^^"]),
        ("a\tbad", Span("p", 1, 3, 1, 6), ["a   bad", "    ^^^"]),
        # Wide characters take two columns, combining ones none.
        ("日本 = bad", Span("p", 1, 6, 1, 9), ["日本 = bad", "       ^^^"]),
        ("x = 日本", Span("p", 1, 5, 1, 7), ["x = 日本", "    ^^^^"]),
        ("e\u0301 = bad", Span("p", 1, 6, 1, 9), ["e\u0301 = bad", "    ^^^"]),
        # What could recolour a terminal or turn its text around does not reach it.
        ("x = '\x1b[31m' + bad", Span("p", 1, 15, 1, 18), ["x = '\ufffd[31m' + bad", "              ^^^"]),
        ("x\u202e = bad", Span("p", 1, 6, 1, 9), ["x\ufffd = bad", "     ^^^"]),
        # A form feed is no new line.
        ("\x0c\nx = bad", Span("p", 2, 5, 2, 8), ["x = bad", "    ^^^"]),
        ("a\r\nx = bad\r\n", Span("p", 2, 5, 2, 8), ["x = bad", "    ^^^"]),
        # Spans that know less, or too much.
        ("    x = bad  ", Span("p", 1), ["    x = bad  ", "    ^^^^^^^"]),
        ("x = bad", Span("p", 1, 5), ["x = bad", "    ^"]),
        ("x = bad", Span("p", 1, 5, 1, 99), ["x = bad", "    ^^^"]),
        ("x = bad", Span("p", 1, 99, 1, 120), ["x = bad", "       ^"]),
        ("x", Span("p", 1, 1, 9, 3), ["x", "^"]),
        ("", Span("p", 1, 1, 1, 5), ["", "^"]),
        ("x = bad", Span("p", 7, 1, 7, 2), []),
        ("x = bad", Span("p", 0), []),
    ],
)
def test_underlines(source: str, span: Span, shown: list[str]) -> None:
    assert underlined(source, span) == shown


def test_several_lines() -> None:
    source = "x = call(\n    one,\n    two,\n)"
    assert underlined(source, Span("p", 1, 5, 4, 2), "here") == [
        "x = call(",
        "    ^^^^^",
        "    one,",
        "    ^^^^",
        "    two,",
        "    ^^^^",
        ")",
        "^ here",
    ]


def test_many_lines_lose_their_middle() -> None:
    source = "call(\n" + "    x,\n" * 50 + ")"
    found = Sample(span=Span("p.py", 1, 1, 52, 2))
    assert render([found], Files({"p.py": source})).splitlines()[2:9] == [
        "   |",
        " 1 | call(",
        "   | ^^^^^",
        " 2 |     x,",
        "   |     ^^",
        "  ...",
        "52 | )",
    ]


def test_marks_on_one_line_from_left_to_right() -> None:
    marks = [Mark(Span("p", 1, 6, 1, 7), "second", primary=True), Mark(Span("p", 1, 3, 1, 4), "first", primary=False)]
    assert [row.indent + row.text for row in rows("f(a, b)", marks)] == ["f(a, b)", "  - first", "     ^ second"]


def test_names_of_users_cannot_break_the_layout() -> None:
    text = render([Sample(name="a\nb\x1b[2J")])
    assert text.splitlines()[0] == r"error[TEST1]: `a\nb\x1b[2J` is wrong"
    assert "\x1b" not in text


def test_braces_in_names_are_no_templates() -> None:
    assert Sample(name="{name}").message == "`{name}` is wrong"


def test_colors() -> None:
    found = [Sample(span=Span("p.py", 1, 1, 1, 2)), SampleWarning()]
    plain, colored = render(found, Files({"p.py": "x"})), render(found, Files({"p.py": "x"}), color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[TEST1]\x1b[0m" in colored
    assert "\x1b[1;33mwarning[TEST2]\x1b[0m" in colored


def test_blocks_are_apart() -> None:
    assert render([SampleWarning(), SampleWarning()]).split("\n\n") == [
        "warning[TEST2]: careful\n  = more: ppc explain TEST2",
        "warning[TEST2]: careful\n  = more: ppc explain TEST2\n",
    ]


def test_nothing_to_say() -> None:
    assert render([]) == ""


def test_unknown_format() -> None:
    with pytest.raises(ValueError, match="no output format 'xml'"):
        render([], output_format="xml")
