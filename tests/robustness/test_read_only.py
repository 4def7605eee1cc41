"""A project that cannot be written: one can look at it, and is told why nothing runs in it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.store.schema import MIGRATIONS
from tests.robustness.place import Place
from tests.robustness.small_disk import read_only

#: Leaves a transaction in the log, as a process that was killed does.
UNFINISHED = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA wal_autocheckpoint = 0")
database.execute("UPDATE run SET error = 'out of the log'")
database.commit()
os._exit(0)
"""


def unfinished(project: Path) -> None:
    subprocess.run([sys.executable, "-c", UNFINISHED, str(project / "runs.db")], check=True)
    assert (project / "runs.db-wal").stat().st_size > 0


def without_index(project: Path) -> None:
    unfinished(project)
    (project / "runs.db-shm").unlink()


def of_an_earlier_version(project: Path) -> None:
    """As the first version has left it."""
    with sqlite3.connect(project / "runs.db") as database:
        ((ir,),) = database.execute("SELECT ir FROM captured").fetchall()
        database.execute("DROP TABLE cached")
        database.execute("DROP TABLE captured")
        database.execute("ALTER TABLE run ADD COLUMN ir TEXT NOT NULL DEFAULT ''")
        database.execute("UPDATE run SET ir = ?", (ir,))
        database.execute("PRAGMA user_version = 1")
    database.close()
    assert len(MIGRATIONS) > 1


LEFT: dict[str, Callable[[Path], object]] = {
    "closed": lambda _: None,
    "interrupted": unfinished,
    "interrupted, and copied without the index of its log": without_index,
    "of an earlier version": of_an_earlier_version,
}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run that has ended."""
    place = Place(tmp_path_factory.mktemp("used"), "waiting.py")
    place.path("go").touch()
    assert place.ppc("run", "waiting.py").code == 0
    return place.folder


def contents(folder: Path) -> dict[str, bytes]:
    """All that is kept there; what SQLite makes of its log and who holds a lock is not."""
    files = (each for each in folder.rglob("*") if each.is_file() and each.name not in ("runs.db-shm", "lock"))
    return {str(each): each.read_bytes() for each in files}


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("files", ["", "its files, too"])
def test_one_can_look_at_it(tmp_path: Path, used: Path, left: str, files: str) -> None:
    place = Place(tmp_path)
    shutil.copytree(used, place.folder, dirs_exist_ok=True)
    project = place.path(".ppc")
    LEFT[left](project)
    if files:
        for each in project.glob("runs.db*"):
            each.chmod(0o444)
    before = contents(project)
    with read_only(project) as settings:
        (listed,) = json.loads(place.ppc("runs", "--output-format", "json", **settings).out)
        assert (listed["pipeline"], listed["state"]) == ("waiting", "success")
        assert listed.get("error") == ("out of the log" if "interrupted" in left else None)
        shown = json.loads(place.ppc("show", "2026", "--output-format", "json", **settings).out)
        assert [(each["id"], each["returned"]["result"]) for each in shown["stages"]] == [
            ("first", 2),
            ("second", 3),
            ("third", 4),
        ]
        assert place.ppc("show", "2026", "--logs", "second", **settings).out.startswith(
            "--- second, attempt 1: success"
        )
        page = place.ppc("report", "2026", "-o", "run.html", **settings)
        assert (page.code, page.err) == (0, "")
    assert "waiting" in place.path("run.html").read_text(encoding="utf-8")
    assert contents(project) == before


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("command", ["run waiting.py", "resume 2026 --from third", "gc --days 0"])
def test_nothing_runs_in_it(tmp_path: Path, used: Path, left: str, command: str) -> None:
    place = Place(tmp_path)
    shutil.copytree(used, place.folder, dirs_exist_ok=True)
    LEFT[left](place.path(".ppc"))
    before = contents(place.path(".ppc"))
    with read_only(place.path(".ppc")) as settings:
        called = place.ppc(*command.split(), **settings)
    assert (called.code, called.out) == (1, "")
    assert f"error[PPC480]: the runs in {place.folder}/.ppc cannot be used: the folder is read-only (" in called.err
    assert "name another folder with `--project`" in called.err
    assert place.path("ran.txt").read_text(encoding="utf-8").split() == ["first", "second", "third"]
    after = contents(place.path(".ppc"))
    assert {path: after.get(path) for path in before} == before


def test_where_no_project_can_be_made_that_is_told(tmp_path: Path) -> None:
    place = Place(tmp_path, "waiting.py")
    with read_only(place.folder) as settings:
        called = place.ppc("run", "waiting.py", **settings)
        assert (called.code, "error[PPC480]" in called.err, "Permission denied" in called.err) == (1, True, True)
        assert place.ppc("runs", **settings).out == "no runs\n"
        elsewhere = place.ppc("run", "waiting.py", "--project", os.devnull, **settings)
        assert (elsewhere.code, "error[PPC480]" in elsewhere.err) == (1, True)


def test_a_project_on_a_disk_that_is_mounted_read_only(tmp_path: Path, used: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here; what is proven above, for folders, holds")
    try:
        shutil.copytree(used, disk, dirs_exist_ok=True)
        without_index(disk / ".ppc")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        place = Place(disk)
        assert json.loads(place.ppc("runs", "--output-format", "json").out)[0]["error"] == "out of the log"
        called = place.ppc("run", "waiting.py")
        assert (called.code, "error[PPC480]" in called.err, "ead-only file system" in called.err) == (1, True, True)
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
