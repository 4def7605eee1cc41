"""What the templates lay out: a flow, its tasks and their submissions, every value already source text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, Keyword
from portable_pipeline.codegen.literals import Source


@dataclass(frozen=True, slots=True)
class Record:
    """A record type that parameters of the flow have: its fields, with Prefect's annotations."""

    name: Source
    fields: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A stage as a Prefect task.

    Args:
        stage: The stage's id, which is the task's name.
        function: The task's function.
        note: A comment above it; empty where there is nothing to explain.
        options: Arguments of the decorator, the name left out.
        body: The function that starts an attempt.
        target: What it runs: `"module:function"`, or a command.
        keywords: Its further arguments.
    """

    stage: str
    function: Source
    description: str
    note: str
    options: tuple[Keyword, ...]
    arguments: tuple[Argument, ...]
    body: Source
    target: Source
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """A task's submission by the flow, and the variable that holds its future."""

    stage: str
    future: Source
    function: Source
    arguments: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """The run's date or instant (D1).

    Args:
        has_date: Whether the date is needed.
        has_time: Whether the instant is needed.
        zone: The schedule's time zone.
    """

    has_date: bool
    has_time: bool
    zone: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole flow.

    Args:
        name: The pipeline's, the flow's and the deployment's.
        function: The flow's function.
        options: Arguments of the flow's decorator, the name left out.
        imports: What to import from our runtime, renamed where a parameter has the same name.
        records: The record types of its parameters.
        retry_condition: Whether a task asks if a failure is final before it tries again.
        helpers: The names, in functions, of what the module imports or defines for them.
    """

    name: str
    function: Source
    description: str
    code_folder: Source
    imports: tuple[Source, ...]
    records: tuple[Record, ...]
    options: tuple[Keyword, ...]
    parameters: tuple[Argument, ...]
    moment: Moment | None
    retry_condition: bool
    helpers: Mapping[str, Source]
    tasks: tuple[Task, ...]
    submissions: tuple[Submission, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What `prefect deploy` reads. All values are YAML already."""

    name: Source
    entrypoint: Source
    tags: tuple[Source, ...]
    cron: Source | None
    timezone: Source | None
