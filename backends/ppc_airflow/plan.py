"""What the template lays out: a DAG, its tasks and their calls, every value already source text."""

from __future__ import annotations

from dataclasses import dataclass

from portable_pipeline.codegen.calls import Keyword
from portable_pipeline.codegen.literals import Source


@dataclass(frozen=True, slots=True)
class Task:
    """A stage as a TaskFlow task.

    Args:
        stage: The stage's id, which is the task's id.
        function: The task's function.
        docs: Its docstring, which Airflow shows; may be empty.
        notes: Comments above it.
        options: Arguments of the decorator.
        arguments: What the function takes: values of tasks upstream, then of Airflow's context.
        attempt: `attempt` or `attempt_command`.
        work: What the attempt does.
        keywords: The attempt's further arguments.
        has_answer: Whether the stage has a result or outputs.
        aborts: Whether `Abort` has to be told from other failures.
    """

    stage: str
    function: Source
    docs: str
    notes: tuple[str, ...]
    options: tuple[Keyword, ...]
    arguments: tuple[Source, ...]
    attempt: Source
    work: Source
    keywords: tuple[Keyword, ...]
    has_answer: bool
    aborts: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A task's place in the graph.

    Args:
        variable: Holds the task for those downstream; None if there are none.
        arguments: Values of tasks upstream.
        after: Variables of tasks that only have to end before.
    """

    variable: Source | None
    function: Source
    arguments: tuple[Keyword, ...]
    after: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole DAG file.

    Args:
        about: The file's docstring.
        function: The DAG's function.
        docs: Its docstring, which Airflow shows; may be empty.
        options: Arguments of the DAG's decorator.
        code_folder: The package with the stages' code.
        zone: In which the run's date and time are told.
        has_date: Whether a stage needs the run's date.
        has_time: Whether the run's time is needed, for the date at least.
    """

    about: str
    function: Source
    docs: str
    options: tuple[Keyword, ...]
    code_folder: Source
    zone: str
    has_date: bool
    has_time: bool
    tasks: tuple[Task, ...]
    calls: tuple[Call, ...]
