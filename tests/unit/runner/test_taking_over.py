"""Artifacts of another run: proven, put in place whole, or left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.runner.taking_over import Stopped, taken_over
from portable_pipeline.runtime.files import fingerprint


class Gate:
    """Wanted until it has been asked so often."""

    def __init__(self, left: int = 10**9) -> None:
        self.left = left

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped

    @contextmanager
    def held(self) -> Iterator[None]:
        self.check()
        yield


def reference(path: Path) -> dict[str, Any]:
    return {"uri": str(path), **fingerprint(path)}


def state(root: Path) -> dict[str, str]:
    """All that is there, hidden folders as well."""
    return {str(each.relative_to(root)): each.read_text() for each in sorted(root.rglob("*")) if each.is_file()}


@pytest.fixture
def made(tmp_path: Path) -> dict[str, Any]:
    """A file and a folder that a run has left."""
    (tmp_path / "old" / "parts" / "deep").mkdir(parents=True)
    (tmp_path / "old" / "table.txt").write_text("rows", encoding="utf-8")
    (tmp_path / "old" / "parts" / "deep" / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "old" / "parts" / "link").symlink_to("deep/a.txt")
    (tmp_path / "old" / "table.txt").chmod(0o640)
    names = {"table": "table.txt", "parts": "parts"}
    return {"result": 3, **{name: reference(tmp_path / "old" / path) for name, path in names.items()}}


def at(folder: Path) -> dict[str, str]:
    return {"table": str(folder / "table.txt"), "parts": str(folder / "parts")}


def test_what_is_at_its_address_stays(made: dict[str, Any], tmp_path: Path) -> None:
    inode = (tmp_path / "old" / "table.txt").stat().st_ino
    assert taken_over(made, at(tmp_path / "old"), Gate()) == made
    assert (tmp_path / "old" / "table.txt").stat().st_ino == inode
    by_scheme = {name: f"file://{uri}" for name, uri in at(tmp_path / "old").items()}
    found = taken_over(made, by_scheme, Gate())
    assert found is not None
    assert found["table"] == {**made["table"], "uri": by_scheme["table"]}
    assert (tmp_path / "old" / "table.txt").stat().st_ino == inode


def test_what_has_another_address_is_copied(made: dict[str, Any], tmp_path: Path) -> None:
    before = state(tmp_path / "old")
    found = taken_over(made, at(tmp_path / "new"), Gate())
    assert found == {"result": 3, **{name: {**made[name], "uri": uri} for name, uri in at(tmp_path / "new").items()}}
    assert state(tmp_path / "new") == state(tmp_path / "old") == before
    assert (tmp_path / "new" / "table.txt").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "new" / "parts" / "link").readlink() == Path("deep/a.txt")
    # A copy, not another name of the same file: what is done to one day's artifact is not done to another's.
    assert not (tmp_path / "new" / "table.txt").samefile(tmp_path / "old" / "table.txt")


def test_what_was_there_before_is_replaced(made: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "new" / "parts").mkdir(parents=True)
    (tmp_path / "new" / "parts" / "b.txt").write_text("of another run", encoding="utf-8")
    (tmp_path / "new" / "table.txt").write_text("of another run", encoding="utf-8")
    assert taken_over(made, at(tmp_path / "new"), Gate()) is not None
    assert state(tmp_path / "new") == state(tmp_path / "old")


def delete(old: Path) -> None:
    (old / "table.txt").unlink()


def alter(old: Path) -> None:
    (old / "table.txt").write_text("r0ws", encoding="utf-8")


def lengthen(old: Path) -> None:
    (old / "table.txt").write_text("more rows", encoding="utf-8")


def make_a_folder(old: Path) -> None:
    (old / "table.txt").unlink()
    (old / "table.txt").mkdir()


def make_a_pipe(old: Path) -> None:
    (old / "table.txt").unlink()
    os.mkfifo(old / "table.txt")


def alter_inside(old: Path) -> None:
    (old / "parts" / "deep" / "a.txt").write_text("b", encoding="utf-8")


def add_inside(old: Path) -> None:
    (old / "parts" / "b.txt").touch()


def turn_the_link(old: Path) -> None:
    (old / "parts" / "link").unlink()
    (old / "parts" / "link").symlink_to("deep")


def add_a_pipe(old: Path) -> None:
    os.mkfifo(old / "parts" / "pipe")


@pytest.mark.parametrize("place", ["old", "new", "taken"])
@pytest.mark.parametrize(
    "harm",
    [
        delete,
        alter,
        lengthen,
        make_a_folder,
        make_a_pipe,
        alter_inside,
        add_inside,
        turn_the_link,
        add_a_pipe,
    ],
    ids=lambda harm: harm.__name__,
)
def test_what_is_not_what_it_was_is_no_success(
    made: dict[str, Any], tmp_path: Path, harm: Callable[[Path], None], place: str
) -> None:
    (tmp_path / "taken" / "parts").mkdir(parents=True)
    (tmp_path / "taken" / "table.txt").write_text("of another run", encoding="utf-8")
    harm(tmp_path / "old")
    regular = {each for each in tmp_path.rglob("*") if not each.is_fifo()}
    before = {name: state(tmp_path / name) for name in ("taken", "old") if (tmp_path / name).exists()}
    assert taken_over(made, at(tmp_path / place), Gate()) is None
    assert {name: state(tmp_path / name) for name in before} == before
    # Only the folder around a new address may have come.
    assert {each for each in tmp_path.rglob("*") if not each.is_fifo()} - regular <= {tmp_path / "new"}


def test_what_cannot_be_reached_is_no_success(made: dict[str, Any], tmp_path: Path) -> None:
    assert taken_over(made, {**at(tmp_path / "new"), "table": "s3://bucket/table.txt"}, Gate()) is None
    assert taken_over({"result": 3}, at(tmp_path / "new"), Gate()) is None
    (tmp_path / "file").touch()
    assert taken_over(made, at(tmp_path / "file"), Gate()) is None
    assert state(tmp_path / "new") == {}


def test_what_is_not_wanted_any_more_changes_nothing(made: dict[str, Any], tmp_path: Path) -> None:
    # Until it is let through, whenever it is stopped: nothing at the new addresses, and nothing beside them.
    for asked in range(100):
        try:
            assert taken_over(made, at(tmp_path / "new"), Gate(asked)) is not None
        except Stopped:
            assert not list((tmp_path / "new").rglob("*")), asked
        else:
            break
    assert 3 < asked < 99
    assert state(tmp_path / "new") == state(tmp_path / "old")
