"""A database that is no database, or not any more, before a run and in the middle of one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.store.schema import MIGRATIONS
from tests.robustness.place import Place, until

COMMANDS = {
    "run": ("run", "waiting.py"),
    "runs": ("runs",),
    "show": ("show", "2026"),
    "resume": ("resume", "2026"),
    "cancel": ("cancel", "2026"),
    "gc": ("gc", "--days", "0"),
}


def overwrite(path: Path, first: int, until: int | None = None) -> None:
    """Put nonsense in place of these bytes."""
    with path.open("r+b") as file:
        length = (until or file.seek(0, os.SEEK_END)) - first
        file.seek(first)
        file.write(b"\xab" * length)


def written(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE theirs (n INTEGER)")
    theirs.close()


def later(path: Path) -> None:
    with sqlite3.connect(path) as ours:
        ours.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    ours.close()


#: What is done to the database of a project with runs, and what is said then.
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no database": (written(b"this is no database" * 100), "file is not a database"),
    "a header alone": (written(b"SQLite format 3\0" + b"\xff" * 5000), "file is not a database"),
    "cut off": (lambda path: os.truncate(path, 8192), "malformed"),
    "all but the first page": (lambda path: overwrite(path, 4096), "malformed"),
    "of something else": (foreign, "it is a database of something else"),
    "of a later version": (later, "were written by a later version of ppc"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "unable to open database file"),
}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run that has ended."""
    place = Place(tmp_path_factory.mktemp("used"), "waiting.py")
    place.path("go").touch()
    assert place.ppc("run", "waiting.py").code == 0
    return place.folder


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_told_and_left_as_it_is(tmp_path: Path, used: Path, damage: str, command: str) -> None:
    place = Place(tmp_path)
    shutil.copytree(used, place.folder, dirs_exist_ok=True)
    database, (destroy, message) = place.path(".ppc/runs.db"), DAMAGES[damage]
    destroy(database)
    before = None if database.is_dir() else database.read_bytes()
    called = place.ppc(*COMMANDS[command])
    assert (called.code, called.out) == (1, "")
    code = "PPC481" if damage == "of a later version" else "PPC480"
    assert f"error[{code}]: the runs in {place.folder}/.ppc " in called.err
    assert message in called.err
    assert "name another folder with `--project`" in called.err
    assert (None if database.is_dir() else database.read_bytes()) == before
    assert place.path("ran.txt").read_text(encoding="utf-8").split() == ["first", "second", "third"]


def test_programs_are_told_as_well(tmp_path: Path) -> None:
    place = Place(tmp_path, "waiting.py")
    place.path(".ppc").mkdir()
    place.path(".ppc/runs.db").write_bytes(b"this is no database")
    refused = place.ppc("run", "waiting.py", "--output-format", "json").outcome
    assert (refused["state"], refused["diagnostics"][0]["code"]) == ("failed", "PPC480")
    assert "help" in refused["diagnostics"][0]


MISHAPS: dict[str, Callable[[Path], object]] = {
    "pages in the middle": lambda project: overwrite(project / "runs.db", 4096 * 4, 4096 * 12),
    "all but the first page": lambda project: overwrite(project / "runs.db", 4096),
    "its header": lambda project: overwrite(project / "runs.db", 0, 200),
    "it is cut off": lambda project: os.truncate(project / "runs.db", 4096 * 5),
    "it is emptied": lambda project: os.truncate(project / "runs.db", 0),
    "it is removed": lambda project: (project / "runs.db").unlink(),
    "its wal is removed": lambda project: (project / "runs.db-wal").unlink(),
    "its wal": lambda project: overwrite(project / "runs.db-wal", 100),
    "its wal is emptied": lambda project: os.truncate(project / "runs.db-wal", 0),
    "its wal and its index are removed": lambda project: [
        (project / f"runs.db-{each}").unlink() for each in ("wal", "shm")
    ],
    "all of the project is removed": shutil.rmtree,
}


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_mishap_in_the_middle_of_a_run_is_told_or_does_no_harm(tmp_path: Path, used: Path, mishap: str) -> None:
    place = Place(tmp_path)
    shutil.copytree(used, place.folder, dirs_exist_ok=True)
    ran = place.path("ran.txt")
    place.path("go").unlink()
    ran.unlink()
    for _ in range(3):  # so that the database has pages that the run does not touch
        place.project.database.execute(
            "INSERT INTO event SELECT run, number + (SELECT max(number) FROM event), at, kind, subject, ? FROM event",
            ("x" * 2000,),
        )
    place.project.close()
    process = place.begin("run", "waiting.py", "--output-format", "json")
    until(lambda: ran.exists() and "second" in ran.read_text(encoding="utf-8"))
    MISHAPS[mishap](place.path(".ppc"))
    place.path("go").touch()
    called = place.end(process)
    outcome = called.outcome
    if called.code == 0:
        assert set(called.states.values()) == {"success"}
        assert ran.read_text(encoding="utf-8").split() == ["first", "second", "third"]
    else:
        assert (called.code, outcome["state"]) == (1, "failed")
        errors = [outcome.get("error"), *(each.get("error") for each in outcome["stages"])]
        assert [each for each in errors if each], outcome
    after = place.ppc("runs")
    assert after.code == 0 or "error[PPC480]" in after.err
