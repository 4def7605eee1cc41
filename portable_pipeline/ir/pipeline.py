"""A pipeline and its stages: what the user wrote, without any orchestrator in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from portable_pipeline.diagnostics.span import Span
from portable_pipeline.ir.base import Node
from portable_pipeline.ir.blocks import Block
from portable_pipeline.ir.code import Module
from portable_pipeline.ir.types import ArtifactKind, Constraints, Type
from portable_pipeline.ir.values import Uri, Value

#: Version of the JSON form; a change that older readers cannot read raises it.
IR_VERSION: Literal[1] = 1


class Retry(Node):
    """How often and when a failed attempt is tried again (R1, R2).

    Args:
        retries: Attempts after the first.
        delay: Wait before the first retry.
        backoff: Factor on the wait for each further retry.
        max_delay: Cap on the wait before jitter.
        jitter: At most this fraction of the wait is added at random.
    """

    retries: int = 0
    delay: timedelta = timedelta(0)
    backoff: float = 1.0
    max_delay: timedelta | None = None
    jitter: float = 0.0


class Cron(Node):
    """A schedule (D2): five fields in an IANA time zone."""

    kind: Literal["cron"] = "cron"
    expression: str
    timezone: str = "UTC"
    span: Span | None = None


class Parameter(Node):
    """An argument of the pipeline (P1). `default` counts only where `required` is false; it is JSON."""

    name: str
    type: Type
    required: bool
    default: JsonValue = None
    constraints: Constraints = Constraints()
    description: str = ""
    span: Span | None = None


class PythonBody(Node):
    """A stage that calls a function.

    Args:
        module: Dotted name of the module: one of the pipeline's modules, or one of an installed package.
        function: Qualified name of the function in it.
        installed: Whether the module belongs to an installed package and is imported, not carried.
        aborts: Whether the code can raise `Abort` (R4).
    """

    kind: Literal["python"] = "python"
    module: str
    function: str
    installed: bool = False
    aborts: bool = False


class CommandBody(Node):
    """A stage that runs a program.

    Args:
        command: Arguments, each with `{name}` placeholders; or one shell line, in which every value is quoted.
        image: Container image, for engines that can place a stage (E3).
    """

    kind: Literal["command"] = "command"
    command: tuple[str, ...] | str
    image: str | None = None


Body = Annotated[PythonBody | CommandBody, Field(discriminator="kind")]


class ValueInput(Node):
    """A parameter of a stage that takes a value."""

    kind: Literal["value"] = "value"
    name: str
    type: Type
    value: Value
    span: Span | None = None


class ArtifactInput(Node):
    """A parameter of a stage that takes an artifact; `value` is an `ArtifactRef` in every valid pipeline."""

    kind: Literal["artifact"] = "artifact"
    name: str
    artifact: ArtifactKind
    value: Value
    span: Span | None = None


Input = Annotated[ValueInput | ArtifactInput, Field(discriminator="kind")]


class Output(Node):
    """An artifact that a stage writes."""

    name: str
    artifact: ArtifactKind
    uri: Uri
    span: Span | None = None


#: How long a hook may take where nothing else is said.
HOOK_TIMEOUT = timedelta(minutes=5)


class Hook(Node):
    """A function that is told what happened (X1, X2); it changes no state (X3).

    Args:
        timeout: When it is up, the hook is ended with all that it started, and has failed.
        asks_failed: For a hook at the end of a run: whether its code may look at the stages that failed, or at whether
            others stood in for them.
    """

    body: PythonBody
    timeout: timedelta = HOOK_TIMEOUT
    asks_failed: bool = False
    span: Span | None = None


class Stage(Node):
    """One node of the graph.

    Args:
        id: Unique in the pipeline, stable (G4).
        result: Type of the value it returns; None when it returns nothing.
        after: Ids of stages that must end before it starts, without data (G1).
        timeout: Bound on each attempt (R3).
        block: Id of the innermost block that it stands in.
        fallback: Id of the stage that stands in when this one has failed for good (F3). Consumers name this one: they
            get the stand-in's values then.
        stands_in_for: Id of the stage whose fallback this is.
        on_failure: Called once when it has failed for good (X2).
        cache: Whether a run takes over what an earlier one has left (K1).
    """

    id: str
    body: Body
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    result: Type | None = None
    after: tuple[str, ...] = ()
    retry: Retry = Retry()
    timeout: timedelta | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    block: str | None = None
    fallback: str | None = None
    stands_in_for: str | None = None
    on_failure: Hook | None = None
    cache: bool = False
    span: Span | None = None


class Pipeline(Node):
    """A whole pipeline.

    Args:
        source: Path of the pipeline file, relative to the project root.
        packages: Requirements of the stages' own code, as for pip.
        modules: The user's code that travels along.
        timeout: Bound on a whole run (R6).
        blocks: Parents before what they hold, otherwise in source order.
        on_exit: Called once at the end of every run (X1).
        on_failure: Called once when the run has failed (X2).
    """

    ir_version: Literal[1] = IR_VERSION
    name: str
    source: str
    description: str = ""
    owner: str | None = None
    tags: tuple[str, ...] = ()
    schedule: Cron | None = None
    timeout: timedelta | None = None
    packages: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    stages: tuple[Stage, ...] = ()
    blocks: tuple[Block, ...] = ()
    on_exit: Hook | None = None
    on_failure: Hook | None = None
    modules: tuple[Module, ...] = ()
    span: Span | None = None
