"""What a pipeline may be called, and what executing its file leaves behind."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from portable_pipeline.capture import Captured, NotCaptured, load
from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import (
    VerbatimModule,
    to_json,
)

PLAIN = """from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load() -> int:
    return 3


@pipeline
def nightly():
    load()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def captured(folder: Path, text: str, **others: str) -> Captured:
    """The pipeline of that text, without complaints; `others` are modules beside it."""
    for name, other in others.items():
        (folder / f"{name}.py").write_text(other)
    (folder / "pipeline.py").write_text(text)
    found = load("pipeline.py")
    assert [each.message for each in found.diagnostics] == []
    return found


def codes(name: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        load(name)
    return [each.code for each in refused.value.diagnostics]


class TestNames:
    def test_file(self, folder: Path) -> None:
        assert captured(folder, PLAIN).pipeline.name == "nightly"
        assert load("pipeline.py:nightly").pipeline == load(str(folder / "pipeline.py")).pipeline

    def test_module_of_the_current_folder(self, folder: Path) -> None:
        (folder / "acme").mkdir()
        (folder / "acme" / "pipes.py").write_text("from acme.steps import load\n" + PLAIN)
        (folder / "acme" / "steps.py").write_text("def load(): ...\n")
        found = load("acme.pipes:nightly")
        assert found.pipeline.source == "acme/pipes.py"
        assert load("acme.pipes").pipeline == found.pipeline
        assert found.sources.shown("acme/pipes.py") == "acme/pipes.py"

    def test_ir(self, folder: Path) -> None:
        pipeline = captured(folder, PLAIN).pipeline
        (folder / "pipeline.json").write_text(to_json(pipeline))
        assert load("pipeline.json").pipeline == pipeline

    def test_colon_in_a_path(self, folder: Path) -> None:
        (folder / "a:b").mkdir()
        (folder / "a:b" / "p.py").write_text(PLAIN)
        assert load("a:b/p.py").pipeline.name == "nightly"

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("pipelin.py", "PPC001"),
            ("nowhere/pipeline.py", "PPC001"),
            ("pipeline", "PPC001"),
            (".", "PPC002"),
            ("notes.txt", "PPC002"),
            ("pipeline.py:nigthly", "PPC006"),
            ("pipeline.py:load", "PPC006"),
            ("no.such.module:nightly", "PPC007"),
            ("json.scanner.more:nightly", "PPC007"),
            ("json.py", "PPC013"),
            ("latin.py", "PPC003"),
        ],
    )
    def test_what_is_no_pipeline(self, folder: Path, name: str, code: str) -> None:
        (folder / "pipeline.py").write_text(PLAIN)
        (folder / "json.py").write_text(PLAIN)
        (folder / "latin.py").write_bytes(b"NAME = '\xe4'\n")
        (folder / "notes.txt").write_text("")
        assert codes(name) == [code]

    def test_mistyped_file(self, folder: Path) -> None:
        (folder / "pipeline.py").write_text(PLAIN)
        with pytest.raises(Refused) as refused:
            load("pipelin.py")
        assert refused.value.diagnostics[0].advice == "did you mean `pipeline.py`?"

    def test_refusal_has_the_sources(self, folder: Path) -> None:
        (folder / "broken.py").write_text("def\n")
        with pytest.raises(NotCaptured) as refused:
            load("broken.py")
        assert refused.value.sources.text("broken.py") == "def\n"


class TestLeavesNothingBehind:
    def test_modules_and_path(self, folder: Path) -> None:
        before, path = set(sys.modules), list(sys.path)
        captured(folder, "import beside\n" + PLAIN, beside="VALUE = 1\n")
        assert {"pipeline", "beside"}.isdisjoint(set(sys.modules) - before)
        assert sys.path == path

    def test_packages_without_a_file(self, folder: Path) -> None:
        (folder / "acme_pipes").mkdir()
        (folder / "acme_pipes" / "first.py").write_text(PLAIN)
        load("acme_pipes.first:nightly")
        assert "acme_pipes" not in sys.modules

    def test_modules_of_the_same_name(self, folder: Path) -> None:
        """The second capture sees the second file, not what the first one left loaded."""
        sources = []
        for value in (1, 2):
            text = "from beside import VALUE\n" + PLAIN.replace("return 3", "return VALUE")
            modules = captured(folder, text, beside=f"VALUE = {value}\n").pipeline.modules
            sources += [each.source for each in modules if isinstance(each, VerbatimModule)]
            time.sleep(0.01)
            for cache in folder.glob("__pycache__"):
                for each in cache.iterdir():
                    each.unlink()
        assert sources == ["VALUE = 1\n", "VALUE = 2\n"]

    def test_loaded_module_of_the_same_name(self, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        (elsewhere / "beside_me.py").write_text("OTHER = True\n")
        sys.path.insert(0, str(elsewhere))
        try:
            import beside_me  # type: ignore[import-not-found]

            text = "from beside_me import VALUE\n" + PLAIN.replace("return 3", "return VALUE")
            captured(folder, text, beside_me="VALUE = 1\n")
            assert sys.modules["beside_me"] is beside_me
        finally:
            sys.path.remove(str(elsewhere))
            del sys.modules["beside_me"]

    def test_what_it_prints(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "pipeline.py").write_text("print('hello')\n" + PLAIN)
        load("pipeline.py")
        assert capsys.readouterr() == ("", "hello\n")

    def test_annotations_stay_objects(self, folder: Path) -> None:
        text = PLAIN + "\n\nassert load.function.__annotations__ == {'return': int}\n"
        captured(folder, text)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [("broken", "x = (\n", "PPC003"), ("random", "X = 1\n", "PPC013"), ("odd", "\xe4", "PPC003")],
)
def test_local_module_that_cannot_travel(folder: Path, name: str, text: str, code: str) -> None:
    (folder / f"{name}.py").write_text(text, encoding="latin-1")
    (folder / "pipeline.py").write_text(PLAIN.replace("    return 3", f"    import {name}\n\n    return 3"))
    assert [each.code for each in load("pipeline.py").diagnostics] == [code]


def test_handle_of_another_pipeline(folder: Path) -> None:
    """One that outlived its trace, here in a module that stays loaded."""
    kept = """import json
from portable_pipeline import pipeline, stage

kept = json.__dict__.setdefault("_kept_by_a_test", [])


@stage(timeout="5m")
def load(rows: int = 0) -> int:
    return 3


@pipeline
def first():
    kept.append(load())


@pipeline
def second():
    load(kept[0])
"""
    (folder / "pipelines.py").write_text(kept)
    load("pipelines.py:first")
    found = load("pipelines.py:second")
    assert [(each.code, each.message) for each in found.diagnostics] == [
        ("PPC050", "handle of load belongs to another pipeline")
    ]
