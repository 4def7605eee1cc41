"""Environments: made once, found again, never taken for ready when they are half-made."""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.backend import Backend
from portable_pipeline.diagnostics import Refused
from portable_pipeline.engines import environments, installer, inventory

Make = Callable[..., Backend]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of uv; nothing is installed."""
    calls: list[str] = []

    def make_venv(folder: Path, python: Path) -> None:
        calls.append(f"venv {folder.name}")
        (folder / "bin").mkdir(parents=True)
        (folder / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
        (folder / "bin" / "python").write_text("#!", encoding="utf-8")

    def install(what: str, python: Path, arguments: list[str]) -> None:
        calls.append(f"install {Path(arguments[1]).name}")

    monkeypatch.setattr(installer, "make_venv", make_venv)
    monkeypatch.setattr(installer, "install", install)
    return calls


def test_an_engine_is_installed_once(make_target: Make, made: list[str]) -> None:
    target, said = make_target(), list[str]()
    assert environments.find(target) is None
    first = environments.install(target, said.append)
    assert environments.install(target, said.append) == first == environments.require(target)
    assert made == [f"venv {first.folder.name}", "install prefect.txt"]
    assert said[-1] == "prefect 1.0 is installed (Python 3.12)"


def test_an_engine_that_is_not_installed_is_told(make_target: Make) -> None:
    with pytest.raises(Refused) as refused:
        environments.require(make_target())
    assert refused.value.diagnostics[0].code == "PPC460"
    assert refused.value.diagnostics[0].advice == "ppc engines install prefect"


def test_an_interrupted_installation_is_started_again(
    make_target: Make, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make_target()
    with monkeypatch.context() as patch:
        patch.setattr(installer, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            environments.install(target)
    assert environments.find(target) is None
    assert environments.installed() == ()


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_another_lock_file_is_another_environment(
    make_target: Make, made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make_target()
    old = environments.install(target)
    lock = tmp_path / "new.txt"
    lock.write_text("prefect==9\n", encoding="utf-8")
    monkeypatch.setattr(environments, "lock_file", lambda engine: lock)
    assert environments.find(target) is None
    new = environments.install(target)
    assert {each.folder for each in environments.installed("prefect")} == {old.folder, new.folder}
    states = {each["folder"]: each["state"] for each in json.loads(inventory.as_json({"prefect": target}))}
    assert states == {str(new.folder): "installed", str(old.folder): "outdated"}


def test_removing_leaves_nothing(make_target: Make, made: list[str]) -> None:
    target = make_target()
    environments.install(target)
    assert environments.remove("prefect") == 1
    assert environments.find(target) is None
    assert environments.remove("prefect") == 0


def test_the_list_names_what_could_be_installed(make_target: Make, own_home: Path) -> None:
    assert inventory.as_text({"prefect": make_target()}) == (
        f"engine   version  state          python  size\nprefect  1.0      not installed  -       -\nin {own_home}\n"
    )


def test_two_processes_install_one_after_the_other(make_target: Make, tmp_path: Path) -> None:
    log = tmp_path / "order.txt"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=hold_lock, args=(log,)) for _ in range(3)]
    for each in processes:
        each.start()
    for each in processes:
        each.join(20)
    assert log.read_text(encoding="utf-8").split() == ["in", "out"] * 3


def hold_lock(log: Path) -> None:
    import time

    from portable_pipeline.engines.home import locked

    with locked("engine-prefect"):
        for word in ("in", "out"):
            with log.open("a", encoding="utf-8") as file:
                file.write(f"{word}\n")
            time.sleep(0.05)


def test_every_target_has_a_lock_file_of_exact_versions() -> None:
    from portable_pipeline.backend import backends

    for name, target in backends().items():
        lines = [line for line in environments.lock_file(name).read_text(encoding="utf-8").splitlines() if line]
        pins = [line for line in lines if not line.startswith("#")]
        assert pins
        assert all("==" in line for line in pins)
        assert not any(word in line for line in lines for word in ("://", "--index", "--find-links"))
        assert any(target.engine.version in line for line in pins)
        assert sys.version_info.minor in target.engine.pythons
