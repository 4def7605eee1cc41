"""What the templates lay out: components, the pipeline's tasks and its schedule, every value already source text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, Keyword
from portable_pipeline.codegen.literals import Source, commas, docstring, in_tuple, literal
from ppc_kfp.plan_dates import RunDate
from ppc_kfp.plan_failures import Code, Exit, HandOver, Supervision
from ppc_kfp.plan_passing import MARK, Gathering, PassingComponents

#: How KFP describes the output that says why a stage has failed: the driver looks for it.
FAILURE_NOTE = "Why the stage has failed; empty if it has not"


def in_body(text: str) -> Source:
    """A text as the docstring of a function."""
    return docstring(text.replace("\n", "\n    ") + "\n    " if "\n" in text else text)


def signature(arguments: Iterable[Argument]) -> Source:
    """The parameters of a generated function."""
    return commas(
        Source(f"{each.name}: {each.annotation}" + ("" if each.default is None else f" = {each.default}"))
        for each in arguments
    )


@dataclass(frozen=True, slots=True)
class Output:
    """A value that a component returns.

    Args:
        name: As KFP knows it.
        annotation: KFP's type of it.
        note: What the JSON text of it holds; empty where it is no JSON.
        encoded: The expression for it.
    """

    name: str
    annotation: Source
    note: str
    encoded: Source


@dataclass(frozen=True, slots=True)
class Component:
    """A function of the user, or a command, as a KFP component.

    Args:
        name: Of the component's function.
        image: Expression for the container image.
        packages: Whether it needs the pipeline's packages.
        embeds: Whether it needs the user's local modules.
        carried: Lists of functions of the runtime file that it carries.
        used: Those of their functions that it calls itself.
        code: The user's code that is nested in it.
        jitter_seconds: What is added at most to the wait before each retry; empty for no jitter.
        received: Input artifacts that come as text, with their classes.
        verified: The arguments for its input artifacts.
        staged: Its output artifacts, each with the parameter that holds its URI.
        call: The call of the user's function, or of the command.
        outputs: What it returns; a single one is called `Output`.
        records: What it returns of its output artifacts, besides, and the expressions for that.
        failure: How KFP calls the output that says why the stage has failed; empty for none.
        supervision: How it sees its stage fail, where it has to.
        hand_over: What it does when it does not have to stand in.
    """

    name: Source
    description: str
    image: Source
    packages: bool
    embeds: bool
    carried: tuple[Source, ...]
    used: tuple[Source, ...]
    arguments: tuple[Argument, ...]
    code: Code
    jitter_seconds: tuple[float, ...]
    received: tuple[tuple[Source, Source], ...]
    verified: tuple[Source, ...]
    staged: tuple[tuple[Source, Source], ...]
    call: Source
    outputs: tuple[Output, ...]
    records: tuple[tuple[str, Source], ...]
    failure: str = ""
    supervision: Supervision | None = None
    hand_over: HandOver | None = None

    @property
    def docstring(self) -> Source:
        """What the component does, and what its JSON outputs hold: KFP shows both."""
        notes = [f"    {self.failure}: {FAILURE_NOTE}."] if self.failure else []
        notes += [f"    {each.name}: {each.note}." for each in self.outputs if each.note]
        returns = ["\n".join(["Returns:", *notes])] if notes else []
        about = [self.description] if self.description else [f"Component of `{self.name}`."] if returns else []
        return in_body("\n\n".join([*about, *returns])) if about else Source("")

    @property
    def carries(self) -> Source:
        """The expression for all functions that it carries."""
        return Source(" + ".join(self.carried))

    @property
    def called(self) -> Source:
        """The call, its result kept where there is one."""
        return Source(f"result = {self.call}") if self.outputs else self.call

    @property
    def returns_one(self) -> bool:
        """Whether it returns a value that KFP names itself."""
        return [each.name for each in self.outputs] == ["Output"] and not self.failure

    @property
    def returns(self) -> Source:
        """The annotation of what it returns, with its arrow; empty for nothing."""
        if not self.outputs and not self.records and not self.failure:
            return Source("")
        if self.returns_one:
            return Source(f" -> {self.outputs[0].annotation}")
        returned = (
            *([(self.failure, "str")] if self.failure else []),
            *((each.name, each.annotation) for each in self.outputs),
            *((name, "str") for name, _ in self.records),
        )
        fields = commas(Source(f"({literal(name)}, {annotation})") for name, annotation in returned)
        return Source(f' -> NamedTuple("Outputs", [{fields}])')

    @property
    def encoded(self) -> Source:
        """The expression for what it returns."""
        if self.returns_one:
            return self.outputs[0].encoded
        return in_tuple([each.encoded for each in self.outputs])

    @property
    def recorded(self) -> tuple[Source, ...]:
        """What it returns of its artifacts once they are committed."""
        return tuple(expression for _, expression in self.records)

    @property
    def returned(self) -> Source:
        """What it returns once its artifacts are committed, some of it in `encoded` already."""
        if not self.records:
            return Source("encoded")
        return in_tuple(((Source("*encoded"),) if self.outputs else ()) + self.recorded)

    @property
    def handed_over(self) -> Source:
        """What it returns where nobody has to stand in."""
        values = (*self.hand_over.values, *self.recorded) if self.hand_over is not None else ()
        return values[0] if self.returns_one else in_tuple(values) if values else Source("")

    @property
    def succeeded(self) -> Source:
        """What it returns of a supervised attempt that has succeeded."""
        assert self.supervision is not None
        values = self.supervision.values
        told = (Source('""'),) if self.supervision.is_saved else ()
        if self.returns_one:
            return Source(f"{values}[0]")
        if self.outputs and not told and not self.records:
            return Source(f"tuple({values})")
        return in_tuple((*told, *((Source(f"*{values}"),) if self.outputs else ()), *self.recorded))

    @property
    def failed(self) -> Source:
        """What it returns in the place of that, where a stand-in takes over."""
        assert self.supervision is not None
        failure = Source(f'encode_result({self.supervision.failure}, "str", "failure")')
        return in_tuple((failure, *self.supervision.empty, *(Source('""') for _ in self.records)))

    @property
    def answer(self) -> Source:
        """What an attempt in a process of its own returns."""
        return Source(f"[{commas(each.encoded for each in self.outputs)}]")

    @property
    def signature(self) -> Source:
        """Its parameters."""
        return signature(self.arguments)

    @property
    def targets(self) -> Source:
        """Its output artifacts with their URIs, as arguments."""
        return commas(Source(f"({artifact}, {uri})") for artifact, uri in self.staged)

    @property
    def committed(self) -> tuple[Source, ...]:
        """Its output artifacts."""
        return tuple(artifact for artifact, _ in self.staged)


@dataclass(frozen=True, slots=True)
class Retries:
    """Arguments of `set_retry`: waits of `delay_seconds * factor**k`."""

    retries: int
    delay_seconds: int
    factor: int


@dataclass(frozen=True, slots=True)
class Task:
    """A stage as a task of the pipeline.

    Args:
        stage: The stage's id, under which KFP shows the task; for a predicate its words.
        variable: Holds the task; None when nothing refers to it.
        after: Variables of the tasks that it waits for without data.
        timeout_seconds: Bound on each attempt.
    """

    stage: str
    component: Source
    variable: Source | None
    arguments: tuple[Keyword, ...]
    after: tuple[Source, ...]
    retries: Retries | None
    timeout_seconds: int | None

    @property
    def given(self) -> Source:
        """The arguments of the call."""
        return commas(Source(f"{each.name}={each.value}") for each in self.arguments)

    @property
    def assigned(self) -> Source:
        """The beginning of the statement that makes the task."""
        return Source(f"{self.variable} = (" if self.variable else "(")


@dataclass(frozen=True, slots=True)
class PredicateComponent:
    """A predicate as a component that returns "yes" or "no".

    Args:
        words: The predicate, for people.
        carried: Functions of the runtime file that it carries.
        expression: Of its arguments, true or false.
    """

    name: Source
    words: str
    carried: tuple[Source, ...]
    arguments: tuple[Argument, ...]
    expression: Source

    @property
    def docstring(self) -> Source:
        """What it tells."""
        return in_body(f"Whether {self.words}.")

    @property
    def signature(self) -> Source:
        """Its parameters."""
        return signature(self.arguments)


@dataclass(frozen=True, slots=True)
class ItemsComponent:
    """A component that returns the items of a loop, a dict of texts for each.

    Args:
        names: Of its arguments, in the order of the loop's lists.
        decoded: The expressions for these lists.
        key: The field of the first list's items that names each in addresses; None for the index.
        fields: What each dict holds: expressions of the current item of each list, under the list's name.
    """

    name: Source
    loop: str
    arguments: tuple[Argument, ...]
    names: tuple[Source, ...]
    decoded: tuple[Source, ...]
    key: Source | None
    fields: tuple[Keyword, ...]

    @property
    def docstring(self) -> Source:
        """What it returns."""
        return in_body(f"The items of loop `{self.loop}`, each with what its stages take, as JSON.")

    @property
    def signature(self) -> Source:
        """Its parameters."""
        return signature(self.arguments)

    @property
    def is_enumerated(self) -> bool:
        """Whether an index is used."""
        return any("index" in each.value for each in self.fields)

    @property
    def item(self) -> Source:
        """The dict of one item."""
        return Source("{" + ", ".join(f"{literal(str(each.name))}: {each.value}" for each in self.fields) + "}")

    @property
    def row(self) -> Source:
        """The names of the current items."""
        return self.names[0] if len(self.names) == 1 else Source(f"({commas(self.names)})")


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of the pipeline's function: a task, or the head of a `with`.

    Args:
        depth: How many `with`s it stands in.
        task: None for a head.
        head: None for a task.
        opens: Whether it is the first in its `with`.
    """

    depth: int
    task: Task | None
    head: Source | None
    opens: bool

    @property
    def pad(self) -> Source:
        """The indentation."""
        return Source("    " * (self.depth + 1))


