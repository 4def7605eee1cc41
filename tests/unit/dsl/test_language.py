"""The language without capture: what decorators make, what calling them does, what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import portable_pipeline
from portable_pipeline import Abort, Dataset, Input, Output, command, cron, pipeline, stage, uri
from portable_pipeline.dsl.durations import parse_duration
from portable_pipeline.dsl.stages import StageFunction

PUBLIC = {
    "Abort", "Artifact", "Dataset", "Directory", "FailureEvent", "Field", "Input", "Metrics", "Model", "Output",
    "RunEvent", "collect", "command", "cron", "each", "first_of", "for_each", "group", "in_", "otherwise", "pipeline",
    "run", "stage", "uri", "when",
}  # fmt: skip


def test_public_names() -> None:
    assert set(portable_pipeline.__all__) == PUBLIC
    assert set(dir(portable_pipeline)) >= PUBLIC
    assert all(getattr(portable_pipeline, name) is not None for name in PUBLIC)
    with pytest.raises(AttributeError, match="no attribute 'stages_of'"):
        _ = portable_pipeline.stages_of


@pytest.mark.parametrize("imported", ["import portable_pipeline", "from portable_pipeline import stage, pipeline, run"])
def test_importing_the_language_is_cheap(imported: str) -> None:
    """Whatever reads a pipeline file should not wait for what only the compiler needs."""
    heavy = {"pydantic", "libcst", "jinja2", "rich", "click", "asyncio", "importlib.metadata"}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {imported}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert heavy.isdisjoint(loaded)
    if imported.startswith("import"):
        assert "portable_pipeline.dsl" not in loaded


class TestStage:
    def test_call_outside_of_a_pipeline_just_calls(self, tmp_path: Path) -> None:
        @stage(retries=3, timeout="5m")
        def copy(text: str, source: Input[Dataset], target: Output[Dataset] = uri("{root}/copy.txt")) -> int:  # noqa: B008
            """Copy it."""
            Path(target.path).write_text(Path(source.path).read_text() + text)
            return 3

        (tmp_path / "in").write_text("a")
        target = SimpleNamespace(path=tmp_path / "out")
        assert copy("b", source=SimpleNamespace(path=tmp_path / "in"), target=target) == 3
        assert target.path.read_text() == "ab"

    def test_abort_is_an_exception(self) -> None:
        @stage
        def refuse() -> None:
            raise Abort("no")

        with pytest.raises(Abort, match="no"):
            refuse()

    def test_looks_like_the_function(self) -> None:
        def load(day: str) -> int:
            """Load a day."""
            return len(day)

        made = stage(load, retries=1)
        assert isinstance(made, StageFunction)
        assert (made.__name__, made.__doc__, made.__module__) == ("load", "Load a day.", __name__)
        assert made.function is load
        assert made.settings.retries == 1
        assert stage(load, name="other").__name__ == "other"
        assert repr(made) == "<stage load>"

    def test_function_of_another_module_is_untouched(self) -> None:
        before = dict(vars(parse_duration))
        made = stage(parse_duration)
        assert made("1m") == timedelta(minutes=1)
        assert vars(parse_duration) == before


def test_command_and_pipeline_run_only_in_runs() -> None:
    touch = command(["touch", "a"], name="touch")
    with pytest.raises(TypeError, match="only in a pipeline"):
        touch()

    @pipeline
    def nightly() -> None: ...

    with pytest.raises(TypeError, match="ppc run"):
        nightly()


def test_schedule() -> None:
    made = cron("0 2 * * *")
    assert (made.expression, made.timezone) == ("0 2 * * *", "UTC")
    assert made.place.code.co_filename == __file__


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("1d", 86400),
        ("1h30m", 5400),
        ("1d2h3m4s5ms", 93784.005),
        ("1.5h", 5400),
        (" 5m ", 300),
        ("0s", 0),
        ("500ms", 0.5),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", " ", "30", "30 m", "m", "-5m", "5M", "30m1h", "1h1h", "5 minutes", "1e3s", "9" * 30 + "d"]
)
def test_no_durations(text: str) -> None:
    assert parse_duration(text) is None
