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
        skip_if: When it is skipped; None where it never is.
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
    skip_if: Source | None = None


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook of the run (X1, X2).

    Args:
        target: What it runs, `"module:function"`.
        name: How an error names it.
        timeout: How long it may take, where it says so.
    """

    target: Source
    name: Source
    timeout: Source | None


@dataclass(frozen=True, slots=True)
class Gate:
    """A predicate as a Prefect task (C1).

    Args:
        name: The task's name: the branch, and what it asks.
        expression: The predicate.
    """

    name: str
    function: Source
    arguments: tuple[Argument, ...]
    skip_if: Source | None
    expression: Source


@dataclass(frozen=True, slots=True)
class Submission:
    """A task's submission by the flow, and the variable that holds its future.

    Args:
        stage: The stage's id, or what else the task is called.
        counts: Whether the run's state depends on it.
        noted: Inside of a loop: the key under which the future is noted, as source.
    """

    stage: str
    future: Source
    function: Source
    arguments: tuple[Keyword, ...]
    counts: bool = True
    noted: Source | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop (M1): a task that submits the stages of each item, and a function that does it for one.

    Args:
        name: The task's name.
        run_name: Of its runs, where there is one for each item of another loop.
        function: The task's function; it returns how many items there were.
        arguments: Its parameters.
        skip_if: When it is skipped; None where it never is.
        lists: What it runs over, by name, as source.
        key: The field that names an item in addresses.
        limit: How many items may run at once.
        run: The function for one item, and its parameters: where it is, its address, the item.
        around: The place of the item of the loop around this one, as source.
        body: What is submitted for each item.
        futures: What an item waits for.
    """

    name: str
    run_name: Source | None
    function: Source
    arguments: tuple[Argument, ...]
    skip_if: Source | None
    lists: Source
    key: Source | None
    limit: Source | None
    run: Source
    instance: Source
    item: Source
    item_key: Source
    around: Source | None
    body: tuple[Submission | Loop, ...]
    futures: tuple[Source, ...]
    submission: Submission


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
        gates: The predicates.
        submissions: What the flow submits, in order.
        skips: Whether something can be skipped.
        loops: Whether there are loops.
        notes: Whether futures are noted as they come.
        collects: Whether something collects from a loop.
        notes_helpers: Whether, for an item of a loop, something is collected or a stand-in is there.
        stand_ins: Stand-ins by the stage that they stand in for.
        on_failure: Who is told when the run has failed.
        on_exit: Who is told when it has ended.
        has_stage_hooks: Whether somebody is told when a stage has failed.
        bounds_stage_hooks: Whether one of these says how long it may take.
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
    gates: tuple[Gate, ...]
    tasks: tuple[Task, ...]
    submissions: tuple[Submission | Loop, ...]
    skips: bool
    loops: bool
    notes: bool
    collects: bool
    notes_helpers: bool
    stand_ins: Mapping[str, str]
    on_failure: Hook | None
    on_exit: Hook | None
    has_stage_hooks: bool
    bounds_stage_hooks: bool

    @property
    def has_run_hooks(self) -> bool:
        """Whether somebody is told of the run's end."""
        return self.on_failure is not None or self.on_exit is not None


@dataclass(frozen=True, slots=True)
class Deployment:
    """What `prefect deploy` reads. All values are YAML already."""

    name: Source
    entrypoint: Source
    tags: tuple[Source, ...]
    cron: Source | None
    timezone: Source | None
