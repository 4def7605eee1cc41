"""What users read when they have made a mistake: `<phase>/<case>.py` (or IR as `.json`) beside `<case>.err`.

A folder with the name of a target has what that target says besides.

`pytest tests/errors --update-golden` rewrites the expectations; read the diff.
"""

from pathlib import Path

import pytest

from portable_pipeline.backend import backends, target_diagnostics
from portable_pipeline.capture import load
from portable_pipeline.diagnostics import Refused, codes, in_order
from portable_pipeline.diagnostics.catalog import load as load_catalog
from portable_pipeline.diagnostics.render import render
from portable_pipeline.validate import validate

FOLDER = Path(__file__).parent
CASES = sorted(file for kind in ("*/*.py", "*/*.json") for file in FOLDER.glob(kind) if not file.name.startswith("_"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.relative_to(FOLDER).as_posix())
def test_errors(case: Path, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.parent)
    shown = said_about(case.name, case.parent.name)
    expected = case.with_suffix(".err")
    if update_golden:
        expected.write_text(shown, encoding="utf-8")
    assert expected.exists(), f"{expected.name} is missing: --update-golden writes it"
    assert shown == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.relative_to(FOLDER).as_posix())
def test_case_is_about_its_code(case: Path) -> None:
    """A case named `ppc104_...` shows that code; the others show any."""
    code = case.name.partition("_")[0].upper()
    text = case.with_suffix(".err").read_text(encoding="utf-8")
    load_catalog()
    assert f"[{code}]: " in text if code in codes() else "[PPC" in text


def test_no_expectation_is_left_over() -> None:
    assert {file.with_suffix("") for file in FOLDER.glob("*/*.err")} == {case.with_suffix("") for case in CASES}


def said_about(name: str, folder: str) -> str:
    """What `ppc check` prints."""
    try:
        captured = load(name)
    except Refused as refused:
        return render(refused.diagnostics, getattr(refused, "sources", None))
    found = [*captured.diagnostics, *validate(captured.pipeline, captured.diagnostics)]
    if folder in backends():
        found += target_diagnostics(captured.pipeline, backends()[folder])
    return render(in_order(found), captured.sources)
