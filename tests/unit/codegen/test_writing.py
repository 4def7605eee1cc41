"""Files are written whole or not at all, and what an earlier compilation left behind goes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.writing import Change, _writing_in, changes, write


def _files(**texts):
    report = GeneratedFile("x.report.json", json.dumps({"files": sorted(name + ".py" for name in texts)}))
    return [*(GeneratedFile(f"{name}.py", text) for name, text in texts.items()), report]


def test_writing_twice_changes_nothing(tmp_path):
    files = _files(a="1\n", b="2\n")
    write(tmp_path, changes(tmp_path, files, "x.report.json"))
    assert (tmp_path / "a.py").read_text() == "1\n"
    assert changes(tmp_path, files, "x.report.json") == ()


def test_a_file_that_is_no_longer_generated_is_removed_and_others_stay(tmp_path):
    write(tmp_path, changes(tmp_path, _files(a="1\n", b="2\n"), "x.report.json"))
    (tmp_path / "mine.py").write_text("keep\n")
    write(tmp_path, changes(tmp_path, _files(a="1\n"), "x.report.json"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.py", "mine.py", "x.report.json"]


def test_a_report_cannot_name_files_outside_its_folder(tmp_path):
    outside = tmp_path / "outside.py"
    outside.write_text("keep\n")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "x.report.json").write_text(json.dumps({"files": ["../outside.py", str(outside), 3]}))
    write(folder, changes(folder, _files(a="1\n"), "x.report.json"))
    assert outside.read_text() == "keep\n"


def test_a_diff_shows_both_sides(tmp_path):
    (tmp_path / "a.py").write_text("old\n")
    found = changes(tmp_path, _files(a="new\n"), "x.report.json")
    assert "-old\n+new\n" in next(each.diff for each in found if each.path == "a.py")


def test_nothing_is_half_written_when_a_file_cannot_be(tmp_path):
    (tmp_path / "a.py").write_text("old\n")
    (tmp_path / "b").write_text("a file where a folder is needed")
    wanted = changes(tmp_path, [GeneratedFile("a.py", "new\n")], "r.json")
    with pytest.raises(OSError):
        write(tmp_path, [*wanted, Change("b/c.py", None, "x\n")])
    assert (tmp_path / "a.py").read_text() == "old\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.py", "b"]


#: Writes `new` to `a.py` and `deep/b.py`, and is killed when the first one is about to be moved to its place.
KILLED = """
import os, signal, sys
from pathlib import Path
from portable_pipeline.codegen.writing import Change, write
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
write(Path(sys.argv[1]), [Change("a.py", None, "new"), Change("deep/b.py", None, "new")])
"""


def _killed(folder):
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    left = sorted(folder.rglob(".*.ppc-new"))
    assert [(each.parent.name, each.read_text()) for each in left] == [(folder.name, "new"), ("deep", "new")]
    return left


def test_what_a_killed_process_has_left_goes_with_the_next_one(tmp_path):
    left = _killed(tmp_path)
    mine = [tmp_path / ".a.py.original", tmp_path / ".c.py.abcdefgh.ppc-new", tmp_path / ".a.py.abcdefg.ppc-new"]
    for each in mine:
        each.touch()
    write(tmp_path, [Change("a.py", None, "newer"), Change("deep/b.py", None, "newer")])
    assert not any(each.exists() for each in left)
    assert all(each.exists() for each in mine)
    assert [(tmp_path / name).read_text() for name in ("a.py", "deep/b.py")] == ["newer", "newer"]


def test_what_another_process_is_about_to_move_stays(tmp_path):
    left = _killed(tmp_path)
    with _writing_in(tmp_path, []):  # as another one that has staged it
        write(tmp_path, [Change("a.py", None, "newer")])
        assert left[0].exists()
    write(tmp_path, [Change("a.py", None, "newer")])
    assert not left[0].exists()


@pytest.mark.parametrize("text", ["\ud800", "x" * 100_000 + "\ud800"])
def test_a_text_that_cannot_be_written_leaves_nothing(tmp_path, text):
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path, [Change("a.py", None, "fine"), Change("b.py", None, text)])
    assert list(tmp_path.iterdir()) == []
