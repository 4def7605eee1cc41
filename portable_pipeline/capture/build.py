"""From the trace of a pipeline function to the IR."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from portable_pipeline.capture.arguments import Arguments, Surroundings
from portable_pipeline.capture.blocks import BlockBuilder, block_ids
from portable_pipeline.capture.constants import NotPortable, as_json
from portable_pipeline.capture.definitions import Definition, definition_of
from portable_pipeline.capture.extraction import Extraction
from portable_pipeline.capture.fallbacks import Fallbacks
from portable_pipeline.capture.hooks import Hooks
from portable_pipeline.capture.misuses import misuse_diagnostics
from portable_pipeline.capture.project import Project
from portable_pipeline.capture.references import References
from portable_pipeline.capture.settings import Settings
from portable_pipeline.capture.signatures import Signature, SignatureReader, ValueParameter
from portable_pipeline.capture.spans import Spans
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.calls import ConstantNotPortable
from portable_pipeline.diagnostics.catalog.signatures import BadSetting
from portable_pipeline.dsl.blocks import TracedBlock, TracedLoop
from portable_pipeline.dsl.events import FailureEvent, RunEvent
from portable_pipeline.dsl.pipelines import PipelineFunction
from portable_pipeline.dsl.stages import CommandStage, StageFunction
from portable_pipeline.dsl.trace import Call, Trace
from portable_pipeline.ir import Body, CommandBody, Constraints, Parameter, Pipeline, PythonBody, Stage
from portable_pipeline.ir.types import ANY

AnyStage = StageFunction[..., Any] | CommandStage


class Builder:
    """Makes the IR of one pipeline.

    Args:
        pipeline: The pipeline function.
        project: The user's files.
        spans: Places in them.
        found: Where diagnostics go.
    """

    def __init__(self, pipeline: PipelineFunction, project: Project, spans: Spans, found: list[Diagnostic]) -> None:
        self._pipeline = pipeline
        self._project = project
        self._spans = spans
        self._found = found
        self._extraction = Extraction(project, found)
        self._hooks = Hooks(project, spans, self._extraction, found)
        title = f"pipeline `{pipeline.__name__}`"
        self._definition = definition_of(title, pipeline.function, pipeline.place, project, spans)
        self.signature = SignatureReader(found).of_pipeline(pipeline.function, self._definition)
        self._definitions: dict[AnyStage, Definition] = {}
        self._signatures: dict[AnyStage, Signature] = {}
        self._hook_bodies: Mapping[StageFunction[..., Any], PythonBody] = {}

    def build(self, trace: Trace, source: str) -> Pipeline:
        """The pipeline.

        Args:
            trace: What the pipeline function did.
            source: Path of the pipeline file, relative to the project root.
        """
        written, settings = self._pipeline.settings, Settings(self._definition, self._found)
        ids = stage_ids(trace)
        blocks = block_ids(trace, ids.values())
        signatures = {call: self._signature(call.stage) for call in trace.calls}
        parameters = {each.name: each.type for each in self.signature.parameters if isinstance(each, ValueParameter)}
        references = References(trace, ids, signatures, blocks, parameters)
        self._found.extend(misuse_diagnostics(trace, references, self._spans))
        builder = BlockBuilder(trace, blocks, signatures, references=references, spans=self._spans, found=self._found)
        name = settings.text("name", written.name) or self._pipeline.__name__
        owner = settings.text("owner", written.owner)
        surroundings = Surroundings(name, owner, tuple(each.name for each in self.signature.parameters))
        bodies = self._bodies(trace)
        built = builder.blocks()
        fallbacks = Fallbacks(trace, self._spans, self._found)
        stages = tuple(
            self._stage(
                call, bodies[call.stage], ids, blocks, references=references, surroundings=surroundings
            ).model_copy(update=fallbacks.of(call, ids))
            for call in trace.calls
        )
        return Pipeline(
            name=name,
            source=source,
            description=settings.text("description", written.description) or self._description(),
            owner=owner,
            tags=settings.texts("tags", written.tags),
            schedule=settings.schedule(written.schedule, self._spans),
            timeout=settings.duration("timeout", written.timeout),
            packages=settings.texts("packages", written.packages),
            parameters=tuple(self._parameters()),
            stages=stages,
            blocks=built,
            on_exit=self._hooks.hook(written.on_exit, self._hook_bodies),
            on_failure=self._hooks.hook(written.on_failure, self._hook_bodies),
            modules=self._extraction.modules(),
            span=self._definition.name_span,
        )

    def _parameters(self) -> Iterator[Parameter]:
        for each in self.signature.parameters:
            if not isinstance(each, ValueParameter):
                continue
            required, declared = each.default is inspect.Parameter.empty, each.type
            try:
                default = None if required else as_json(each.default, each.type)
            except NotPortable as error:
                # Of a type that None fits, so that nothing is said twice.
                default, declared = None, ANY
                self._found.append(
                    ConstantNotPortable(
                        span=each.span,
                        what=f"the default of `{each.name}{error.path}`",
                        given=type(error.value).__name__,
                        declared=error.expected,
                    )
                )
            yield Parameter(
                name=each.name,
                type=declared,
                required=required,
                default=default,
                constraints=self._constraints(each),
                description=each.constraints.description,
                span=each.span,
            )

    def _constraints(self, parameter: ValueParameter) -> Constraints:
        bounds = parameter.constraints
        try:
            return Constraints(
                ge=bounds.ge,
                gt=bounds.gt,
                le=bounds.le,
                lt=bounds.lt,
                multiple_of=bounds.multiple_of,
                min_length=bounds.min_length,
                max_length=bounds.max_length,
                pattern=bounds.pattern,
            )
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
            where, expected = f"`{parameter.name}`", "a number, or a text for `pattern`"
            setting, given = f"Field({wrong['loc'][0]}=...)", f"`{wrong['input']!r}`"
            bad = BadSetting(span=parameter.span, setting=setting, where=where, given=given, expected=expected)
            self._found.append(bad)
            return Constraints()

    def _stage(
        self,
        call: Call,
        body: Body,
        ids: dict[Call, str],
        blocks: dict[TracedBlock, str],
        *,
        references: References,
        surroundings: Surroundings,
    ) -> Stage:
        definition, written = self._definitions[call.stage], call.stage.settings
        signature, spans = self._signatures[call.stage], self._spans.call(call.place)
        arguments = Arguments(
            call, ids[call], signature, spans, references=references, places=self._spans, found=self._found
        )
        settings = Settings(definition, self._found)
        settings.text("name", written.name)
        return Stage(
            id=ids[call],
            body=body,
            inputs=arguments.inputs(),
            outputs=arguments.outputs(surroundings, _loops(call, blocks)),
            result=signature.result,
            after=tuple(dict.fromkeys(ids[each.call] for each in call.after if not references.unknown(each))),
            retry=settings.retry(written),
            timeout=settings.duration("timeout", written.timeout),
            owner=settings.text("owner", written.owner) or surroundings.owner,
            tags=settings.texts("tags", written.tags),
            description=_docstring(call.stage),
            block=None if call.block is None else blocks[call.block],
            on_failure=self._hooks.hook(written.on_failure, self._hook_bodies),
            cache=settings.flag("cache", written.cache),
            span=spans.whole,
        )

    def _signature(self, stage: AnyStage) -> Signature:
        if stage not in self._signatures:
            title = f"stage `{stage.__name__}`"
            if isinstance(stage, CommandStage):
                definition = definition_of(title, None, stage.place, self._project, self._spans)
                signature = SignatureReader(self._found).of_command(stage, definition)
            else:
                definition = definition_of(title, stage.function, stage.place, self._project, self._spans)
                # Of what cannot be a stage at all its annotations are the least concern.
                is_top_level = getattr(stage.function, "__qualname__", ".").isidentifier()
                untyped = not is_top_level or self._extraction.is_installed(stage.function)
                signature = SignatureReader(self._found, untyped).of_stage(stage.function, definition)
            self._definitions[stage], self._signatures[stage] = definition, signature
        return self._signatures[stage]

    def _bodies(self, trace: Trace) -> dict[AnyStage, Body]:
        bodies: dict[AnyStage, Body] = {}
        stages = dict.fromkeys(call.stage for call in trace.calls)
        for stage in stages:
            definition = self._definitions[stage]
            if isinstance(stage, CommandStage):
                bodies[stage] = self._command(stage, Settings(definition, self._found), definition)
            else:
                self._extraction.add(stage, definition)
            self._hooks.add(stage.settings.on_failure, FailureEvent, "on_failure", definition)
        written = self._pipeline.settings
        self._hooks.add(written.on_exit, RunEvent, "on_exit", self._definition)
        self._hooks.add(written.on_failure, RunEvent, "on_failure", self._definition)
        extracted = self._hook_bodies = self._extraction.bodies()
        return bodies | {stage: extracted[stage] for stage in stages if isinstance(stage, StageFunction)}

    def _command(self, stage: CommandStage, settings: Settings, definition: Definition) -> CommandBody:
        image = settings.text("image", stage.image)
        if isinstance(stage.command, str):
            return CommandBody(command=stage.command, image=image)
        if isinstance(stage.command, list | tuple) and all(isinstance(each, str) for each in stage.command):
            return CommandBody(command=tuple(stage.command), image=image)
        self._found.append(
            BadSetting(
                span=definition.settings.argument(0),
                setting="command",
                where=definition.title,
                given=f"`{stage.command!r}`",
                expected="a list of texts, or one text for the shell",
            )
        )
        return CommandBody(command=(), image=image)

    def _description(self) -> str:
        """The docstring of the function, else that of its module."""
        module = inspect.getmodule(self._pipeline.function)
        for each in (self._pipeline.function.__doc__, getattr(module, "__doc__", None)):
            if each:
                return _clean(each)
        return ""


def stage_ids(trace: Trace) -> dict[Call, str]:
    """The id of each call: the stage's name, then `_2`, `_3` and so on (G4)."""
    ids: dict[Call, str] = {}
    taken: set[str] = set()
    repeats: dict[str, int] = {}
    for call in trace.calls:
        name = found = call.stage.__name__
        while found in taken:
            repeats[name] = repeats.get(name, 1) + 1
            found = f"{name}_{repeats[name]}"
        taken.add(found)
        ids[call] = found
    return ids


def _loops(call: Call, ids: Mapping[TracedBlock, str]) -> tuple[str, ...]:
    """Ids of the loops around a call, the outermost first."""
    found: list[str] = []
    block = call.block
    while block is not None:
        found += [ids[block]] if isinstance(block, TracedLoop) else []
        block = block.parent
    return tuple(reversed(found))


def _clean(docstring: str) -> str:
    return inspect.cleandoc(docstring).encode(errors="replace").decode()


def _docstring(stage: AnyStage) -> str:
    text = None if isinstance(stage, CommandStage) else stage.function.__doc__
    return _clean(text) if text else ""
