"""From stages to the code that they need: the worklist over units and modules."""

from __future__ import annotations

import ast
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portable_pipeline.capture.checks import why_unusable
from portable_pipeline.capture.definitions import Definition
from portable_pipeline.capture.extraction.aborting import Users
from portable_pipeline.capture.extraction.imports import (
    ImportNode,
    LocalImport,
    attributes_of,
    imports_in,
    local_imports,
    walk,
)
from portable_pipeline.capture.extraction.module_code import ModuleCode, Unit
from portable_pipeline.capture.extraction.needs import Needs, NeedsReader
from portable_pipeline.capture.extraction.rewriting import RUNTIME_NAMES, Rewriting, rewriting_of
from portable_pipeline.capture.extraction.statements import alias_of, statement_of
from portable_pipeline.capture.extraction.targets import Target, target_of
from portable_pipeline.capture.project import Project, module_name
from portable_pipeline.capture.source_files import SourceFile
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.module_state import StatementLeftBehind
from portable_pipeline.dsl.stages import StageFunction
from portable_pipeline.ir import ExtractedModule, Module, PythonBody, Statement, VerbatimModule


@dataclass(slots=True)
class _Extracted:
    """What of one module travels so far.

    Args:
        needed: Names that are needed, each with the stage that needed it first.
        passed_on: Names of ours that other modules take from this one.
    """

    code: ModuleCode
    reader: NeedsReader
    needed: dict[str, str] = field(default_factory=dict)
    passed_on: Needs = field(default_factory=Needs)
    units: dict[Unit, tuple[Rewriting, Needs, tuple[LocalImport, ...]]] = field(default_factory=dict)


