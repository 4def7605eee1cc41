"""Names in a top-level statement: what it binds, reads and changes at module level, nested scopes included."""

from __future__ import annotations

import ast
import symtable
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Scopes of expressions: the walk below looks into them itself.
_EXPRESSION_SCOPES = frozenset({"lambda", "listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass(slots=True)
class ModuleScope:
    """What a statement does at module level, where it is executed on import.

    Args:
        binds: Names that it assigns, imports or defines.
        reads: Names that it evaluates.
        annotations: Annotations in it, which are evaluated late or never.
        changes: Names whose values it changes in place, or rebinds from their old values.
        passes: Names that a bare call gets as arguments: it may change their values.
    """

    binds: dict[str, None] = field(default_factory=dict)
    reads: dict[str, None] = field(default_factory=dict)
    annotations: list[ast.expr] = field(default_factory=list)
    changes: dict[str, None] = field(default_factory=dict)
    passes: dict[str, None] = field(default_factory=dict)


def module_scope(statements: Iterable[ast.stmt], skipped: frozenset[ast.AST] = frozenset()) -> ModuleScope:
    """What the statements do at module level.

    Args:
        statements: Executed one after the other.
        skipped: Parts of them that do not travel.
    """
    scope = ModuleScope()
    for statement in statements:
        _visit(statement, scope, frozenset(), skipped)
    return scope


def _visit(node: ast.AST, scope: ModuleScope, bound: frozenset[str], skipped: frozenset[ast.AST]) -> None:
    if node in skipped:
        return
    for child in _children(node, scope):
        _visit(child, scope, bound | _bound_in(node), skipped)
    if isinstance(node, ast.Name):
        if node.id not in bound and not isinstance(node.ctx, ast.Del):
            (scope.reads if isinstance(node.ctx, ast.Load) else scope.binds)[node.id] = None
    else:
        scope.binds.update(dict.fromkeys(_bound_by(node)))
        scope.changes.update(dict.fromkeys(_changed_by(node)))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        values = [*node.value.args, *(each.value for each in node.value.keywords)]
        scope.passes.update(dict.fromkeys(each.id for each in values if isinstance(each, ast.Name)))


def _bound_by(node: ast.AST) -> list[str]:
    """Names that a node binds other than by assigning to them."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
        case ast.Import(names=aliases):
            return [each.asname or each.name.partition(".")[0] for each in aliases]
        case ast.ImportFrom(names=aliases):
            return [each.asname or each.name for each in aliases if each.name != "*"]
    return []


def _changed_by(node: ast.AST) -> list[str]:
    """Names whose values a node changes in place, or rebinds from their old values."""
    match node:
        case ast.AugAssign(target=target):
            return _root(target)
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
            return _root(node)
        case ast.Delete(targets=targets):
            return [name for target in targets for name in _root(target)]
        case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
            return _root(method)
    return []


def _children(node: ast.AST, scope: ModuleScope) -> Iterator[ast.AST]:
    """What is executed in the scope that the node stands in; annotations are put aside."""
    if isinstance(node, _FUNCTIONS):
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        scope.annotations += [each.annotation for each in every if each is not None and each.annotation is not None]
        scope.annotations += [node.returns] if node.returns is not None else []
        yield from node.decorator_list
        yield from (each for each in (*arguments.defaults, *arguments.kw_defaults) if each is not None)
    elif isinstance(node, ast.ClassDef):
        yield from (*node.decorator_list, *node.bases, *node.keywords)
    elif isinstance(node, ast.AnnAssign):
        scope.annotations.append(node.annotation)
        yield node.target
        if node.value is not None:
            yield node.value
    elif isinstance(node, ast.Lambda):
        yield from (each for each in (*node.args.defaults, *node.args.kw_defaults, node.body) if each is not None)
    else:
        yield from ast.iter_child_nodes(node)


def _bound_in(node: ast.AST) -> frozenset[str]:
    """Names that an expression binds for itself."""
    if isinstance(node, ast.Lambda):
        return frozenset(each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg))
    if isinstance(node, _COMPREHENSIONS):
        targets = (each for generator in node.generators for each in ast.walk(generator.target))
        return frozenset(each.id for each in targets if isinstance(each, ast.Name))
    return frozenset()


def _root(node: ast.expr) -> list[str]:
    """The name that `name.x[0].y` starts with; none when it starts with something else."""
    found = node
    while isinstance(found, ast.Attribute | ast.Subscript | ast.Call):
        found = found.func if isinstance(found, ast.Call) else found.value
    return [found.id] if isinstance(found, ast.Name) else []


@dataclass(slots=True)
class NestedNames:
    """Module-level names that the functions and classes of a statement use.

    Args:
        reads: Names that they read.
        writes: Names that they assign under a `global` statement.
    """

    reads: dict[str, None] = field(default_factory=dict)
    writes: dict[str, None] = field(default_factory=dict)


class NestedScopes:
    """The functions and classes of a module, by the lines they start at.

    Args:
        text: The module's source.
        file: For the compiler.
    """

    def __init__(self, text: str, file: str) -> None:
        tables = symtable.symtable(text, file, "exec").get_children()
        self._tables = sorted(
            (each for each in tables if each.get_name() not in _EXPRESSION_SCOPES), key=symtable.SymbolTable.get_lineno
        )
        self._lines = [each.get_lineno() for each in self._tables]

    def between(self, first: int, last: int) -> NestedNames:
        """The names that scopes starting at these lines use, both inclusive."""
        names = NestedNames()
        for table in self._tables[bisect_right(self._lines, first - 1) : bisect_right(self._lines, last)]:
            _collect(table, names)
        return names


def _collect(table: symtable.SymbolTable, names: NestedNames) -> None:
    for symbol in table.get_symbols():
        if not symbol.is_global():
            continue
        if symbol.is_declared_global() and (symbol.is_assigned() or symbol.is_imported()):
            names.writes[symbol.get_name()] = None
        if symbol.is_referenced():
            names.reads[symbol.get_name()] = None
    for child in table.get_children():
        _collect(child, names)


def annotations_in(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """The annotations among these nodes."""
    for each in nodes:
        if isinstance(each, ast.arg | ast.AnnAssign) and each.annotation is not None:
            yield each.annotation
        elif isinstance(each, _FUNCTIONS) and each.returns is not None:
            yield each.returns


def names_in_annotation(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names that these nodes of an annotation mention, also inside a string."""
    for each in nodes:
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield from names_in_text(each.value)


def names_in_text(text: str) -> Iterator[str]:
    """Names in an annotation that is a string; none when it is no expression, as in `Literal["a b"]`."""
    try:
        parsed = ast.parse(text, mode="eval")
    except SyntaxError:
        return
    yield from (each.id for each in ast.walk(parsed) if isinstance(each, ast.Name))
