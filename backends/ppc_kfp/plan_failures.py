"""What the templates lay out where failures are seen: supervised stages, stand-ins, hooks."""

from __future__ import annotations

from dataclasses import dataclass

from portable_pipeline.codegen.literals import Source, commas, literal


@dataclass(frozen=True, slots=True)
class Code:
    """Code of the user that is nested in a function.

    Args:
        imports: Imports before the code.
        kfp_imports: Those of KFP's own names.
        globals: Names that the code binds at the level of the module.
        classes: Those of our names in it that are classes: `Abort`, `FailureEvent`, `RunEvent`.
        text: The code, indented; empty where it is imported.
        depth: How many functions it is nested in.
    """

    imports: tuple[Source, ...]
    kfp_imports: tuple[Source, ...]
    globals: tuple[Source, ...]
    classes: tuple[str, ...]
    text: Source
    depth: int

    @property
    def pad(self) -> Source:
        """The indentation."""
        return Source("    " * self.depth)


@dataclass(frozen=True, slots=True)
class HookCall:
    """A function inside a component that calls a hook.

    Args:
        name: Of the function.
        hook: Expression for what logs call the hook.
        function: The hook itself.
        event: Expression for what it is told.
        timeout_seconds: How long it may take, where it says so.
    """

    name: Source
    hook: Source
    code: Code
    function: Source
    event: Source
    timeout_seconds: float | None

    @property
    def arguments(self) -> Source:
        """Those of `call_hook`."""
        bound = [] if self.timeout_seconds is None else [Source(f"timeout_seconds={literal(self.timeout_seconds)}")]
        return commas((self.hook, self.name, *bound))


@dataclass(frozen=True, slots=True)
class Supervision:
    """How a component runs its stage in a process of its own.

    Args:
        attempt: Name of the inner function that is an attempt.
        values: Name of the variable for what it returns.
        failure: Name of the variable for why it has failed.
        empty: Literals for what the component returns in the place of values.
        is_saved: Whether a stand-in takes over, and the component must not fail.
    """

    attempt: Source
    values: Source
    failure: Source
    retries: int
    timeout_seconds: float | None
    outputs: tuple[tuple[Source, Source], ...]
    hook: HookCall | None
    empty: tuple[Source, ...]
    is_saved: bool

    @property
    def arguments(self) -> Source:
        """Those of `supervise`."""
        bound = [] if self.timeout_seconds is None else [Source(f"timeout_seconds={literal(self.timeout_seconds)}")]
        pairs = commas(Source(f"({artifact}, {uri})") for artifact, uri in self.outputs)
        written = [Source(f"outputs=[{pairs}]")] if self.outputs else []
        return commas((self.attempt, Source(f"retries={literal(self.retries)}"), *bound, *written))


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the component of a stand-in does when its primary has not failed.

    Args:
        failure: Its parameter that says why the primary has failed.
        artifacts: Its inputs from the primary, each with its own output.
        values: What it returns then.
    """

    failure: Source
    artifacts: tuple[tuple[Source, Source], ...]
    values: tuple[Source, ...]

    @property
    def pairs(self) -> Source:
        """The arguments of `hand_on`."""
        return commas(Source(f"({given}, {artifact})") for given, artifact in self.artifacts)


@dataclass(frozen=True, slots=True)
class Exit:
    """The component that tells hooks how a run has ended.

    Args:
        name: Of its function.
        variable: For its task.
        status: Its parameter for what KFP knows of the end.
        run: Its parameter for the run's id.
        states: Its variable for the words that KFP has for how runs end.
        state: Its variable for how this one has.
        embeds: Whether it needs the user's local modules.
        packages: Whether the pipeline has packages.
    """

    name: Source
    variable: Source
    status: Source
    run: Source
    states: Source
    state: Source
    embeds: bool
    packages: bool
    on_failure: HookCall | None
    on_exit: HookCall | None
