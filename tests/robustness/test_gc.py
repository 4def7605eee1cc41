"""What is left of processes that were killed is removed, and nothing else, whatever goes on meanwhile."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.robustness.place import Place, until
from tests.robustness.small_disk import heed_permissions

RUN = ("run", "halfway.py", "-p")
#: As if an earlier version of ppc was called.
EARLIER = """
import sys
from portable_pipeline.codegen import code_folder
sources = code_folder._runtime_sources()
code_folder._runtime_sources = lambda: (*sources, ("earlier.py", "# of an earlier version\\n"))
from portable_pipeline.cli import main
main(sys.argv[1:])
"""
#: Ends where a function is called: module, function, arguments of ppc.
KILLED = """
import importlib, os, sys
owner = importlib.import_module(sys.argv[1])
*names, last = sys.argv[2].split(".")
for name in names:
    owner = getattr(owner, name)
assert hasattr(owner, last)
setattr(owner, last, lambda *_, **__: os.kill(os.getpid(), 9))
from portable_pipeline.cli import main
main(sys.argv[3:])
"""


def names(*given: str) -> str:
    return f"names={json.dumps(given)}"


def kill_all(place: Place, process: subprocess.Popen[bytes]) -> None:
    """As when the memory is full, or the power is gone: nobody tidies up."""
    for each in place.left():
        os.kill(each, signal.SIGSTOP)
    for each in place.left():
        os.kill(each, signal.SIGKILL)
    process.communicate()
    until(lambda: not place.left())


def staged(place: Place) -> list[str]:
    """Files of attempts that have not succeeded, relative to the place."""
    return sorted(str(each.relative_to(place.folder)) for each in place.folder.glob("**/.stage_runtime/*/*"))


def collected(place: Place, *more: str, **settings: Any) -> dict[str, Any]:
    called = place.end_one(place.begin("gc", "--output-format", "json", *more, **settings))
    found: dict[str, Any] = json.loads(called.out)
    assert called.code == (1 if "diagnostics" in found else 0)
    return found


def paths(found: dict[str, Any], kind: str) -> list[str]:
    return [each["path"] for each in found["leftovers"] if each["kind"] == kind]


def killed_halfway(place: Place, *items: str, more: tuple[str, ...] = ()) -> None:
    for item in items:
        place.path(f"wait-{item}").touch()
    process = place.begin(*RUN, names(*items), *more)
    until(lambda: sum(path.endswith("/table.txt") for path in staged(place)) == len(items))
    until(lambda: all(place.path(path).read_text(encoding="utf-8") for path in staged(place)))
    kill_all(place, process)
    for item in items:
        place.path(f"wait-{item}").unlink()


@pytest.mark.parametrize("more", [(), ("-p", "folder=file:///PLACE/kept/api")], ids=["relative", "uri"])
def test_what_killed_attempts_had_written_is_removed(tmp_path: Path, more: tuple[str, ...]) -> None:
    place = Place(tmp_path, "halfway.py")
    more = tuple(each.replace("/PLACE", str(tmp_path)) for each in more)
    assert place.ppc(*RUN, names("a", "b"), *more).code == 0
    (published, other) = sorted(place.folder.glob("**/table.txt"))
    killed_halfway(place, "a", "b", more=more)
    left = staged(place)
    assert len(left) == 2
    would = [f"would remove {place.path(each).parent} (written by an attempt that was killed)" for each in left]
    assert place.ppc("gc", "--dry-run").out.splitlines() == would
    assert staged(place) == left
    assert place.ppc("gc").out.splitlines() == [each.replace("would remove", "removed") for each in would]
    assert list(place.folder.glob("**/.stage_runtime")) == []
    assert [each.read_text(encoding="utf-8") for each in (published, other)] == ["half, and half"] * 2
    assert place.ppc("gc").out == "nothing to remove\n"
    (interrupted,) = place.project.runs(state="interrupted")
    assert place.ppc("resume", interrupted.id).code == 0


def test_what_runs_under_way_write_is_not_touched(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    killed_halfway(place, "a", "b")
    dead, replaced = staged(place)
    place.path("wait-b").touch()
    alive = place.begin(*RUN, names("b"))
    # An attempt tidies up where it comes along itself: what is beside the artifact of the other item is left to us.
    until(lambda: len(set(staged(place)) - {dead, replaced}) == 1)
    (begun,) = set(staged(place)) - {dead, replaced}
    until(lambda: place.path(begun).read_text(encoding="utf-8"))
    for _ in range(5):
        found = collected(place, "--days", "0")
        assert place.path(begun).read_text(encoding="utf-8") == "half, "
        if found["leftovers"]:
            assert paths(found, "staging") == [str(place.path(dead).parent)]
    assert not place.path(dead).exists()
    place.path("wait-b").unlink()
    assert place.end(alive).code == 0
    assert place.path("data/b/table.txt").read_text(encoding="utf-8") == "half, and half"
    assert list(place.folder.glob("**/.stage_runtime")) == []


def test_what_somebody_else_has_put_there_stays(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    killed_halfway(place, "a")
    (left,) = staged(place)
    above = place.path(left).parents[1]
    mine = [above / "notes" / "todo", above / "0123ABCD" / "file", place.path("elsewhere/.stage_runtime/0123abcd/file")]
    for each in mine:
        each.parent.mkdir(parents=True)
        each.touch()
    (above / "0123abcd").symlink_to(above / "notes")
    (above / "01234567").touch()
    runtime = place.path(".ppc/runtime")
    (runtime / "mine").mkdir()
    (runtime / "0123456789abcdef").symlink_to(place.path("elsewhere"))
    assert collected(place)["leftovers"] == [{"path": str(place.path(left).parent), "kind": "staging"}]
    assert all(each.exists() for each in (*mine, above / "0123abcd", above / "01234567", runtime / "mine"))
    assert (runtime / "0123456789abcdef").is_symlink()
    assert not place.path(left).exists()


def test_the_only_copy_of_an_artifact_is_not_removed(tmp_path: Path) -> None:
    """Without a system call that exchanges two folders there is a moment in which nothing is at the address."""
    place = Place(tmp_path, "halfway.py")
    assert place.ppc(*RUN, names("a")).code == 0
    killed_halfway(place, "a")
    (left,) = staged(place)
    place.path("data/a/table.txt").rename(place.path(f"{left}.previous"))
    for more in (("--dry-run",), ()):
        found = collected(place, *more)
        assert found["leftovers"] == []
        (told,) = found["diagnostics"]
        assert (told["code"], told["severity"]) == ("PPC492", "error")
        assert f"`table.txt.previous` in it is what stood at {place.path('data/a/table.txt')}" in told["message"]
    place.path(f"{left}.previous").rename(place.path("data/a/table.txt"))
    assert paths(collected(place), "staging") == [str(place.path(left).parent)]
    assert place.path("data/a/table.txt").read_text(encoding="utf-8") == "half, and half"


def test_secrets_in_paths_are_not_shown(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    source = place.path("halfway.py")
    source.write_text(source.read_text(encoding="utf-8").replace("folder", "api_token"), encoding="utf-8")
    killed_halfway(place, "a", more=("-p", "api_token=tr1cky"))
    for more in ((), ("--output-format", "json")):
        told = place.ppc("gc", "--dry-run", *more).out
        assert (f"{tmp_path}/•••••• (hidden)/a/.stage_runtime/" in told, "tr1cky" in told) == (True, False), told
    assert len(collected(place)["leftovers"]) == 1
    assert staged(place) == []


def test_a_copy_of_the_runtime_that_was_not_finished_is_removed(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "pathlib", "Path.rename", *RUN, names("a")],
        cwd=place.folder,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = place.path(".ppc/runtime").iterdir()
    assert re.fullmatch(r"\.[0-9a-f]{8}", left.name)
    would = f"would remove {left} (a copy of the runtime that was not finished)\n"
    assert place.ppc("gc", "--dry-run").out == would
    assert place.ppc("gc").out == would.replace("would remove", "removed")
    assert list(place.path(".ppc/runtime").iterdir()) == []


def test_the_runtime_of_another_version_is_removed_once_no_run_needs_it(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    place.path("wait-a").touch()
    process = place.begin_as([sys.executable, "-c", EARLIER], *RUN, names("a", "b"))
    until(lambda: len(staged(place)) == 1 and place.path("data/b/table.txt").exists())
    (earlier,) = place.path(".ppc/runtime").iterdir()
    assert (earlier / "stage_runtime" / "earlier.py").exists()
    assert place.end_one(place.begin(*RUN, names("c"))).code == 0
    (today,) = set(place.path(".ppc/runtime").iterdir()) - {earlier}
    assert place.end_one(place.begin("gc")).out == "nothing to remove\n"
    place.path("wait-a").unlink()
    assert place.end(process).code == 0
    assert place.path("data/a/table.txt").read_text(encoding="utf-8") == "half, and half"
    assert place.ppc("gc").out == f"removed {earlier} (the runtime of another version of ppc)\n"
    assert list(place.path(".ppc/runtime").iterdir()) == [today]


def test_a_runtime_is_there_whoever_removes_it(tmp_path: Path) -> None:
    """One version's runs begin and end while the other version tidies up, again and again."""
    place = Place(tmp_path, "halfway.py")
    assert place.ppc(*RUN, names("a")).code == 0
    removed = 0
    for _ in range(4):
        running = [place.begin_as([sys.executable, "-c", EARLIER], *RUN, names()) for _ in range(2)]
        while any(each.poll() is None for each in running):
            removed += len(paths(collected(place, "--days", "0"), "other_runtime"))
        assert [place.end_one(each).code for each in running] == [0, 0]
    assert removed
    assert place.project.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_cannot_be_removed_is_told_and_everything_else_is_removed(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    killed_halfway(place, "a", "b")
    (one, other) = (place.path(each).parent for each in staged(place))
    one.chmod(0o555)
    left, locked = place.path(".ppc/runs/left"), place.path(".ppc/runs/locked")
    left.mkdir()
    locked.mkdir()
    locked.chmod(0)
    settings = {"preexec_fn": heed_permissions}
    called = place.ppc("gc", "--days", "0", **settings)
    (run,) = re.findall(r"^removed (\S+) \(halfway, interrupted\)$", called.out, re.MULTILINE)
    assert called.out.splitlines() == [
        f"removed {run} (halfway, interrupted)",
        "removed left (no run of that id is known)",
        f"removed {other} (written by an attempt that was killed)",
    ]
    assert called.code == 1
    assert (
        f"error[PPC492]: {one} is left as it is: `table.txt` in it cannot be removed (Permission denied)\n"
        in called.err
    )
    assert f"error[PPC492]: {locked} is left as it is: it cannot be read (Permission denied)\n" in called.err
    assert (one.exists(), other.exists(), locked.exists()) == (True, False, True)
    locked.chmod(0o755)
    assert collected(place, **settings)["orphans"] == ["locked"]


def test_a_run_whose_folder_cannot_be_read_is_kept_until_it_can(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    killed_halfway(place, "c")
    for name in ("a", "b"):
        assert place.ppc(*RUN, names(name)).code == 0
    kept, other, interrupted = (each.id for each in place.project.runs())
    for run in (kept, interrupted):
        place.path(f".ppc/runs/{run}").chmod(0)
    settings = {"preexec_fn": heed_permissions}
    found = collected(place, "--days", "0", **settings)
    assert [each["run_id"] for each in found["runs"]] == [other]
    (told,) = found["diagnostics"]
    assert (
        told["message"] == f"{place.path(f'.ppc/runs/{kept}')} is left as it is: it cannot be read (Permission denied)"
    )
    # Whether a process works on the other one, nobody can tell.
    listed = json.loads(place.ppc("runs", "--output-format", "json", **settings).out)
    assert [(each["run_id"], each["state"]) for each in listed] == [(kept, "success"), (interrupted, "running")]
    for run in (kept, interrupted):
        place.path(f".ppc/runs/{run}").chmod(0o755)
    found = collected(place, "--days", "0", **settings)
    assert [each["run_id"] for each in found["runs"]] == [kept, interrupted]


def test_locks_of_backfills_that_have_ended_are_removed(tmp_path: Path) -> None:
    place = Place(tmp_path, "nightly.py")
    backfill = ("backfill", "nightly.py", "--from", "2026-01-01", "--to", "2026-01-01")
    place.path("wait").touch()
    process = place.begin(*backfill)
    until(place.path("ran.txt").exists)
    (lock,) = place.path(".ppc/backfills").iterdir()
    assert place.end_one(place.begin("gc")).out == "nothing to remove\n"
    assert "error[PPC491]" in place.end_one(place.begin(*backfill)).err
    place.path("wait").unlink()
    assert place.end(process).code == 0
    assert place.ppc("gc").out == f"removed {lock} (the lock of a backfill that has ended)\n"
    assert list(place.path(".ppc/backfills").iterdir()) == []
    assert place.ppc(*backfill).code == 0


def test_a_log_of_the_database_that_a_killed_process_has_left_is_gone(tmp_path: Path) -> None:
    place = Place(tmp_path, "halfway.py")
    killed_halfway(place, "a")
    assert place.path(".ppc/runs.db-wal").stat().st_size > 0
    assert place.ppc("gc").code == 0
    assert sorted(each.name for each in place.path(".ppc").glob("runs.db*")) == ["runs.db"]
