"""From `on_exit=` and `on_failure=` to hooks of the IR."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import FunctionType
from typing import Any

from portable_pipeline.capture.annotations import evaluated
from portable_pipeline.capture.definitions import Definition, definition_of, function_at
from portable_pipeline.capture.extraction import Extraction
from portable_pipeline.capture.project import Project
from portable_pipeline.capture.settings import Settings
from portable_pipeline.capture.spans import Spans
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.stand_ins import HookSetting, NotAHook
from portable_pipeline.dsl.events import FailureEvent, RunEvent
from portable_pipeline.dsl.stages import CommandStage, StageFunction, stage
from portable_pipeline.ir import HOOK_TIMEOUT, Hook, PythonBody

Event = type[RunEvent] | type[FailureEvent]


@dataclass(frozen=True, slots=True)
class _Taken:
    function: StageFunction[..., Any]
    definition: Definition
    timeout: timedelta
    asks_failed: bool


class Hooks:
    """The hooks of one pipeline.

    Args:
        project: The user's files.
        spans: Places in them.
        extraction: Where their code is taken up, as that of stages.
        found: Where diagnostics go.
    """

    def __init__(self, project: Project, spans: Spans, extraction: Extraction, found: list[Diagnostic]) -> None:
        self._project = project
        self._spans = spans
        self._extraction = extraction
        self._found = found
        self._taken: dict[Any, _Taken] = {}
        self._checked: set[tuple[Any, Event]] = set()

    def add(self, function: Any, event: Event, setting: str, where: Definition) -> None:
        """Take up the code of a hook; what is none is reported.

        Args:
            event: What it has to take.
            setting: `on_exit` or `on_failure`.
            where: The definition that names it.
        """
        if function is None:
            return
        if not isinstance(function, StageFunction | FunctionType) or function.__name__ == "<lambda>":
            self._refuse(where, setting, f"gets {_described(function)}", event)
            return
        if function not in self._taken:
            as_stage = function if isinstance(function, StageFunction) else stage(function)
            title = f"hook `{as_stage.__name__}`"
            place = as_stage.place if isinstance(function, StageFunction) else where.place
            definition = definition_of(title, as_stage.function, place, self._project, self._spans)
            self._extraction.add(as_stage, definition)
            asks_failed = event is RunEvent and self._asks_failed(as_stage.function)
            timeout = Settings(definition, self._found).duration("timeout", as_stage.settings.timeout)
            self._refuse_settings(as_stage, definition)
            bound = HOOK_TIMEOUT if timeout is None else timeout
            self._taken[function] = _Taken(as_stage, definition, bound, asks_failed)
        if (function, event) not in self._checked:
            self._checked.add((function, event))
            self._check(self._taken[function], event, setting, where)

    def hook(self, function: Any, bodies: Mapping[StageFunction[..., Any], PythonBody]) -> Hook | None:
        """The hook, once all code has been taken up; None where there is none."""
        # What is no function has been refused, and need not have a hash.
        if not isinstance(function, StageFunction | FunctionType) or function not in self._taken:
            return None
        taken = self._taken[function]
        return Hook(
            body=bodies[taken.function],
            timeout=taken.timeout,
            asks_failed=taken.asks_failed,
            span=taken.definition.name_span,
        )

    def _asks_failed(self, function: Any) -> bool:
        """Whether it may look at more of a `RunEvent` than all targets know; one without source may."""
        code = getattr(inspect.unwrap(function), "__code__", None)
        source = self._project.file(code.co_filename) if code is not None else None
        node = (
            function_at(source, code.co_firstlineno, code.co_name) if source is not None and code is not None else None
        )
        if node is None or not (arguments := [*node.args.posonlyargs, *node.args.args]):
            return True
        modest = {
            id(each.value) for each in ast.walk(node) if isinstance(each, ast.Attribute) and each.attr in _KNOWN_TO_ALL
        }
        uses = (each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id == arguments[0].arg)
        return any(id(each) not in modest for each in uses)

    def _check(self, taken: _Taken, event: Event, setting: str, where: Definition) -> None:
        function: Any = taken.function.function
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            return
        needed = [each for each in parameters if each.default is inspect.Parameter.empty and each.kind not in _VARIADIC]
        if len(needed) != 1 or needed[0].kind is inspect.Parameter.KEYWORD_ONLY or parameters[0] is not needed[0]:
            self._refuse(where, setting, f"gets `{taken.function.__name__}`, which takes other arguments", event)
            return
        try:
            annotation = evaluated(needed[0].annotation, getattr(inspect.unwrap(function), "__globals__", {}))
        except Exception:
            annotation = needed[0].annotation
        # A text names what only type checkers see.
        named = annotation.rpartition(".")[2] if isinstance(annotation, str) else ""
        if annotation is not event and named != event.__name__:
            given = getattr(annotation, "__name__", str(annotation)).replace("_empty", "nothing that it names")
            self._refuse(where, setting, f"gets `{taken.function.__name__}`, which takes {given}", event)

    def _refuse_settings(self, hook: StageFunction[..., Any], definition: Definition) -> None:
        given = hook.settings
        written = {"retries": given.retries, "cache": given.cache, "on_failure": given.on_failure}
        for name, value in written.items():
            if value:
                span = definition.settings.keyword(name)
                self._found.append(HookSetting(span=span, setting=name, hook=hook.__name__))

    def _refuse(self, where: Definition, setting: str, given: str, event: Event) -> None:
        span = where.settings.keyword(setting)
        self._found.append(NotAHook(span=span, setting=setting, where=where.title, given=given, event=event.__name__))


def _described(given: object) -> str:
    """What is no function with a name."""
    if isinstance(given, FunctionType):
        return "a lambda"
    return f"`{given!r}`" if isinstance(given, str | int | CommandStage | type) else f"a `{type(given).__name__}`"


_KNOWN_TO_ALL = ("pipeline", "run_id", "state")
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
