"""The code of random pipelines, as capture would have extracted it."""

from __future__ import annotations

from portable_pipeline.ir import (
    ArtifactInput,
    ExtractedModule,
    Hook,
    PythonBody,
    Stage,
    Statement,
)
from tests.property.parts import IMPORTS, POINT_SOURCE, takes_list
from tests.property.typed_values import MODULE, annotation


def function_source(stage: Stage) -> str:
    """The stage's function, as capture would have extracted it."""
    declared = [
        f"{each.name}: {artifact if isinstance(each, ArtifactInput) else annotation(each.type)}"
        for each in stage.inputs
        for artifact in ["list[Artifact]" if takes_list(each) else "Artifact"]
    ] + [f"{each.name}: Artifact" for each in stage.outputs]
    result = "None" if stage.result is None else annotation(stage.result)
    return f"def {stage.id}({', '.join(declared)}) -> {result}:\n    raise NotImplementedError\n"


TOLD_OF_FAILURE = Hook(body=PythonBody(module=MODULE, function="told_of_failure"))
TOLD_OF_RUN = Hook(body=PythonBody(module=MODULE, function="told_of_run"))


def told_of(what: str, event: str) -> Statement:
    """A hook."""
    text = f"def told_of_{what}(event: {event}) -> None:\n    print(event.pipeline)\n"
    return Statement(text=text, line=5, defines=(f"told_of_{what}",), needs=(event,))


def module_of(found: tuple[Stage, ...], of_run: bool = False) -> ExtractedModule:
    """The module with the functions of the stages, and of hooks."""
    # The line numbers only have to grow.
    functions = (stage for stage in found if isinstance(stage.body, PythonBody))
    told = any(stage.on_failure is not None for stage in found)
    hooks = [told_of("failure", "FailureEvent")] * told + [told_of("run", "RunEvent")] * of_run
    statements = [
        *hooks,
        Statement(text=POINT_SOURCE, line=10, defines=("Point",), needs=("dataclass", "date")),
        *(
            Statement(
                text=function_source(stage),
                line=20 + 10 * index,
                defines=(stage.id,),
                needs=("Point", "date", "datetime", "timedelta", "Any"),
            )
            for index, stage in enumerate(functions)
        ),
    ]
    uses_artifacts = any(
        stage.outputs or any(isinstance(each, ArtifactInput) for each in stage.inputs)
        for stage in found
        if isinstance(stage.body, PythonBody)
    )
    return ExtractedModule(
        name=MODULE,
        file="pipeline.py",
        runtime_names=("Artifact",) * uses_artifacts + ("FailureEvent",) * told + ("RunEvent",) * of_run,
        statements=(*IMPORTS, *statements),
    )
