"""A home of its own for each test, and a target whose engine is a script that this folder knows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.backend import Backend, Engine
from portable_pipeline.engines import environments, home
from portable_pipeline.engines.environments import Environment


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing here touches what the user has installed."""
    folder = tmp_path / "home"
    monkeypatch.setenv(home.HOME_VARIABLE, str(folder))
    return folder


@pytest.fixture
def make_target(tmp_path: Path) -> Callable[..., Backend]:
    """`make_target(driver_source)`: a target whose driver has this text."""

    def make(source: str = "", pythons: tuple[int, ...] = (sys.version_info.minor,), compiled: bool = False) -> Backend:
        driver = tmp_path / "driver.py"
        driver.write_text(source, encoding="utf-8")
        engine = Engine(
            version="1.0", pythons=pythons, driver=driver, entry=lambda each: f"{each.name}_flow.py", compiled=compiled
        )
        return Backend(
            name="prefect",  # a name that has a lock file
            title="Sample engine",
            support={},
            check=lambda pipeline: (),
            generate=lambda pipeline: (),
            engine=engine,
        )

    return make


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An installed engine: the interpreter that runs the tests, under another name."""
    folder = tmp_path / "environment"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    environment = Environment("prefect", "1.0", "3.x", "lock", 0, folder)
    monkeypatch.setattr(environments, "require", lambda target: environment)
    monkeypatch.setattr(environments, "find", lambda target: environment)
    return environment
