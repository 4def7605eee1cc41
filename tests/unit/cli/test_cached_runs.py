"""What the command line says of stages that were taken over, and what makes it execute them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.store import Project
from tests.unit.cli.conftest import Called

Ppc = Callable[..., Called]

NIGHTLY = '''
from pathlib import Path

import helpers
from portable_pipeline import Dataset, Input, Output, cron, pipeline, stage, uri


def note(name):
    with open("log.txt", "a") as file:
        print(name, file=file)


def header():
    return "rows"


@stage(timeout="1m", cache=True)
def table(n: int, out: Output[Dataset] = uri("{root}/{run_date}/table.txt")) -> int:
    """Writes."""
    note("table")
    Path(out.path).write_text(header() + helpers.line(n))
    return n


@stage(timeout="1m", cache=True)
def size(table: Input[Dataset]) -> int:
    """Reads."""
    note("size")
    return len(Path(table.path).read_text())


@stage(timeout="1m")
def told(size: int) -> str:
    """Fails until it is mended."""
    note("told")
    if Path("broken").exists():
        raise ValueError("broken")
    return f"{size} characters"


@pipeline(schedule=cron("0 2 * * *"))
def nightly(root: str = "ROOT", n: int = 3):
    """Three stages, two of them cached."""
    told(size(table(n).out))
'''
HELPERS = """
import deeper


def line(n):
    return deeper.SEPARATOR * n