class Extraction:
    """Collects the code of a pipeline's stages.

    Args:
        project: The user's files.
        found: Where diagnostics go.
    """

    def __init__(self, project: Project, found: list[Diagnostic]) -> None:
        self._project = project
        self._found = found
        self._codes: dict[str, ModuleCode] = {}
        self._extracted: dict[str, _Extracted] = {}
        self._verbatim: dict[str, SourceFile] = {}
        self._waiting: deque[tuple[str, str, str]] = deque()
        self._unusable: set[str] = set()
        self._targets: dict[StageFunction[..., Any], Target] = {}

    def is_installed(self, function: Callable[..., Any]) -> bool:
        """Whether the function comes from outside the project."""
        module = sys.modules.get(getattr(function, "__module__", None) or "")
        return self._project.file(getattr(module, "__file__", None) or "") is None

    def add(self, stage: StageFunction[..., Any], definition: Definition) -> None:
        """Take up the code of a stage."""
        target = target_of(stage, definition, self._project, self._found)
        self._targets[stage] = target
        if target.installed:
            return
        code = self._code(target.module)
        if code is None:
            return
        self._travel_along(target.module, stage.__name__)
        if code.uses_language:
            self._waiting.append((target.module, target.function, stage.__name__))
        else:
            self._add_module(target.module, stage.__name__)
        self._work()

    def bodies(self) -> Mapping[StageFunction[..., Any], PythonBody]:
        """The body of each stage that was added."""
        aborting = self._aborting()
        return {
            stage: PythonBody(
                module=target.module,
                function=target.function,
                installed=target.installed,
                aborts=(target.module, target.function) in aborting,
            )
            for stage, target in self._targets.items()
        }

    def modules(self) -> tuple[Module, ...]:
        """All modules that travel, by name."""
        extracted: list[Module] = [self._extracted_module(each) for each in self._extracted.values()]
        verbatim = [self._verbatim_module(name, source) for name, source in self._verbatim.items()]
        return tuple(sorted([*extracted, *verbatim], key=lambda each: each.name))

    # -- the worklist

    def _work(self) -> None:
        while self._waiting:
            module, name, stage = self._waiting.popleft()
            extracted = self._extract(module)
            if name in extracted.needed:
                continue
            extracted.needed[name] = stage
            if name not in extracted.code.definers:
                continue
            extracted.reader.refuse_changes(name, stage)
            effects = extracted.code.changers.get(name, ()) if extracted.code.is_imported(name) else ()
            for unit in (*extracted.code.definers[name], *effects):
                self._take(extracted, unit, stage)
            self._follow_imports(extracted, name, stage)

    def _take(self, extracted: _Extracted, unit: Unit, stage: str) -> None:
        if unit in extracted.units:
            return
        rewriting = rewriting_of(unit, extracted.code)
        needs = extracted.reader.of(unit, rewriting, stage)
        nested = () if unit.kind == "import" else self._nested_imports(extracted, unit, rewriting)
        extracted.units[unit] = (rewriting, needs, nested)
        for name in needs.names:
            self._waiting.append((extracted.code.name, name, stage))
        for each in nested:
            self._reach(each, stage, extracted.code)

    def _nested_imports(self, extracted: _Extracted, unit: Unit, rewriting: Rewriting) -> tuple[LocalImport, ...]:
        nodes = [each for each in imports_in(unit.walked) if each not in rewriting.removed]
        return tuple(found for node in nodes for found in self._local(node, extracted.code))

    def _follow_imports(self, extracted: _Extracted, name: str, stage: str) -> None:
        code = extracted.code
        for unit in code.definers[name]:
            for node in unit.nodes if unit.kind == "import" else ():
                if isinstance(node, ast.Import | ast.ImportFrom):
                    for found in self._local(node, code, frozenset({name})):
                        self._reach(found, stage, code)

    def _local(
        self, node: ImportNode, code: ModuleCode, wanted: frozenset[str] | None = None
    ) -> tuple[LocalImport, ...]:
        return tuple(local_imports(node, code.name, code.is_package, self._project, wanted))

    def _reach(self, found: LocalImport, stage: str, importer: ModuleCode) -> None:
        """A module of the project is imported by code that travels."""
        code = self._code(found.module)
        if code is None:
            return
        self._travel_along(found.module, stage)
        if not code.uses_language:
            self._add_module(found.module, stage)
            return
        self._extract(found.module)
        for name in self._names_of(found, importer):
            if name in code.definers:
                self._waiting.append((found.module, name, stage))
            elif code.language_names.get(name) in RUNTIME_NAMES:
                self._extract(found.module).passed_on.add_ours(name, code.language_names[name])

    def _travel_along(self, module: str, stage: str) -> None:
        """The packages that a module is in."""
        parts = module.split(".")
        for count in range(1, len(parts)):
            package = ".".join(parts[:count])
            code = self._code(package)
            if code is None:
                continue
            if code.uses_language or self._imports_language(code, set()):
                # What it imports for its readers' convenience would bring pipelines along; no stage asked for it.
                self._extract(package)
            else:
                self._add_module(package, stage)

    def _imports_language(self, code: ModuleCode, seen: set[str]) -> bool:
        """Whether importing the module would import one that uses our language."""
        seen.add(code.name)
        for node in imports_in(walk(code.source.tree.body)):
            for found in self._local(node, code):
                other = self._code(found.module)
                if other is None or found.module in seen:
                    continue
                if other.uses_language or self._imports_language(other, seen):
                    return True
        return False

    def _add_module(self, module: str, stage: str) -> None:
        if module in self._verbatim or module in self._extracted:
            return
        code = self._code(module)
        if code is None:
            return
        self._verbatim[module] = code.source
        for each in self._imports(module):
            self._reach(each, stage, code)

    def _imports(self, module: str) -> list[LocalImport]:
        """What of the project a module that travels as it is imports, wherever in it."""
        code = self._codes[module]
        return [found for node in imports_in(walk(code.source.tree.body)) for found in self._local(node, code)]

    def _extract(self, module: str) -> _Extracted:
        if module not in self._extracted:
            code = self._codes[module]
            self._extracted[module] = _Extracted(code, NeedsReader(code, self._found))
        return self._extracted[module]

    def _code(self, module: str) -> ModuleCode | None:
        if module not in self._codes:
            source = self._project.module_file(module)
            wrong = None if source is None else why_unusable(source, module)
            if wrong is not None and module not in self._unusable:
                self._found.append(wrong)
                self._unusable.add(module)
            if source is None or wrong is not None:
                return None
            loaded = sys.modules.get(module)
            namespace = vars(loaded) if loaded is not None else {}
            self._codes[module] = ModuleCode(source, module_name(source.path, self._project.root), namespace)
        return self._codes[module]

    # -- results

    def _aborting(self) -> set[tuple[str, str]]:
        """Names whose code, or the code that it needs, can raise `Abort`."""
        users = Users(frozenset(self._verbatim))
        for module, extracted in self._extracted.items():
            taken = extracted.code.language_names.items() if "Abort" in extracted.passed_on.runtime_names else ()
            users.raising.extend((module, name) for name, ours in taken if ours == "Abort")
            bound = self._bound_modules(extracted)
            for unit, (_, needs, nested) in extracted.units.items():
                imports = nested or self._unit_imports(extracted, unit)
                users.add_unit(module, unit, needs.names, imports, bound)
                if "Abort" in needs.runtime_names:
                    users.raising.extend((module, name) for name in unit.scope.binds)
        for module in self._verbatim:
            users.add_verbatim(
                module, [(each, self._names_of(each, self._codes[module])) for each in self._imports(module)]
            )
        return users.all_raising()

    def _bound_modules(self, extracted: _Extracted) -> dict[str, str]:
        """The project's modules that an extracted one imports as a whole, by the names that they have there."""
        units = (unit for unit in extracted.units if unit.kind == "import")
        imports = (each for unit in units for each in self._unit_imports(extracted, unit))
        return {each.bound: each.module for each in imports if each.names is None}

    def _names_of(self, found: LocalImport, importer: ModuleCode) -> tuple[str, ...]:
        return found.names if found.names is not None else attributes_of(found.bound, ast.walk(importer.source.tree))

    def _unit_imports(self, extracted: _Extracted, unit: Unit) -> tuple[LocalImport, ...]:
        """What of the project an import at the top of a module brings, of the names that are needed."""
        if unit.kind != "import":
            return ()
        wanted = frozenset(extracted.needed)
        nodes = [each for each in unit.nodes if isinstance(each, ast.Import | ast.ImportFrom)]
        return tuple(found for node in nodes for found in self._local(node, extracted.code, wanted))

    def _extracted_module(self, extracted: _Extracted) -> ExtractedModule:
        code = extracted.code
        for name, stage in extracted.needed.items():
            extracted.reader.refuse_writers(name, stage, extracted.units.keys())
        self._report_left_behind(extracted)
        all_needs = [extracted.passed_on, *(needs for _, needs, _ in extracted.units.values())]
        aliases = {key: value for needs in all_needs for key, value in needs.aliases.items()}
        statements = [alias_of(alias, ours) for alias, ours in sorted(aliases.items())]
        in_order = sorted(extracted.units, key=lambda each: each.first)
        statements += [self._statement(extracted, unit) for unit in in_order]
        runtime_names = {name for needs in all_needs for name in needs.runtime_names}
        return ExtractedModule(
            name=code.name,
            file=code.source.name,
            future_annotations=code.future_annotations,
            runtime_names=tuple(sorted(runtime_names)),
            statements=tuple(statements),
        )

    def _statement(self, extracted: _Extracted, unit: Unit) -> Statement:
        rewriting, needs, nested = extracted.units[unit]
        imports = nested or self._unit_imports(extracted, unit)
        return statement_of(unit, extracted.code, rewriting, needs, wanted=extracted.needed, imports=imports)

    def _report_left_behind(self, extracted: _Extracted) -> None:
        for unit in extracted.code.units:
            known = unit in extracted.units or unit in extracted.reader.refused
            about_us = unit.scope.reads.keys() & {"print", *extracted.code.language_names}
            # What acts on the module's own data matters to nobody when that data is not needed.
            about_data = any(not extracted.code.is_imported(each) for each in unit.scope.changes)
            if unit.kind == "call" and not (known or about_us or about_data):
                self._found.append(StatementLeftBehind(span=extracted.code.source.span(unit.nodes[0])))

    def _verbatim_module(self, name: str, source: SourceFile) -> VerbatimModule:
        return VerbatimModule(
            name=name,
            file=source.name,
            is_package=source.path.name == "__init__.py",
            source=source.text,
            local_imports=tuple(dict.fromkeys(each.module for each in self._imports(name))),
        )
