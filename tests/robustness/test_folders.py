"""Folders that are not there: the user's home, the current one, at the start and in the middle of a run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.robustness.place import Place

SAMPLE = """
from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def one(n: int) -> int:
    return n


@pipeline
def sample(n: int = 1):
    one(n)
"""
#: Its first stage removes the folder in which all of them run.
REMOVES = """
import os
import shutil

from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="1m")
def removes(n: int) -> int:
    shutil.rmtree(os.getcwd())
    return n + 1


@stage(timeout="1m")
def looks(n: int) -> str:
    return os.getcwd()


@stage(timeout="1m")
def writes(n: int, table: Output[Dataset] = uri("data/table.txt")) -> None:
    with open(table.path, "w") as file:
        file.write("written")


@stage(timeout="1m")
def counts(n: int) -> int:
    return n + 1


@pipeline
def removing(n: int = 1):
    after = removes(n)
    looks(after)
    writes(after)
    counts(counts(after))
"""
HOMES = {
    "none": {},
    "empty": {"HOME": ""},
    "missing": {"HOME": "/proc/no/such/home"},
    "a file": {"HOME": os.devnull},
    "no folder for anything": {"HOME": "/proc", "TMPDIR": "/proc", "XDG_CACHE_HOME": "/proc"},
}


def environment(home: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **HOMES[home]}


@pytest.mark.parametrize("home", HOMES)
def test_a_run_needs_no_home(tmp_path: Path, home: str) -> None:
    place = Place(tmp_path)
    place.path("sample.py").write_text(SAMPLE, encoding="utf-8")
    called = place.ppc("run", "sample.py", env=environment(home))
    assert (called.code, called.out.endswith("sample on local: success\n")) == (0, True), called.err
    assert place.ppc("show", "2026", env=environment(home)).code == 0
    assert {each.name for each in tmp_path.iterdir()} <= {"sample.py", ".ppc", "__pycache__"}


@pytest.mark.parametrize("home", ["missing", "a file"])
def test_packages_need_one_and_say_so(tmp_path: Path, home: str) -> None:
    place = Place(tmp_path)
    text = SAMPLE.replace("@pipeline", '@pipeline(packages=["iniconfig==2.0.0"])')
    place.path("sample.py").write_text(text, encoding="utf-8")
    called = place.ppc("run", "sample.py", env=environment(home))
    assert (called.code, "error[PPC465]: cannot write to " in called.err) == (1, True), called.err
    assert "name another folder with PPC_HOME" in called.err
    assert not place.path(".ppc").exists()


@pytest.mark.parametrize("command", ["run {}", "check {}", "runs", "show 2026", "run {} --project {}/kept"])
def test_a_current_folder_that_is_gone_is_told(tmp_path: Path, command: str) -> None:
    place = Place(tmp_path / "gone")
    place.folder.mkdir()
    sample = tmp_path / "sample.py"
    sample.write_text(SAMPLE, encoding="utf-8")
    called = place.ppc(*command.replace("{}/", f"{tmp_path}/").format(sample).split(), preexec_fn=place.folder.rmdir)
    assert (called.code, called.out) == (2, "")
    assert called.err == "Error: the current folder does not exist any more: change to another one\n"


def test_a_folder_that_goes_in_the_middle_of_a_run_fails_what_needs_it(tmp_path: Path) -> None:
    place = Place(tmp_path / "gone")
    place.folder.mkdir()
    (tmp_path / "removing.py").write_text(REMOVES, encoding="utf-8")
    kept = str(tmp_path / "kept")
    called = place.ppc("run", str(tmp_path / "removing.py"), "--project", kept, "--output-format", "json")
    assert called.code == 1, called.err
    found = {each["id"]: (each["state"], each.get("error", "")) for each in called.outcome["stages"]}
    assert found["removes"] == ("success", "")
    assert found["counts"] == found["counts_2"] == ("success", "")
    for stage in ("looks", "writes"):
        state, error = found[stage]
        assert (state, "No such file or directory" in error) == ("failed", True), error
    place.folder.mkdir()
    again = place.ppc("resume", called.outcome["run_id"], "--project", kept, "--output-format", "json")
    assert (again.code, set(again.states.values())) == (0, {"success"})
    assert place.path("data/table.txt").read_text(encoding="utf-8") == "written"