"""
ALL, LAST = ["table", "size", "told"], ["told"]


@pytest.fixture(autouse=True)
def files(own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(own_place))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    save("nightly.py", NIGHTLY.replace("ROOT", f"{own_place}/data"))
    save("helpers.py", HELPERS)
    save("deeper.py", 'SEPARATOR = "-"\n')


def save(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    for module in ("helpers", "deeper"):
        sys.modules.pop(module, None)


def edit(name: str, old: str, new: str) -> None:
    text = Path(name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    save(name, text.replace(old, new))


def ran() -> list[str]:
    """What has run since the last time, in order."""
    log = Path("log.txt")
    found = log.read_text(encoding="utf-8").split() if log.exists() else []
    log.unlink(missing_ok=True)
    return found


def called(ppc: Ppc, *more: str) -> dict[str, Any]:
    """A run as JSON, good or not."""
    given = ("run", "nightly.py", "--date", "2026-01-05", *more)
    found: dict[str, Any] = json.loads(ppc(*given, "--output-format", "json").out)
    return found


def origins(outcome: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: each["cached"] for each in outcome["stages"] if "cached" in each}


def test_a_run_says_what_it_has_not_executed_and_who_has(ppc: Ppc) -> None:
    first = called(ppc)
    assert (origins(first), ran()) == ({}, ALL)
    text = ppc("run", "nightly.py", "--date", "2026-01-05")
    assert ran() == LAST
    assert [line.split() for line in text.out.splitlines()] == [
        ["stage", "state", "attempts", "result"],
        ["table", "success,", "cached", "0", "3"],
        ["size", "success,", "cached", "0", "7"],
        ["told", "success", "1", '"7', 'characters"'],
        [],
        ["cached", "from", "run", f"{first['run_id']}:", "table,", "size"],
        [],
        ["nightly", "on", "local:", "success"],
    ]
    assert f"table: success, cached from run {first['run_id']}" in text.err
    again = called(ppc)
    expected = {name: {"run": first["run_id"], "stage": name} for name in ("table", "size")}
    assert (origins(again), [each["attempts"] for each in again["stages"]]) == (expected, [0, 0, 1])


def test_a_run_that_is_shown_says_it_as_well(ppc: Ppc) -> None:
    first, again = called(ppc), called(ppc)
    text = ppc("show", again["run_id"]).out
    assert f"\ncached from run {first['run_id']}: table, size\n" in text
    assert [line.split()[:3] for line in text.splitlines() if line.startswith(("table", "size", "told"))][:3] == [
        ["table", "success,", "cached"],
        ["size", "success,", "cached"],
        ["told", "success", "1"],
    ]
    shown = json.loads(ppc("show", again["run_id"], "--output-format", "json").out)
    assert origins(shown) == origins(again) != {}
    assert "cached" not in ppc("show", first["run_id"]).out


def test_a_run_that_goes_on_says_it_as_well(ppc: Ppc) -> None:
    first = called(ppc)
    Path("broken").touch()
    failed = called(ppc)
    assert (failed["state"], origins(failed).keys()) == ("failed", {"table", "size"})
    Path("broken").unlink()
    ran()
    text = ppc("resume", failed["run_id"]).out
    assert ran() == LAST
    assert f"cached from run {first['run_id']}: table, size" in text
    anew = ppc("resume", failed["run_id"], "--from", "size", "--output-format", "json")
    assert (origins(json.loads(anew.out)).keys(), ran()) == ({"table"}, ["size", "told"])


def test_no_cache_executes_all_of_it_and_says_nothing(ppc: Ppc) -> None:
    first = called(ppc)
    assert (origins(called(ppc, "--no-cache")), ran()) == ({}, ALL * 2)
    Path("broken").touch()
    failed = called(ppc, "--no-cache")
    Path("broken").unlink()
    ran()
    resumed = ppc("resume", failed["run_id"], "--from", "table", "--no-cache").out
    assert ("cached" in resumed, ran()) == (False, ALL)
    assert first["run_id"] not in {each["run"] for each in origins(called(ppc)).values()}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("nightly.py", 'return "rows"', 'return "lines"'),
        ("helpers.py", "deeper.SEPARATOR * n", "deeper.SEPARATOR * n * 2"),
        ("deeper.py", 'SEPARATOR = "-"', 'SEPARATOR = "+"'),
    ],
    ids=["a function of the file", "an imported module", "a module that it imports"],
)
def test_code_that_a_stage_calls_is_its_code(ppc: Ppc, file: str, old: str, new: str) -> None:
    called(ppc)
    edit(file, old, new)
    ran()
    assert origins(called(ppc)) == {}
    assert ran() == ALL
    edit(file, new, old)  # what it was before is known as well; its artifact has been overwritten
    assert (origins(called(ppc)).keys(), ran()) == ({"size"}, ["table", "told"])


def test_an_artifact_that_has_changed_since_is_made_again(ppc: Ppc) -> None:
    called(ppc)
    made = Path("data/2026-01-05/table.txt")
    for harm in (made.unlink, lambda: made.write_text("rows+++", encoding="utf-8")):
        harm()
        ran()
        assert (origins(called(ppc)).keys(), ran()) == ({"size"}, ["table", "told"])
        assert made.read_text(encoding="utf-8") == "rows---"


# ---- backfills

RANGE = ("--from", "2026-01-01", "--to", "2026-01-03")


def backfilled(ppc: Ppc, *more: str) -> list[dict[str, Any]]:
    given = ("backfill", "nightly.py", *RANGE, *more)
    found: list[dict[str, Any]] = json.loads(ppc(*given, "--output-format", "json").out)
    return found


def test_a_backfill_executes_once_what_is_the_same_every_day_and_says_so(ppc: Ppc) -> None:
    first, *others = backfilled(ppc)
    assert Counter(ran()) == {"table": 1, "size": 1, "told": 3}
    assert "cached" not in first
    expected = {name: {"run": first["run_id"], "stage": name} for name in ("table", "size")}
    assert [each["cached"] for each in others] == [expected] * 2
    days = (Path(f"data/2026-01-0{day}/table.txt").read_text(encoding="utf-8") for day in (1, 2, 3))
    assert list(days) == ["rows---"] * 3
    text = ppc("backfill", "nightly.py", "--from", "2026-01-01", "--to", "2026-01-04")
    newest = Project(Path(".ppc")).runs()[0].id
    assert [line.split("  ")[-1].strip() for line in text.out.splitlines()] == [
        *["success (before)"] * 3,
        "success, cached: table, size",
    ]
    assert newest in text.out


@pytest.mark.parametrize("flag", ["--force", "--no-cache"])
def test_a_backfill_that_is_told_executes_all_of_it(ppc: Ppc, flag: str) -> None:
    if flag == "--force":
        backfilled(ppc)
        ran()
    found = backfilled(ppc, flag)
    assert Counter(ran()) == dict.fromkeys(ALL, 3)
    assert [each for each in found if "cached" in each] == []
    assert ([each["state"] for each in found], ran()) == (["success"] * 3, [])
    assert backfilled(ppc, "--no-cache") == [
        {"moment": each["moment"], "run_id": each["run_id"], "state": "success"} for each in found
    ]


def test_a_backfill_that_goes_on_takes_over_what_it_may(ppc: Ppc) -> None:
    Path("broken").touch()
    assert [each["state"] for each in backfilled(ppc)] == ["failed"] * 3
    assert Counter(ran()) == {"table": 1, "size": 1, "told": 3}
    Path("broken").unlink()
    again = backfilled(ppc)
    assert ([each["state"] for each in again], Counter(ran())) == (["success"] * 3, {"told": 3})
    assert [each.get("cached", {}).keys() for each in again] == [set(), {"table", "size"}, {"table", "size"}]
