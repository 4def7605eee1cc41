"""From units to the statements of the IR."""

from __future__ import annotations

import ast
from collections.abc import Collection

from portable_pipeline.capture.extraction.imports import LocalImport
from portable_pipeline.capture.extraction.module_code import ModuleCode, Unit
from portable_pipeline.capture.extraction.needs import Needs
from portable_pipeline.capture.extraction.rewriting import Rewriting, text_of
from portable_pipeline.ir import Statement


def statement_of(
    unit: Unit,
    code: ModuleCode,
    rewriting: Rewriting,
    needs: Needs,
    *,
    wanted: Collection[str],
    imports: tuple[LocalImport, ...],
) -> Statement:
    """The statement that travels.

    Args:
        wanted: Names of the module that are needed: an import brings no others.
        imports: What the unit imports of the project.
    """
    if unit.kind == "import" and len(unit.nodes) == 1:
        line, text, defines = _import_of(unit, code, wanted)
    else:
        line, text = text_of(unit, code, rewriting)
        defines = tuple(unit.scope.binds)
    # A call that acts on an imported module belongs to the name of that module: whoever needs it needs the call.
    effects = tuple(name for name in unit.scope.changes if code.is_imported(name))
    return Statement(
        text=text,
        line=line,
        defines=defines or effects,
        needs=tuple(sorted({*needs.names, *needs.runtime_names, *needs.aliases} - set(defines))),
        local_imports=tuple(dict.fromkeys(each.module for each in imports)),
        is_import=unit.kind == "import",
    )


def alias_of(alias: str, ours: str) -> Statement:
    """`from portable_pipeline import Abort as Stop`, at run time."""
    return Statement(text=f"{alias} = {ours}\n", line=1, defines=(alias,), needs=(ours,))


def _import_of(unit: Unit, code: ModuleCode, wanted: Collection[str]) -> tuple[int, str, tuple[str, ...]]:
    """First line, text and names of an import of what is needed, as it was written when all is."""
    (node,) = unit.nodes
    assert isinstance(node, ast.Import | ast.ImportFrom), "the only statement of an import"
    used = [each for each in node.names if (each.asname or each.name.partition(".")[0]) in wanted]
    defines = tuple(dict.fromkeys(each.asname or each.name.partition(".")[0] for each in used))
    if len(used) == len(node.names):
        line, text = text_of(unit, code, Rewriting())
        return line, text, defines
    if isinstance(node, ast.Import):
        shorter: ast.stmt = ast.Import(names=used)
    else:
        shorter = ast.ImportFrom(module=node.module, names=used, level=node.level)
    return unit.first, f"{ast.unparse(shorter)}\n", defines
