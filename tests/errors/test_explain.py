"""Every code has a page, and the examples on it are true: the one gives the code, the other is clean of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.capture import load as load_pipeline
from portable_pipeline.diagnostics import Diagnostic, Refused, Severity, codes
from portable_pipeline.diagnostics.catalog import load
from portable_pipeline.diagnostics.explain import HEADINGS, example, explain, sections
from portable_pipeline.validate import validate

load()
CODES = tuple(codes().values())
SHOWN = tuple(kind for kind in CODES if example(sections(kind).get("Example", "")))


@pytest.fixture
def diagnosed(tmp_path: Path) -> Callable[[str], list[Diagnostic]]:
    """What `ppc check` finds in a pipeline file."""

    def check(text: str) -> list[Diagnostic]:
        file = tmp_path / "pipeline.py"
        file.write_text(text, encoding="utf-8")
        try:
            captured = load_pipeline(str(file))
        except Refused as refused:
            return list(refused.diagnostics)
        return [*captured.diagnostics, *validate(captured.pipeline, captured.diagnostics)]

    return check


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.code)
def test_page_has_all_headings(kind: type[Diagnostic]) -> None:
    page = sections(kind)
    assert tuple(page) == ("", *HEADINGS)
    assert all(page.values()), "nothing under a heading"


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.code)
def test_code_says_how_it_is_triggered(kind: type[Diagnostic]) -> None:
    """By a pipeline file on its page, or, where a file alone does not do it, in words."""
    assert bool(kind.triggered_by) != (kind in SHOWN)


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.code)
def test_example_gives_the_code(kind: type[Diagnostic], diagnosed: Callable[[str], list[Diagnostic]]) -> None:
    text = example(sections(kind)["Example"])
    assert text is not None
    found = diagnosed(text)
    assert kind.code in {each.code for each in found}
    # An example shows one mistake: whoever reads it must not wonder which one is meant.
    assert {each.code for each in found if each.severity is Severity.ERROR} <= {kind.code}


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.code)
def test_instead_is_clean(kind: type[Diagnostic], diagnosed: Callable[[str], list[Diagnostic]]) -> None:
    text = example(sections(kind)["Instead"])
    assert text is not None, "an example of what is wrong needs one of what is right"
    assert [f"{each.code}: {each.message}" for each in diagnosed(text)] == []


def test_page_is_readable() -> None:
    page = explain("PPC104")
    assert page.startswith("PPC104 (error): Stages wait for each other.\n")
    assert "```" not in page
    assert "\n        from portable_pipeline import pipeline, stage\n" in page


def test_unknown_code() -> None:
    with pytest.raises(KeyError):
        explain("PPC000")
