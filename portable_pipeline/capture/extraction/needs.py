"""What a unit needs of its module: names, and what of it cannot travel."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from portable_pipeline.capture.extraction.imports import imports_in, is_language
from portable_pipeline.capture.extraction.module_code import ModuleCode, Unit
from portable_pipeline.capture.extraction.rewriting import RUNTIME_NAMES, Rewriting, remaining
from portable_pipeline.capture.extraction.scopes import annotations_in, module_scope, names_in_annotation
from portable_pipeline.diagnostics import Diagnostic, Related, Span
from portable_pipeline.diagnostics.catalog.module_state import ChangedName, FilledByLoop, GlobalStatement
from portable_pipeline.diagnostics.catalog.stage_code import (
    DynamicNames,
    FileLocation,
    LanguageInStage,
    StageInStage,
    StarImport,
    UndefinedName,
)
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.dsl.pipelines import PipelineFunction
from portable_pipeline.dsl.stages import CommandStage, StageFunction

_BUILTINS = frozenset(dir(builtins))
#: What every module has without defining it.
_IMPLICIT = frozenset({"__name__", "__doc__", "__package__", "__spec__", "__loader__", "__builtins__", "__debug__"})
_DYNAMIC = frozenset({"globals", "locals", "eval", "exec", "vars", "__import__"})


@dataclass(slots=True)
class Needs:
    """What a unit needs.

    Args:
        names: Module-level names of its own module.
        runtime_names: Names of ours that are there at run time.
        aliases: Local names for them: `{"Stop": "Abort"}`.
    """

    names: dict[str, None] = field(default_factory=dict)
    runtime_names: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)

    def add_ours(self, name: str, ours: str) -> None:
        """Take note of a name of ours, under the name that the module has for it."""
        self.runtime_names.add(ours)
        if name != ours:
            self.aliases[name] = ours


class NeedsReader:
    """Reads what units of one module need, and refuses what cannot travel.

    Args:
        module: The module.
        found: Where diagnostics go.
    """

    def __init__(self, module: ModuleCode, found: list[Diagnostic]) -> None:
        self._module = module
        self._found = found
        #: Units that something is wrong with already.
        self.refused: set[Unit] = set()

    def of(self, unit: Unit, rewriting: Rewriting, stage: str) -> Needs:
        """What the unit needs.

        Args:
            stage: The stage that needs the unit, for messages.
        """
        scope = module_scope(unit.nodes, frozenset(rewriting.removed))
        nested = self._module.nested.between(unit.first, unit.last)
        self._refuse_writes(unit, list(nested.writes), stage)
        self._refuse_imports(unit, stage)
        needs = Needs(runtime_names=set(rewriting.runtime_names))
        for name in dict.fromkeys((*scope.reads, *nested.reads)):
            self._need(name, unit, rewriting, needs, stage)
        for annotation in annotations_in(unit.walked):
            for name in names_in_annotation(remaining([annotation], rewriting.removed)):
                ours = self._module.language_names.get(name)
                if name in self._module.definers:
                    needs.names[name] = None
                elif ours in RUNTIME_NAMES:
                    needs.add_ours(name, ours)
        return needs

    def _need(self, name: str, unit: Unit, rewriting: Rewriting, needs: Needs, stage: str) -> None:
        module = self._module
        if name in module.language_names:
            self._need_ours(name, unit, rewriting, needs, stage)
        elif name in module.definers:
            needs.names[name] = None
            value = module.namespace.get(name)
            is_stage = isinstance(value, StageFunction | CommandStage | PipelineFunction)
            if is_stage and unit not in module.definers[name] and name != stage:
                self._found.append(StageInStage(span=self._span(name, unit, rewriting), name=name, stage=stage))
        elif name == "__file__":
            self._found.append(FileLocation(span=self._span(name, unit, rewriting), stage=stage))
        elif name in _DYNAMIC:
            self._refuse_dynamic(name, unit, rewriting, stage)
        elif name not in _IMPLICIT and (name not in _BUILTINS or self._is_from_star(name)):
            self._refuse_undefined(name, unit, rewriting, stage)

    def _need_ours(self, name: str, unit: Unit, rewriting: Rewriting, needs: Needs, stage: str) -> None:
        uses = [
            each for each in remaining(unit.nodes, rewriting.removed) if isinstance(each, ast.Name) and each.id == name
        ]
        ours = self._module.language_names[name]
        if not uses:
            return
        if ours not in RUNTIME_NAMES:
            span = self._module.source.span(uses[0])
            self._found.append(LanguageInStage(span=span, name=ours or name, stage=stage))
            return
        needs.add_ours(name, ours)

    def _is_from_star(self, name: str) -> bool:
        """Whether a star import has replaced a builtin."""
        return name in self._module.namespace and self._module.namespace[name] is not getattr(builtins, name, None)

    def _refuse_undefined(self, name: str, unit: Unit, rewriting: Rewriting, stage: str) -> None:
        module, span = self._module, self._span(name, unit, rewriting)
        if span is None:
            return  # Only in what does not travel.
        if module.stars and (name in module.namespace or not module.namespace):
            star = module.source.span(module.stars[-1])
            related = (Related(span, "needed here"),)
            self._found.append(StarImport(span=star, related=related, name=name, stage=stage))
            return
        if name in module.namespace:
            suggestion = "write it as an assignment, a function or an import at the top of the module"
        else:
            suggestion = did_you_mean(name, [*module.definers, *_BUILTINS], listed=0)
        if suggestion.startswith("known"):
            suggestion = "define or import it at the top of the module"
        self._found.append(UndefinedName(span=span, name=name, stage=stage, suggestion=suggestion))

    def _refuse_dynamic(self, name: str, unit: Unit, rewriting: Rewriting, stage: str) -> None:
        for node in remaining(unit.nodes, rewriting.removed):
            match node:
                case ast.Call(func=ast.Name(id=called), args=arguments) if called == name:
                    if name != "vars" or not arguments:
                        span = self._module.source.span(node)
                        self._found.append(DynamicNames(span=span, function=name, stage=stage))

    def _refuse_imports(self, unit: Unit, stage: str) -> None:
        """What a function imports of us and is not there at run time."""
        for node in imports_in(unit.walked) if unit.kind == "definition" else ():
            names = [each.name for each in node.names if each.name not in RUNTIME_NAMES]
            if is_language(node) and names:
                span = self._module.source.span(node)
                self._found.append(LanguageInStage(span=span, name=", ".join(names), stage=stage))

    def _refuse_writes(self, unit: Unit, names: list[str], stage: str) -> None:
        for node in unit.walked if names else ():
            if isinstance(node, ast.Global):
                self._found.append(
                    GlobalStatement(span=self._module.source.span(node), name=", ".join(node.names), stage=stage)
                )

    def refuse_changes(self, name: str, stage: str) -> None:
        """Say so where the value of a name that a stage needs depends on more than its definition."""
        module = self._module
        for unit in module.definers[name]:
            if unit.kind == "loop":
                span = self._head(unit)
                self._found.append(FilledByLoop(span=span, name=name, stage=stage))
        if module.is_imported(name):
            return
        for unit in module.changers.get(name, ()):
            self._found.append(ChangedName(span=self._head(unit), name=name, stage=stage))
            self.refused.add(unit)

    def refuse_writers(self, name: str, stage: str, travelling: Collection[Unit]) -> None:
        """Say so where a function that does not travel assigns the name; of those that do it is said already."""
        for unit in self._module.global_writers(name):
            if unit not in travelling:
                self._found.append(ChangedName(span=self._head(unit), name=name, stage=stage))

    def _head(self, unit: Unit) -> Span:
        """The statement; of a block its first line."""
        node = unit.nodes[0]
        is_block = hasattr(node, "body")
        return self._module.source.span_of_line(node.lineno) if is_block else self._module.source.span(node)

    def _span(self, name: str, unit: Unit, rewriting: Rewriting) -> Span | None:
        for each in _names(unit, rewriting):
            if each.id == name:
                return self._module.source.span(each)
        return None


def _names(unit: Unit, rewriting: Rewriting) -> Iterator[ast.Name]:
    return (each for each in remaining(unit.nodes, rewriting.removed) if isinstance(each, ast.Name))
