"""Whatever a stage does, it ends in a clear error of its own or a clean result, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.place import Called, Place

#: What is said of each that fails.
ERRORS = {
    "leaves": "SystemExit: bye",
    "leaves_well": "SystemExit: 0",
    "leaves_at_once": "its process exited before the function returned",
    "interrupts": "KeyboardInterrupt",
    "ends_a_generator": "GeneratorExit",
    "kills_itself": "its process was killed by SIGKILL",
    "kills_its_group": "its process was killed by SIGKILL",
    "crashes": "its process was killed by SIGSEGV",
    "returns_much": "result takes 50000002 bytes of JSON, at most 49152 travel; write an artifact instead",
    "returns_depths": "result[0][0] is declared int, got list: what cannot be shown",
    "returns_what_cannot_be_shown": "result is declared int, got CannotTell: what cannot be shown",
    "returns_itself": "result[0][0] is declared int, got list: [[...]]",
    "returns_a_set": "result is declared list[int], got set: {1, 2}",
    "returns_nan": "result is declared float, got float: nan (JSON has neither NaN nor infinity)",
    "returns_digits": "ValueError: Exceeds the limit",
    "returns_no_text": "result is declared str, got str: 'a\\udcffb' ",
    "calls_itself": "RecursionError: maximum recursion depth exceeded",
    "raises_what_holds_a_file": "misbehaving.HoldsAFile: 1 and 2",
    "raises_what_cannot_tell": "misbehaving.CannotTell: <exception str() failed>",
    "aborts_without_telling": "misbehaving.CannotTellWhy: <exception str() failed>",
    "raises_bytes": "ValueError: no file \\udcff\0 \x1b[31m",
    "raises_nothing": "ValueError",
    "has_no_memory": "MemoryError",
    "opens_many": "OSError: [Errno 24] Too many open files: '/dev/null'",
}
RESULTS = {
    "floods": 1,
    "prints_bytes": 1,
    "closes_its_output": 1,
    "goes_elsewhere": "/",
    "leaves_threads": 1,
    "leaves_a_daemon": 1,
    "forks_and_comes_back": 1,
    "behaves": 1,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("misbehaving"), "misbehaving.py")


@pytest.fixture(scope="module")
def called(place: Place) -> Called:
    """One run of all of them; `Place` sees to it that no process is left."""
    return place.ppc("run", "misbehaving.py", "--output-format", "json")


@pytest.mark.parametrize("stage", ERRORS)
def test_it_fails_with_an_error_of_its_own(called: Called, stage: str) -> None:
    (found,) = (each for each in called.outcome["stages"] if each["id"] == stage)
    assert (found["state"], found["attempts"]) == ("failed", 1)
    assert found["error"].startswith(ERRORS[stage]), found["error"]


def test_the_others_succeed(called: Called) -> None:
    found = {each["id"]: each for each in called.outcome["stages"]}
    assert {id: found[id].get("result", found[id]) for id in RESULTS} == RESULTS
    assert found.keys() == {*ERRORS, *RESULTS}
    assert (called.code, called.outcome["state"]) == (1, "failed")


def test_an_artifact_is_found_wherever_its_stage_has_gone(place: Place, called: Called) -> None:
    assert place.path("data/elsewhere.txt").read_text(encoding="utf-8") == "written"


def test_a_flood_is_in_the_log_as_a_whole(place: Place, called: Called) -> None:
    (log,) = place.path(".ppc").glob("runs/*/floods.1.log")
    assert log.stat().st_size == 100_000_000
    log.unlink()  # pytest keeps the folders of three sessions


def test_bytes_that_are_no_text_are_shown_as_such(place: Place, called: Called) -> None:
    shown = place.ppc("show", called.outcome["run_id"], "--logs", "prints_bytes")
    assert shown.out.splitlines()[1:] == ["\ufffd\ufffd\0 raw", "half a pair: \\udcff, nothing: \0"]
    assert place.ppc("show", called.outcome["run_id"]).code == 0


def test_all_of_it_can_be_told_as_text(tmp_path: Path) -> None:
    place = Place(tmp_path, "misbehaving.py")
    called = place.ppc("run", "misbehaving.py", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    assert called.code == 1
    assert all(f"`{stage}` failed after 1 attempt:\n" in called.out for stage in ERRORS)
    assert max(map(len, called.err.splitlines())) < 1000
    (log,) = place.path(".ppc").glob("runs/*/floods.1.log")
    log.unlink()
