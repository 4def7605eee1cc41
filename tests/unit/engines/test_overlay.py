"""A pipeline's packages over an engine's: real environments, a wheel made here, no index."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.engines import environments, installer, overlay
from portable_pipeline.engines.environments import Environment


def wheel(folder: Path, name: str, version: str = "1.0") -> Path:
    """A wheel with one module that knows its version."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{each},,\n" for each in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)
    return path


def said(python: Path, program: str) -> str:
    done = subprocess.run([str(python), "-I", "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages come from a folder of the test."""
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An engine's environment, locked to a wheel of its own."""
    lock = tmp_path / "engine.txt"
    lock.write_text("acme_engine==1.0\nacme_shared==1.0\n", encoding="utf-8")
    monkeypatch.setattr(environments, "lock_file", lambda engine: lock)
    monkeypatch.setattr(overlay, "lock_file", lambda engine: lock)
    wheel(tmp_path, "acme_engine")
    for version in ("1.0", "2.0"):
        wheel(tmp_path, "acme_shared", version)
    folder = tmp_path / "engine"
    installer.make_venv(folder, installer.base_python())
    installer.install("the engine", folder / "bin" / "python", ["--requirements", str(lock)])
    return Environment("acme", "1.0", "3", "lock", 0, folder)


def test_packages_and_engine_are_imported_side_by_side(tmp_path: Path, engine: Environment) -> None:
    wheel(tmp_path, "acme_own")
    python = overlay.python_with(["acme_own"], engine)
    assert said(python, "import acme_own, acme_engine; print(acme_own.version, acme_engine.version)") == "1.0 1.0"
    assert "acme_own" not in {each.stem for each in installer.site_packages(engine.python).iterdir()}


def test_packages_are_held_to_the_engines_versions(tmp_path: Path, engine: Environment) -> None:
    python = overlay.python_with(["acme_shared"], engine)
    assert said(python, "import acme_shared; print(acme_shared.version)") == "1.0"
    with pytest.raises(Refused, match="contradict each other"):
        overlay.python_with(["acme_shared==2.0"], engine)


def test_a_local_run_gets_the_packages_and_nothing_of_ours(tmp_path: Path) -> None:
    wheel(tmp_path, "acme_own")
    python = overlay.python_with(["acme_own"])
    assert said(python, "import acme_own; print(acme_own.version)") == "1.0"
    seen = "import importlib.util as u; print([u.find_spec(n) for n in ('pydantic', 'portable_pipeline', 'pip')])"
    assert said(python, seen) == "[None, None, None]"


def test_the_same_packages_are_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("acme_a", "acme_b"):
        wheel(tmp_path, name)
    python = overlay.python_with(["acme_a", "acme_b"])
    monkeypatch.setattr(installer, "make_venv", lambda *_: pytest.fail("made twice"))
    assert overlay.python_with(["acme_b", "acme_a"]) == python


def test_a_failed_installation_is_no_environment(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="PPC462"):
        overlay.python_with(["acme_late"])
    wheel(tmp_path, "acme_late")
    assert said(overlay.python_with(["acme_late"]), "import acme_late; print('there')") == "there"


def test_without_packages_nothing_is_made(own_home: Path, engine: Environment) -> None:
    assert overlay.python_with([], engine) == engine.python
    assert not (own_home / "packages").exists()
