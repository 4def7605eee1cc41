"""A1, A2, A4, A5: artifacts appear whole or not at all, and consumers get what was committed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.runtime.errors import ArtifactError, StageAborted, StageFailed, StageTimeout
from portable_pipeline.runtime.files import Staging, _put_in_place, fingerprint, local_path
from tests.unit.runtime.conftest import Stages, until

WRITERS = """
import os, time
from stage_runtime import Abort, Artifact

def writes(text: str, out: Artifact) -> str:
    with open(out.path, "w") as file:
        file.write(text)
    return out.path

def writes_tree(names: list[str], out: Artifact):
    for name in names:
        path = os.path.join(out.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(name)

def half(how: str, out: Artifact) -> int:
    with open(out.path, "w") as file:
        file.write("half")
        file.flush()
        if how == "raises":
            raise ValueError
        if how == "aborts":
            raise Abort
        if how == "exits":
            os._exit(1)
        if how == "killed":
            os.kill(os.getpid(), 9)
        if how == "sleeps":
            time.sleep(300)
    return "no int"

def reads(data: Artifact) -> str:
    with open(data.path) as file:
        return file.read()

def reads_all(parts: list[Artifact]) -> list[str]:
    return [reads(each) for each in parts]

def lists(data: Artifact) -> list[str]:
    return sorted(os.path.relpath(os.path.join(folder, name), data.path)
                  for folder, _, names in os.walk(data.path) for name in names)
"""


@pytest.fixture(autouse=True)
def _writers(stages: Stages) -> None:
    stages.write(WRITERS)


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_file_from_producer_to_consumer(stages: Stages, tmp_path: Path, scheme: str) -> None:
    uri = f"{scheme}{tmp_path}/deep/er/ä %20.txt"
    answer = stages.attempt("writes", text="content", outputs={"out": uri}).run()
    assert Path(answer["result"]).name == "ä %20.txt"  # libraries tell formats by the name
    assert answer["out"].keys() == {"uri", "kind", "size", "sha256"}
    assert (answer["out"]["uri"], answer["out"]["kind"], answer["out"]["size"]) == (uri, "file", 7)
    assert tree(tmp_path / "deep") == ["er/ä %20.txt"]
    assert stages.attempt("reads", data=answer["out"]).run() == {"result": "content"}


def test_a_list_of_artifacts_is_checked_one_by_one(stages: Stages, tmp_path: Path) -> None:
    made = [
        stages.attempt("writes", text=text, outputs={"out": str(tmp_path / f"{text}.txt")}).run()["out"]
        for text in ("one", "two")
    ]
    assert stages.attempt("reads_all", parts=made).run() == {"result": ["one", "two"]}
    assert stages.attempt("reads_all", parts=[]).run() == {"result": []}
    (tmp_path / "two.txt").write_text("changed", encoding="utf-8")
    with pytest.raises(StageFailed, match=r"input `parts\[1\]` has changed since its producer committed"):
        stages.attempt("reads_all", parts=made).run()


def test_a_directory_is_replaced_as_a_whole(stages: Stages, tmp_path: Path) -> None:
    target = tmp_path / "model"
    first = stages.attempt("writes_tree", names=["a", "old/b"], outputs={"out": target}).run()["out"]
    assert (first["kind"], first["size"]) == ("dir", 6)
    second = stages.attempt("writes_tree", names=["a", "new/c"], outputs={"out": target}).run()["out"]
    assert tree(target) == ["a", "new/c"]
    assert names(tmp_path) == {"stages_code", "model"}
    assert stages.attempt("lists", data=second).run() == {"result": ["a", "new/c"]}
    with pytest.raises(StageFailed, match="input `data` has changed since its producer committed"):
        stages.attempt("lists", data=first).run()


def test_a_rerun_overwrites_and_gives_the_same_reference(stages: Stages, tmp_path: Path) -> None:
    one, two = (stages.attempt("writes_tree", names=["x/y", "z"], outputs={"out": tmp_path / "t"}).run() for _ in "ab")
    assert one == two


@pytest.mark.parametrize("how", ["raises", "aborts", "exits", "killed", "sleeps", "returns the wrong type"])
def test_a_failed_attempt_leaves_what_was_there_before(stages: Stages, tmp_path: Path, how: str) -> None:
    target = tmp_path / "data" / "out.txt"
    target.parent.mkdir()
    target.write_text("before")
    with pytest.raises((StageFailed, StageAborted, StageTimeout)):
        stages.attempt("half", seconds=1.0, how=how, outputs={"out": target}).run()
    assert tree(tmp_path / "data") == ["out.txt"]
    assert target.read_text() == "before"
    assert names(target.parent) == {"out.txt"}


def test_an_output_that_was_not_written_is_named_and_none_is_published(stages: Stages, tmp_path: Path) -> None:
    stages.write("""
        from stage_runtime import Artifact
        def stage(one: Artifact, two: Artifact):
            open(one.path, "w").close()
    """)
    with pytest.raises(StageFailed, match="output `two` was not written"):
        stages.attempt(outputs={"one": tmp_path / "data" / "1", "two": tmp_path / "data" / "2"}).run()
    assert names(tmp_path / "data") == set()


def test_a_missing_input_is_named(stages: Stages, tmp_path: Path) -> None:
    reference = stages.attempt("writes", text="x", outputs={"out": tmp_path / "x"}).run()["out"]
    (tmp_path / "x").unlink()
    with pytest.raises(StageFailed, match=f"input `data` is missing: nothing is at {tmp_path}/x"):
        stages.attempt("reads", data=reference).run()
    with pytest.raises(StageFailed, match="input `data` takes an artifact, got '/etc/passwd'"):
        stages.attempt("reads", data="/etc/passwd").run()


@pytest.mark.parametrize("change", ["other", "longer than before"])
def test_yesterdays_file_is_no_input(stages: Stages, tmp_path: Path, change: str) -> None:
    reference = stages.attempt("writes", text="today", outputs={"out": tmp_path / "x"}).run()["out"]
    (tmp_path / "x").write_text(change)
    for attempt in (stages.attempt("reads", data=reference), stages.command("cat {data.path}", data=reference)):
        with pytest.raises(StageFailed, match="input `data` has changed"):
            attempt.run()


def test_relative_addresses_count_from_the_current_directory(
    stages: Stages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = stages.attempt("writes", text="x", outputs={"out": "here/x.txt"}).run()
    assert answer["out"]["uri"] == "here/x.txt"
    assert (tmp_path / "here" / "x.txt").read_text() == "x"
    stages.write("""
        import os
        from stage_runtime import Artifact
        def stage(out: Artifact):
            os.chdir("/")
            open(out.path, "w").close()
    """)
    stages.attempt(outputs={"out": "here/y.txt"}).run()
    assert (tmp_path / "here" / "y.txt").exists()


def test_addresses_that_cannot_be_reached(stages: Stages) -> None:
    assert local_path("file:///a/b c%20") == Path("/a/b c%20")
    assert local_path("file://localhost/a") == Path("/a")
    for uri in ("s3://bucket/key", "file://elsewhere/a"):
        with pytest.raises(ArtifactError, match=f"no way to reach {uri}"):
            local_path(uri)
        with pytest.raises(StageFailed, match=f"no way to reach {uri}"):
            stages.attempt("writes", text="x", outputs={"out": uri}).run()


def test_leftovers_of_a_crash_are_removed_but_not_the_work_of_the_living(stages: Stages, tmp_path: Path) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(stages.folder)!r})
from stage_runtime import attempt
attempt("pipeline:half", stage="s", inputs={{"how": "sleeps"}}, outputs={{"out": {str(tmp_path / "data" / "x")!r}}})
"""
    staging = tmp_path / "data" / ".stage_runtime"
    with subprocess.Popen([sys.executable, "-c", script]) as engine:
        assert until(lambda: any(staging.glob("*/x")))
        [half] = staging.glob("*/x")
        stages.attempt("writes", text="whole", outputs={"out": tmp_path / "data" / "x"}).run()
        assert half.read_text() == "half"
        engine.send_signal(signal.SIGKILL)
        engine.wait()
    assert half.exists()
    stages.attempt("writes", text="again", outputs={"out": tmp_path / "data" / "other"}).run()
    assert names(tmp_path / "data") == {"other", "x"}
    assert (tmp_path / "data" / "x").read_text() == "whole"


def test_files_and_directories_take_each_others_place(tmp_path: Path) -> None:
    for kind in ("file", "dir", "file"):
        staging = Staging("out", str(tmp_path / "x"))
        if kind == "file":
            staging.path.write_text("x")
        else:
            staging.path.mkdir()
            (staging.path / "y").write_text("y")
        assert staging.reference()["kind"] == kind
        staging.publish()
        staging.discard()
        assert fingerprint(tmp_path / "x")["kind"] == kind
        assert names(tmp_path) == {"stages_code", "x"}


def test_a_directory_is_replaced_where_the_system_cannot_swap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portable_pipeline.runtime.files._exchange", lambda *_: False)
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / folder.name).write_text("x")
    _put_in_place(one, other)
    assert tree(other) == ["one"]
    assert tree(tmp_path / "one.previous") == ["other"]

    def refuse(*_: Any) -> None:
        raise OSError("disk on fire")

    (tmp_path / "third").mkdir()
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, to: refuse() if path.name == "third" else rename(path, to))
    with pytest.raises(OSError, match="disk on fire"):
        _put_in_place(tmp_path / "third", other)
    assert tree(other) == ["one"]


def test_the_hash_of_a_tree_is_that_of_names_and_contents(tmp_path: Path) -> None:
    def made(name: str, **files: str) -> str:
        folder = tmp_path / name
        for path, content in files.items():
            target = folder / path.replace("__", "/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        sha256: str = fingerprint(folder)["sha256"]
        return sha256

    base = made("base", a="1", b__c="2")
    assert made("same", b__c="2", a="1") == base
    assert len({base, made("content", a="1", b__c="3"), made("name", a="1", b__d="2"), made("flat", a="1", c="2")}) == 4
    (tmp_path / "same" / "empty").mkdir()
    assert fingerprint(tmp_path / "same")["sha256"] != base
    (tmp_path / "base" / "link").symlink_to("a")
    assert fingerprint(tmp_path / "base")["sha256"] != base