def tasks_of(steps: Iterable[Step]) -> Iterator[Task]:
    """The tasks that statements make."""
    return (each.task for each in steps if each.task is not None)


@dataclass(frozen=True, slots=True)
class Check:
    """The call of `check_value` for one parameter of the pipeline.

    Args:
        name: Of the parameter.
        annotation: KFP's type of it.
        declared: Its type as `carried.py` reads it.
        bounds: Its constraints.
        as_text: Whether a URI needs it as Python prints it.
    """

    name: Source
    annotation: Source
    declared: Source
    bounds: tuple[Keyword, ...]
    as_text: bool

    @property
    def call(self) -> Source:
        """The call of `check_value`, its value kept where it is needed."""
        bounds = (Source(f"{each.name}={each.value}") for each in self.bounds)
        checked = Source(f"check_value({commas((literal(self.name), self.name, self.declared, *bounds))})")
        return Source(f"{self.name} = {checked}") if self.as_text else checked


@dataclass(frozen=True, slots=True)
class Plan:
    """A generated pipeline file.

    Args:
        function: The pipeline's function.
        about: Its docstring; KFP reads descriptions of parameters from it.
        code_folder: Folder beside the file with the user's local modules; empty when no component needs one.
        runtime: Module beside the file with what components carry.
        carried: What is imported from it.
        moments: Outputs of the task that resolves the run's date, and the variables for them.
        texts: Outputs of the task that checks the parameters, and the variables for them.
        passing: The components for what passes from group to group.
        steps: All statements that make tasks, in order.
        exit: The component that tells hooks how a run has ended; its task stands around all others.
    """

    name: str
    function: Source
    about: str
    packages: tuple[str, ...]
    code_folder: str
    runtime: Source
    carried: tuple[Source, ...]
    parameters: tuple[Argument, ...]
    timeout_seconds: int | None
    checks: tuple[Check, ...]
    check_variable: Source
    run_date: RunDate | None
    run_variable: Source
    moments: tuple[Keyword, ...]
    texts: tuple[Keyword, ...]
    predicates: tuple[PredicateComponent, ...]
    loops: tuple[ItemsComponent, ...]
    gatherings: tuple[Gathering, ...]
    passing: PassingComponents
    components: tuple[Component, ...]
    steps: tuple[Step, ...]
    exit: Exit | None

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Those of stages."""
        return tuple(each for each in tasks_of(self.steps) if " " not in each.stage)

    @property
    def mark(self) -> str:
        """What stands for a value that is not there."""
        return MARK

    @property
    def first_given_signature(self) -> Source:
        """The parameters of the component that joins."""
        return signature(self.passing.first_given.arguments(MARK) if self.passing.first_given else ())

    @property
    def are_given_signature(self) -> Source:
        """The parameters of the component that tells whether all is there."""
        return signature(self.passing.are_given.arguments("") if self.passing.are_given else ())

    @property
    def docstring(self) -> Source:
        """The docstring of the pipeline's function."""
        return in_body(self.about)

    @property
    def signature(self) -> Source:
        """The parameters of the pipeline's function."""
        return signature(self.parameters)

    @property
    def pad(self) -> Source:
        """The indentation of the first tasks."""
        return Source("    " * (1 if self.exit is None else 2))

    @property
    def check_signature(self) -> Source:
        """The parameters of the component that checks parameters."""
        return signature(Argument(each.name, each.annotation) for each in self.checks)

    @property
    def check_arguments(self) -> Source:
        """The arguments of its call."""
        return commas(Source(f"{each.name}={each.name}") for each in self.checks)

    @property
    def needs_named_tuple(self) -> bool:
        """Whether a component returns several values."""
        several = any(
            ((each.outputs or each.failure) and not each.returns_one) or each.records for each in self.components
        )
        return several or self.run_date is not None or self.has_texts or bool(self.loops)

    @property
    def kubernetes(self) -> Source:
        """What is imported from KFP besides: the extension, where a task has a setting of Kubernetes' own."""
        return Source(", kubernetes" if any(each.timeout_seconds is not None for each in self.tasks) else "")

    @property
    def uses_packages(self) -> bool:
        """Whether a component needs the pipeline's packages."""
        at_end = self.exit is not None and self.exit.packages
        return at_end or any(each.packages for each in self.components)

    @property
    def has_retries(self) -> bool:
        """Whether a task is tried again."""
        return any(each.retries is not None for each in self.tasks)

    @property
    def has_texts(self) -> bool:
        """Whether URIs need parameters as Python prints them."""
        return any(each.as_text for each in self.checks)
