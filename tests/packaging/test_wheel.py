"""What is installed is what was tested: the wheel, in an empty environment, far from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from portable_pipeline.engines import installer

ROOT = Path(__file__).parents[2]
PACKAGES = {"portable_pipeline", "ppc_airflow", "ppc_kfp", "ppc_prefect"}

pytestmark = pytest.mark.packaging


def built(out: Path, what: str) -> Path:
    environment = installer.clean_environment({"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    command = [sys.executable, "-m", "build", f"--{what}", "--installer", "uv", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = out.iterdir()
    return file


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return built(tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with nothing but the wheel and what it requires."""
    folder = tmp_path_factory.mktemp("installed") / "environment"
    installer.make_venv(folder, installer.base_python())
    installer.install("the wheel", folder / "bin" / "python", [str(wheel)])
    return folder / "bin"


def ppc(installed: Path, folder: Path, *arguments: str) -> str:
    environment = {"PATH": f"{installed}:/usr/bin:/bin", "PPC_HOME": str(folder / "home"), "HOME": str(folder)}
    done = subprocess.run(
        [str(installed / "ppc"), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_our_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top = {name.partition("/")[0] for name in names}
    assert top == {*PACKAGES, next(name for name in top if name.endswith(".dist-info"))}
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)
    assert {f"portable_pipeline/engines/locks/{each}.txt" for each in ("airflow", "kfp", "prefect")} <= set(names)
    assert not any("/tests/" in name or name.endswith((".pyc", ".orig")) for name in names)
    assert len(names) == len(set(names))


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(built(tmp_path / "sdist", "sdist")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
    for name in shipped:
        source = name.replace("portable_pipeline/templates/", "templates/", 1)
        assert {source, f"backends/{source}"} & names, name


def test_the_command_works_far_from_the_repository(installed: Path, tmp_path: Path) -> None:
    assert "ppc compile pipeline.py --target airflow" in ppc(installed, tmp_path, "--help")
    assert "R3 a timeout ends the attempt's whole process tree" in ppc(installed, tmp_path, "targets")
    example = tmp_path / "pipeline.py"
    example.write_text((ROOT / "examples" / "fan_in" / "pipeline.py").read_text(encoding="utf-8"), encoding="utf-8")
    targets = [f"--target={name}" for name in ("airflow", "kfp", "prefect")]
    ppc(installed, tmp_path, "compile", "pipeline.py", *targets, "--out", "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"airflow", "kfp", "prefect"}
    ppc(installed, tmp_path, "check", "pipeline.py", *targets)
    assert ppc(installed, tmp_path, "run", "pipeline.py").endswith("on local: success\n")


def test_what_the_wheel_compiles_is_what_the_checkout_compiles(installed: Path, tmp_path: Path) -> None:
    for folder, program in (("wheel", installed / "ppc"), ("checkout", Path(sys.executable).with_name("ppc"))):
        arguments = [
            "compile",
            str(ROOT / "examples/fan_in/pipeline.py"),
            "-t",
            "airflow",
            "-t",
            "prefect",
            "-o",
            folder,
        ]
        subprocess.run([str(program), *arguments], cwd=tmp_path, env=dict(os.environ), check=True, capture_output=True)
    assert texts(tmp_path / "wheel") == texts(tmp_path / "checkout") != {}


def test_the_types_are_visible_to_others(installed: Path, tmp_path: Path) -> None:
    program = tmp_path / "uses_us.py"
    program.write_text("from portable_pipeline import cron\n\nreveal_type(cron)\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(installed / "python"), str(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Revealed type is" in done.stdout
    assert '"Any"' not in done.stdout


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
