"""What the template lays out: a DAG, its tasks and their calls, every value already source text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Keyword
from portable_pipeline.codegen.literals import Source, identifier


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
        look: Arguments of `skip_with`, where the task has to look who was skipped.
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
    look: tuple[Source, ...]
    attempt: Source
    work: Source
    keywords: tuple[Keyword, ...]
    has_answer: bool
    aborts: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A task that decides about others; it does the stages' work in none.

    Args:
        docs: Its docstring.
        decorator: What makes it a task.
        notes: Comments above it.
        is_teardown: Whether it runs in any case, and the run does not end like it.
        shape: Type of what it returns.
        look: As in `Task`.
        calls: What it calls first, to end as others have ended.
        skips_if: It is skipped if this holds.
        fails_if: It fails if this holds.
        why: What it says of that.
        returns: What it returns.
    """

    function: Source
    docs: str
    options: tuple[Keyword, ...]
    arguments: tuple[Source, ...]
    shape: Source
    look: tuple[Source, ...] = ()
    decorator: Source = Source("task")  # noqa: RUF009 - it is a string, which nobody can change
    calls: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    is_teardown: bool = False
    skips_if: Source | None = None
    fails_if: Source | None = None
    why: str = ""
    returns: Source | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A hook, as Airflow calls it.

    Args:
        hook: What it is for, as errors call it.
        work: What it calls.
        event: The function that makes what it is told.
        timeout: How long it may take, where it says so.
    """

    function: Source
    hook: str
    work: Source
    event: Source
    timeout: Source | None


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
class MappedGroup:
    """A place in the graph for tasks of a loop, that there are once for each item.

    Args:
        name: Of the group.
        function: Of the group's function.
        parameters: What it takes of an item.
        items: The variable of the task that returns the items.
        calls: The tasks.
        returns: Variables of those that tasks outside need.
    """

    name: str
    function: Source
    parameters: tuple[Source, ...]
    items: Source
    calls: tuple[Call, ...]
    returns: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A place in the graph for what is only shown together.

    Args:
        name: Of the group.
        title: As users read it.
        calls: What is in it.
    """

    name: str
    title: str
    calls: tuple[Call | MappedGroup | ShownGroup, ...]


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
        has_time: Whether the run's time is needed.
        has_states: Whether a task asks for another one's state.
        has_looks: Whether a task looks who was skipped.
        has_collects: Whether a task takes what a loop gave.
        has_lists: Whether one takes what a loop in a loop gave, as lists.
        has_collected: Whether a task collects what a loop in a loop gave for the item around.
        has_turns: Whether items of a loop wait for their turn.
        depth: In how many loops a stage is at most.
        nested: For stages in loops in loops, the task that they are expanded over.
        stage_ids: Of all stages, in their order.
        stand_ins: For stages with a stand-in, the task that gives the values of the one or the other.
        callbacks: What the DAG and its tasks call at the end.
        tasks: The functions, in the order of the graph.
        calls: How they hang together, in the order of the graph.
    """

    about: str
    function: Source
    docs: str
    options: tuple[Keyword, ...]
    code_folder: Source
    zone: str
    has_date: bool
    has_time: bool
    has_states: bool
    has_looks: bool
    has_collects: bool
    has_lists: bool
    has_collected: bool
    has_turns: bool
    depth: int
    nested: Mapping[str, str]
    stage_ids: tuple[str, ...]
    stand_ins: Mapping[str, str]
    callbacks: tuple[Callback, ...]
    tasks: tuple[Task | Decision, ...]
    calls: tuple[Call | MappedGroup | ShownGroup, ...]

    @property
    def has_control_flow(self) -> bool:
        """Whether there are hooks, or tasks that decide about others."""
        return bool(self.callbacks) or any(isinstance(each, Decision) for each in self.tasks)

    @property
    def events(self) -> frozenset[str]:
        """The functions that callbacks need."""
        return frozenset(each.event for each in self.callbacks)

    @property
    def further_names(self) -> tuple[Source, ...]:
        """What the file needs of the runtime because of what decides, and of callbacks."""
        decisions = [each for each in self.tasks if isinstance(each, Decision)]
        needed = {
            "FailureEvent": "failure_event" in self.events,
            "RunEvent": "run_event" in self.events,
            "call_hook": bool(self.callbacks),
            "loop_items": any("loop_items(" in (each.returns or "") for each in decisions),
            "typed": any("typed(" in (each.skips_if or "") for each in decisions),
        }
        return tuple(identifier(name) for name, is_needed in needed.items() if is_needed)

    @property
    def stages(self) -> tuple[Task, ...]:
        """Those of the tasks that are stages."""
        return tuple(each for each in self.tasks if isinstance(each, Task))
