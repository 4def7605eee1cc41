"""A disk that is full, before a run, in the middle of it, because of an artifact or of a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.robustness.place import Called, Place, until
from tests.robustness.small_disk import SmallDisk

Small = Callable[[int], tuple[SmallDisk, Place]]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    """A disk of so many kilobytes, with the pipeline on it."""
    made: list[SmallDisk] = []

    def make(kilobytes: int) -> tuple[SmallDisk, Place]:
        disk = SmallDisk(tmp_path / "disk", kilobytes)
        made.append(disk)
        return disk, Place(disk.folder, "waiting.py")

    yield make
    for disk in made:
        disk.close()


def ran(place: Place) -> list[str]:
    return place.path("ran.txt").read_text(encoding="utf-8").split()


def resumed(place: Place) -> Called:
    (run,) = place.project.runs()
    return place.ppc("resume", run.id, "--output-format", "json")


def test_an_artifact_that_does_not_fit_leaves_the_one_before(small: Small) -> None:
    disk, place = small(800)
    place.path("go").touch()
    place.path("data").mkdir()
    place.path("data/table.bin").write_text("old", encoding="utf-8")
    called = place.ppc("run", "waiting.py", "-p", "size=2000", "--output-format", "json", **disk.settings)
    assert (called.code, called.states) == (1, {"first": "success", "second": "failed", "third": "upstream_failed"})
    assert disk.message in called.outcome["stages"][1]["error"]
    assert place.path("data/table.bin").read_text(encoding="utf-8") == "old"
    assert [each.name for each in place.path("data").iterdir()] == ["table.bin"]
    disk.grow()
    assert resumed(place).code == 0
    assert place.path("data/table.bin").stat().st_size == 2_000_000
    assert ran(place) == ["first", "second", "second", "third"]


def test_a_stage_whose_log_fills_the_disk_fails_and_can_be_resumed(small: Small) -> None:
    disk, place = small(800)
    place.path("go").touch()
    called = place.ppc("run", "waiting.py", "-p", "printed=2000", "--output-format", "json", **disk.settings)
    assert (called.code, called.states) == (1, {"first": "success", "second": "failed", "third": "upstream_failed"})
    assert disk.message in called.outcome["stages"][1]["error"]
    assert not place.path("data/table.bin").exists()
    disk.grow()
    assert resumed(place).code == 0
    assert ran(place) == ["first", "second", "second", "third"]


def test_a_disk_that_fills_up_in_the_middle_ends_the_run(small: Small) -> None:
    disk, place = small(2000)
    process = place.begin("run", "waiting.py", "--output-format", "json", **disk.settings)
    until(lambda: place.path("ran.txt").exists() and ran(place) == ["first", "second"])
    disk.fill(process)
    place.path("go").touch()
    called = place.end(process)
    assert (called.code, called.outcome["state"]) == (1, "failed")
    error = called.outcome["error"]
    assert "the runs in" in error
    assert "PPC480: name another folder with `--project`" in error
    disk.grow()
    (run,) = place.project.runs()
    assert run.state == "interrupted"
    assert place.project.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert resumed(place).code == 0
    assert ran(place)[:2] == ["first", "second"]
    assert ran(place).count("third") == 1
    assert ran(place).count("first") == 1


@pytest.mark.parametrize("kilobytes", [12, 24, 48, 64, 96, 128, 192])
def test_a_disk_that_is_full_from_the_start_is_told(small: Small, kilobytes: int) -> None:
    disk, place = small(kilobytes)
    place.path("go").touch()
    called = place.ppc("run", "waiting.py", "--output-format", "json", **disk.settings)
    if called.code == 0:  # a limit for each file leaves more room than one for all
        assert ran(place) == ["first", "second", "third"]
        return
    outcome = called.outcome
    assert (called.code, outcome["state"]) == (1, "failed")
    told = [each["code"] for each in outcome.get("diagnostics", [])]
    assert told == ["PPC480"] or "PPC480: name another folder" in outcome["error"]
    disk.grow()
    # What has run and could not be noted down runs again.
    again = resumed(place) if place.project.runs() else place.ppc("run", "waiting.py")
    assert again.code == 0, again.err
    assert ran(place)[-1] == "third"
