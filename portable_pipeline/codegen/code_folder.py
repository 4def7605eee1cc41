"""The user's code beside the generated file, and our runtime helpers with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.names import RUNTIME_PACKAGE, code_folder_name
from portable_pipeline.ir import (
    Branch,
    ExtractedModule,
    Loop,
    Module,
    Pipeline,
    PythonBody,
    Stage,
    Statement,
    VerbatimModule,
)

_SERVER = ("forkserver.py", "serve.py", "forked.py", "printing.py", "slate.py", "traces.py", "pictures.py")


def code_folder(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    """All files of the code folder: a package marker, the user's modules, our runtime."""
    folder = code_folder_name(pipeline)
    marker = GeneratedFile(
        f"{folder}/__init__.py", f'"""The stages\' own code of {pipeline.name}, and what runs it."""\n'
    )
    runtime = [GeneratedFile(f"{folder}/{RUNTIME_PACKAGE}/{name}", text) for name, text in runtime_sources(pipeline)]
    return (marker, *user_modules(pipeline), *runtime)


def user_modules(pipeline: Pipeline) -> tuple[GeneratedFile, ...]:
    """The user's modules as files of the code folder."""
    folder = code_folder_name(pipeline)
    return tuple(GeneratedFile(f"{folder}/{module_path(module)}", module_text(module)) for module in pipeline.modules)


def module_path(module: Module) -> str:
    """A module's file below the code folder."""
    path = module.name.replace(".", "/")
    return f"{path}/__init__.py" if module.file.endswith("__init__.py") else f"{path}.py"


def module_text(module: Module) -> str:
    """A module's source: verbatim, or put together from what was extracted."""
    if isinstance(module, VerbatimModule):
        return module.source
    imports = [each for each in module.statements if each.is_import]
    rest = [each for each in module.statements if not each.is_import]
    blocks = [
        f'"""Stage code of {module.file}."""\n',
        "from __future__ import annotations\n" if module.future_annotations else "",
        "".join(each.text.strip("\n") + "\n" for each in imports),
        f"from {RUNTIME_PACKAGE} import {', '.join(module.runtime_names)}\n" if module.runtime_names else "",
    ]
    head = "\n".join(block for block in blocks if block)
    return head + _gap(None, rest[0]) + statements_text(rest) if rest else head


def statements_text(statements: Sequence[Statement]) -> str:
    """Statements one after the other, with the blank lines that PEP 8 asks for."""
    parts: list[str] = []
    for before, each in zip((None, *statements), statements, strict=False):
        parts += [_gap(before, each) if before else "", each.text.strip("\n") + "\n"]
    return "".join(parts)


def closure(pipeline: Pipeline, stage: Stage) -> tuple[Statement, ...]:
    """The statements of its module that a stage's function needs, itself included, in source order.

    Empty for commands and for functions of installed packages.
    """
    module = _own_module(pipeline, stage)
    if not isinstance(module, ExtractedModule) or not isinstance(stage.body, PythonBody):
        return ()
    by_name = _definers(_Same(module))
    needed = dict(_reachable(by_name, [stage.body.function.split(".")[0]]))
    return tuple(needed[place] for place in sorted(needed))


def local_modules(pipeline: Pipeline, stage: Stage) -> tuple[Module, ...]:
    """The user's further local modules that a stage needs, transitively, parents' packages included."""
    by_name = {module.name: module for module in pipeline.modules}
    own = _own_module(pipeline, stage)
    waiting = deque(name for each in closure(pipeline, stage) for name in each.local_imports)
    if isinstance(own, VerbatimModule):
        waiting.append(own.name)
    found: set[str] = set()
    while waiting:
        name = waiting.popleft()
        if name in found or name not in by_name:
            continue
        found.add(name)
        waiting.extend(_imports_of(by_name[name]))
        waiting.extend(name[:dot] for dot, letter in enumerate(name) if letter == ".")
    return tuple(module for module in pipeline.modules if module.name in found)


def runtime_sources(pipeline: Pipeline) -> tuple[tuple[str, str], ...]:
    """Our runtime helpers, file name and text, as they are copied: those for control flow only where there is some."""
    unused = {
        "events.py": not _tells_events(pipeline),
        "items.py": not any(isinstance(block, Loop) for block in pipeline.blocks),
        "predicates.py": not any(isinstance(block, Branch) for block in pipeline.blocks),
        **dict.fromkeys(_SERVER, True),
    }
    return tuple((name, text) for name, text in _runtime_sources() if not unused.get(name))


def _tells_events(pipeline: Pipeline) -> bool:
    """Whether there are hooks, or code that names what they are told."""
    hooks = (pipeline.on_exit, pipeline.on_failure, *(stage.on_failure for stage in pipeline.stages))
    extracted = (module for module in pipeline.modules if isinstance(module, ExtractedModule))
    return any(hooks) or any({"RunEvent", "FailureEvent"} & {*module.runtime_names} for module in extracted)


def local_runtime() -> tuple[tuple[str, str], ...]:
    """Our runtime helpers, file name and text, as the local runner has them: the same for all pipelines."""
    return _runtime_sources()


@cache
def _runtime_sources() -> tuple[tuple[str, str], ...]:
    folder = Path(__file__).resolve().parents[1] / "runtime"
    return tuple((each.name, each.read_text(encoding="utf-8")) for each in sorted(folder.glob("*.py")))


def _own_module(pipeline: Pipeline, stage: Stage) -> Module | None:
    if not isinstance(stage.body, PythonBody):
        return None
    return next((each for each in pipeline.modules if each.name == stage.body.module), None)


def _imports_of(module: Module) -> Iterable[str]:
    if isinstance(module, VerbatimModule):
        return module.local_imports
    return (name for each in module.statements for name in each.local_imports)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A module as a key that is itself, whatever it holds: comparing modules means reading them."""

    module: ExtractedModule

    def __hash__(self) -> int:
        return id(self.module)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.module is self.module


#: A statement, and its place in its module.
_Placed = tuple[int, Statement]


@lru_cache(maxsize=8)
def _definers(same: _Same) -> dict[str, list[_Placed]]:
    """The statements that define each name: a module of a thousand stages is asked for it a thousand times."""
    found: dict[str, list[_Placed]] = {}
    for placed in enumerate(same.module.statements):
        for name in placed[1].defines:
            found.setdefault(name, []).append(placed)
    return found


def _reachable(by_name: dict[str, list[_Placed]], names: Iterable[str]) -> Iterator[_Placed]:
    waiting, seen = deque(names), set[str]()
    while waiting:
        name = waiting.popleft()
        if name in seen:
            continue
        seen.add(name)
        for place, statement in by_name.get(name, ()):
            waiting.extend(statement.needs)
            yield place, statement


def _gap(before: Statement | None, after: Statement) -> str:
    if _is_definition(before) or _is_definition(after):
        return "\n\n"
    return "\n" if before is None or after.line - before.line > before.text.count("\n") else ""


def _is_definition(statement: Statement | None) -> bool:
    if statement is None:
        return False
    code = next((line for line in statement.text.splitlines() if line and not line.startswith("#")), "")
    return code.startswith(("def ", "class ", "@", "async "))
