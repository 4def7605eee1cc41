"""A module of the user, taken apart into top-level units: which define what, which change what."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import portable_pipeline
from portable_pipeline.capture.extraction.imports import LANGUAGE, imports_in, is_language, walk
from portable_pipeline.capture.extraction.language_objects import our_name
from portable_pipeline.capture.extraction.scopes import ModuleScope, NestedScopes, module_scope
from portable_pipeline.capture.source_files import SourceFile, first_line

Kind = Literal["import", "definition", "loop", "call", "other"]


@dataclass(eq=False, slots=True)
class Unit:
    """Top-level statements that travel together: one, or several on one line.

    Args:
        first: First line, decorators included.
        last: Last line.
    """

    nodes: list[ast.stmt]
    kind: Kind
    first: int
    last: int
    scope: ModuleScope = field(default_factory=ModuleScope)
    _walked: list[ast.AST] = field(default_factory=list)

    @property
    def walked(self) -> list[ast.AST]:
        """All nodes of its statements."""
        if not self._walked:
            self._walked = [each for node in self.nodes for each in ast.walk(node)]
        return self._walked


class ModuleCode:
    """The units of one module.

    Args:
        source: Its file.
        name: Its dotted name.
        namespace: Its globals, where it has been imported; empty where not.
    """

    def __init__(self, source: SourceFile, name: str, namespace: Mapping[str, Any]) -> None:
        self.source = source
        self.name = name
        self.namespace = namespace
        self.is_package = source.path.name == "__init__.py"
        self.future_annotations = False
        #: Local names of ours: `from portable_pipeline import Abort as Stop` gives `{"Stop": "Abort"}`.
        self.language_names: dict[str, str] = {}
        #: Those of them that came through another module of the user.
        self._taken_over: dict[str, str] = {}
        #: Names under which we are imported as a module.
        self.language_modules: set[str] = set()
        self.stars: list[ast.ImportFrom] = []
        self.units: list[Unit] = []
        #: Units that change the value of a name that another one made; or, for imports, that act on what is imported.
        self.changers: dict[str, list[Unit]] = {}
        self.definers: dict[str, list[Unit]] = {}
        self._take_apart()

    @cached_property
    def nested(self) -> NestedScopes:
        """Its functions and classes."""
        return NestedScopes(self.source.text, str(self.source.path))

    @cached_property
    def uses_language(self) -> bool:
        """Whether it has something of us for more than type checkers."""
        imports = imports_in(walk(unchecked(self.source.tree.body))) if LANGUAGE in self.source.text else ()
        return bool(self._taken_over) or any(is_language(each) for each in imports)

    def is_imported(self, name: str) -> bool:
        """Whether imports alone bind the name."""
        units = self.definers.get(name, ())
        return bool(units) and all(each.kind == "import" for each in units)

    def global_writers(self, name: str) -> list[Unit]:
        """Units with functions that assign the name under a `global` statement."""
        return self._global_writers.get(name, [])

    @cached_property
    def _global_writers(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        if "global " in self.source.text:
            for unit in self.units:
                for name in self.nested.between(unit.first, unit.last).writes:
                    found.setdefault(name, []).append(unit)
        return found

    def _take_apart(self) -> None:
        for statement in self.source.tree.body:
            if not self._is_ours_or_nothing(statement):
                self._add(statement)
        for unit in self.units:
            unit.scope = module_scope(unit.nodes)
        self._note_taken_over()
        for unit in self.units:
            unit.scope.binds = {each: None for each in unit.scope.binds if each not in self.language_names}
            for name in unit.scope.binds:
                self.definers.setdefault(name, []).append(unit)
        for unit in self.units:
            own = unit.scope.binds if unit.kind != "loop" and not _is_augmented(unit) else {}
            for name in unit.scope.changes:
                if name not in own:
                    self.changers.setdefault(name, []).append(unit)
            for name in unit.scope.passes:
                if name not in own and self._can_change(name):
                    self.changers.setdefault(name, []).append(unit)

    def _is_ours_or_nothing(self, statement: ast.stmt) -> bool:
        """Whether it is no code of the stages: the docstring, imports of us, the part for `python FILE`."""
        for node in imports_in(ast.walk(statement)) if _may_import(statement) else ():
            self._note_import(node, statement)
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return True
            case ast.ImportFrom(module="__future__", names=names):
                self.future_annotations |= any(each.name == "annotations" for each in names)
                return True
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                if not is_language(statement):
                    self.stars.append(statement)
                return True
            case ast.If(test=test):
                return is_main_check(test)
        if isinstance(statement, ast.Import):
            return all(each.name.partition(".")[0] == LANGUAGE for each in statement.names)
        return is_language(statement)

    def _note_import(self, node: ast.Import | ast.ImportFrom, statement: ast.stmt) -> None:
        if not is_language(node):
            return
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names = portable_pipeline.__all__ if alias.name == "*" else [alias.name]
                self.language_names.update({alias.asname or each: each for each in names})
            return
        for alias in node.names:
            if alias.name.partition(".")[0] == LANGUAGE:
                self.language_modules.add(alias.asname or LANGUAGE)
                self.language_names[alias.asname or LANGUAGE] = ""

    def _note_taken_over(self) -> None:
        """`from shared import Abort`, where `shared` has it from us."""
        bound = {name for unit in self.units for name in unit.scope.binds}
        imported = {name for unit in self.units if unit.kind == "import" for name in unit.scope.binds}
        if self.stars:
            imported.update(name for name in self.namespace if name not in bound)
        found = {name: our_name(self.namespace.get(name)) for name in imported - self.language_names.keys()}
        self._taken_over = {name: ours for name, ours in found.items() if ours is not None}
        self.language_names.update(self._taken_over)

    def _add(self, statement: ast.stmt) -> None:
        first, last = first_line(statement), statement.end_lineno or statement.lineno
        if self.units and self.units[-1].last >= first:
            unit = self.units[-1]
            unit.nodes.append(statement)
            unit.last, unit.kind = last, "other" if unit.kind != "loop" else "loop"
            return
        self.units.append(Unit([statement], _kind(statement), first, last))

    def _can_change(self, name: str) -> bool:
        """Whether a call that gets this name may change its value."""
        if self.is_imported(name) or name not in self.namespace:
            return False
        return not isinstance(self.namespace[name], _FIXED) and not callable(self.namespace[name])


_FIXED = (str, bytes, int, float, complex, bool, tuple, frozenset, type(None))


def _kind(statement: ast.stmt) -> Kind:
    match statement:
        case ast.Import() | ast.ImportFrom():
            return "import"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return "definition"
        case ast.For() | ast.AsyncFor() | ast.While():
            return "loop"
        case ast.Expr(value=ast.Call()):
            return "call"
    return "other"


def _may_import(statement: ast.stmt) -> bool:
    """Whether it can import at module level: functions and classes are looked at when they are needed."""
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.If | ast.Try | ast.With)


def _is_augmented(unit: Unit) -> bool:
    return any(isinstance(each, ast.AugAssign | ast.Delete) for each in unit.nodes)


def is_main_check(test: ast.expr) -> bool:
    """Whether a condition is `__name__ == "__main__"`."""
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is `TYPE_CHECKING`, also as an attribute of `typing`."""
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


def unchecked(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements without those that only type checkers see."""
    return [each for each in statements if not (isinstance(each, ast.If) and is_type_checking(each.test))]
