"""What we import is what we require: nothing comes along by accident."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {"portable_pipeline", "ppc_airflow", "ppc_kfp", "ppc_prefect"}
#: Imported by drivers and by what runs beside generated code only: they live in the engines' environments.
ELSEWHERE = ("driver", "runtime")


def required() -> set[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed
    return {name.lower().replace("-", "_") for name in re.findall(r'"([A-Za-z0-9_.-]+?)[<>=~ ]', listed[1])}


def test_every_import_is_required() -> None:
    imported: dict[str, Path] = {}
    for folder in ("portable_pipeline", "backends"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name.startswith(ELSEWHERE[0]) or ELSEWHERE[1] in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                imported |= {name.partition(".")[0]: path for name in names}
    foreign = {name for name in imported if name not in sys.stdlib_module_names and name not in OURS}
    assert {name: imported[name] for name in foreign - required()} == {}


def test_the_licence_is_the_one_that_is_named() -> None:
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
