"""Import statements: what they bind, what of the project they reach, what of them is ours."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portable_pipeline.capture.project import Project

#: Our import package: nothing of it is there at run time.
LANGUAGE = "portable_pipeline"

ImportNode = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class LocalImport:
    """A module of the project that is imported.

    Args:
        module: Its dotted name.
        names: What is taken from it; None when the module itself is bound, under `bound`.
        bound: The name that the module is reached by, `a.b` for `import a.b`.
    """

    module: str
    names: tuple[str, ...] | None = None
    bound: str = ""


def is_language(node: ast.AST) -> bool:
    """Whether the import takes something from us; `import portable_pipeline, os` does."""
    if isinstance(node, ast.ImportFrom):
        return node.level == 0 and _ours(node.module or "")
    return isinstance(node, ast.Import) and any(_ours(each.name) for each in node.names)


def _ours(dotted: str) -> bool:
    return dotted.partition(".")[0] == LANGUAGE


def imports_in(nodes: Iterable[ast.AST]) -> Iterator[ImportNode]:
    """The imports among these nodes."""
    return (each for each in nodes if isinstance(each, ast.Import | ast.ImportFrom))


def walk(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes in these, in nested scopes too."""
    return (each for node in nodes for each in ast.walk(node))


def absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The dotted name that `from ..a import b` in this module takes from; empty above the project's top."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    up = node.level - (1 if is_package else 0)
    base = parts[: len(parts) - up] if up else parts
    return ".".join([*base, *([node.module] if node.module else [])])


def local_imports(
    node: ImportNode, module: str, is_package: bool, project: Project, wanted: frozenset[str] | None = None
) -> Iterator[LocalImport]:
    """The project's modules that an import in this module reaches.

    Args:
        wanted: Bound names that count; None for all.
    """
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            if (wanted is None or bound in wanted) and project.module_file(alias.name) is not None:
                yield LocalImport(alias.name, bound=alias.asname or alias.name)
        return
    source = absolute(node, module, is_package)
    taken = [each for each in node.names if wanted is None or (each.asname or each.name) in wanted]
    if taken and project.module_file(source) is not None:
        yield LocalImport(source, tuple(each.name for each in taken))
    for alias in taken:
        if project.module_file(f"{source}.{alias.name}" if source else alias.name) is not None:
            yield LocalImport(f"{source}.{alias.name}" if source else alias.name, bound=alias.asname or alias.name)


def attributes_of(bound: str, nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """What code asks of a module that it imports as a whole, `a.b` for `import a.b`."""
    found = (each for each in nodes if isinstance(each, ast.Attribute) and _dotted(each.value) == bound)
    return tuple(dict.fromkeys(each.attr for each in found))


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
