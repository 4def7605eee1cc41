"""What may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portable_pipeline.backend import backends

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "portable_pipeline" / "runtime"
OURS = ("portable_pipeline", "ppc_airflow", "ppc_kfp", "ppc_prefect")
ORCHESTRATORS = ("airflow", "prefect", "kfp")


def imported(source: str) -> Iterator[str]:
    """Top-level names of all absolute imports that are carried out, wherever they stand."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        waiting += node.orelse if isinstance(node, ast.If) and for_types else ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def test_the_layers_hold() -> None:
    program = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_was_generated_knows_nothing_of_us() -> None:
    files = sorted((ROOT / "tests" / "golden").glob("*/*/**/*.py"))
    assert files
    known = {path: set(imported(path.read_text(encoding="utf-8"))) & set(OURS) for path in files}
    assert {path: found for path, found in known.items() if found} == {}


def test_templates_know_nothing_of_us() -> None:
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        assert not any(name in path.read_text(encoding="utf-8") for name in OURS), path


def test_the_runtime_needs_the_standard_library_only() -> None:
    files = sorted(RUNTIME.glob("*.py"))
    assert files
    for path in files:
        assert set(imported(path.read_text(encoding="utf-8"))) <= sys.stdlib_module_names, path


@pytest.mark.parametrize("target", sorted(backends()))
def test_a_driver_knows_nothing_of_us(target: str) -> None:
    driver = backends()[target].engine.driver
    assert driver.is_file()
    for path in driver.parent.glob("driver*.py"):
        names = set(imported(path.read_text(encoding="utf-8")))
        assert names.isdisjoint(OURS), path


def test_compiling_imports_no_orchestrator(tmp_path: Path) -> None:
    example = ROOT / "examples" / "fan_in" / "pipeline.py"
    arguments = ["compile", str(example), "--out", str(tmp_path), *(f"--target={name}" for name in backends())]
    program = (
        "import sys; from portable_pipeline.cli.main import run; "
        f"code = run({arguments!r}); print(code, *sys.modules, file=sys.stderr)"
    )
    environment = {"PPC_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0"
    assert set(ORCHESTRATORS).isdisjoint(modules)
