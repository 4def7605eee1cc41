"""Stages: plain functions with policies, and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, overload

from portable_pipeline.dsl.events import FailureEvent
from portable_pipeline.dsl.handles import Handle
from portable_pipeline.dsl.maps import mapped, parameters_of
from portable_pipeline.dsl.places import Place, users_place
from portable_pipeline.dsl.trace import Call, StageValue, current_trace

P = ParamSpec("P")
R = TypeVar("R")

Duration = str | timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSettings:
    """The policies of a stage, as written: capture checks them."""

    name: str | None
    retries: int
    retry_delay: Duration
    backoff: float
    max_delay: Duration | None
    jitter: float
    timeout: Duration | None
    owner: str | None
    tags: Sequence[str]
    on_failure: Callable[[FailureEvent], Any] | None = None
    cache: bool = False


class StageFunction(Generic[P, R]):
    """A function that is a stage. Inside a pipeline function a call records a stage; elsewhere it just calls.

    Attributes:
        function: The function itself, with its exact type.
        settings: Its policies.
        place: Where it was made a stage.
    """

    __name__: str

    def __init__(self, function: Callable[P, R], settings: StageSettings, place: Place) -> None:
        update_wrapper(self, function)
        self.function = function
        self.settings = settings
        self.place = place
        self.__name__ = str(settings.name or getattr(function, "__name__", type(function).__name__))

    # The first form is what editors show. The second is for pipelines: handles stand for values there, and outputs
    # may be left out. What a type checker then lets through, capture finds.
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any: ...

    @overload
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A handle inside a pipeline function, the function's result elsewhere."""
        handle = _recorded(self, args, kwargs)
        return self.function(*args, **kwargs) if handle is None else handle

    def map(self, *args: Any, max_parallel: int | None = None, key: str | None = None, **kwargs: Any) -> Any:
        """One call for each item of what is wrapped in `each(...)`; the other arguments are the same for all (M1).

        Args:
            args: As in a call.
            max_parallel: How many items may run at once (M5).
            key: Name of the field of an item that names it in addresses (`{item_key}`); else its index does.
            kwargs: As in a call.

        Returns:
            A handle of what each item gives: `collect(...)` makes a list of it.
        """
        names = parameters_of(self.function)
        return mapped(self, names, args, kwargs, key=key, max_parallel=max_parallel)

    def __repr__(self) -> str:
        return f"<stage {self.__name__}>"


class StageDecorator:
    """Makes functions stages with given policies: what `stage(retries=3)` returns."""

    def __init__(self, settings: StageSettings, place: Place) -> None:
        self._settings = settings
        self._place = place

    def __call__(self, function: Callable[P, R]) -> StageFunction[P, R]:
        """The function as a stage."""
        return StageFunction(function, self._settings, self._place)


class CommandStage:
    """A program that is a stage.

    Attributes:
        command: Arguments, or one shell line.
        inputs: Types of the parameters by name, as annotations.
        outputs: Artifacts by name: `Output[...]`, or an address.
        image: Container image.
        settings: Its policies.
        place: Where it was defined.
    """

    def __init__(
        self,
        command: Sequence[str] | str,
        inputs: Mapping[str, Any],
        outputs: Mapping[str, Any],
        *,
        image: str | None,
        settings: StageSettings,
        place: Place,
    ) -> None:
        self.command = command
        self.inputs = inputs
        self.outputs = outputs
        self.image = image
        self.settings = settings
        self.place = place
        self.__name__ = str(settings.name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A handle inside a pipeline function.

        Raises:
            TypeError: Outside of one: a command runs only in a pipeline.
        """
        handle = _recorded(self, args, kwargs)
        if handle is None:
            raise TypeError(f"the command {self.__name__} runs only in a pipeline")
        return handle

    def map(self, *args: Any, max_parallel: int | None = None, key: str | None = None, **kwargs: Any) -> Any:
        """One call for each item of what is wrapped in `each(...)`; the other arguments are the same for all (M1).

        Args:
            args: As in a call.
            max_parallel: How many items may run at once (M5).
            key: Name of the field of an item that names it in addresses (`{item_key}`); else its index does.
            kwargs: As in a call.

        Returns:
            A handle of what each item gives: `collect(...)` makes a list of it.
        """
        names = (*self.inputs, *self.outputs)
        return mapped(self, names, args, kwargs, key=key, max_parallel=max_parallel)

    def __repr__(self) -> str:
        return f"<command {self.__name__}>"


@overload
def stage(function: Callable[P, R], /) -> StageFunction[P, R]: ...


@overload
def stage(
    function: Callable[P, R],
    /,
    *,
    name: str | None = ...,
    retries: int = ...,
    retry_delay: Duration = ...,
    backoff: float = ...,
    max_delay: Duration | None = ...,
    jitter: float = ...,
    timeout: Duration | None = ...,
    owner: str | None = ...,
    tags: Sequence[str] = ...,
    on_failure: Callable[[FailureEvent], Any] | None = ...,
    cache: bool = ...,
) -> StageFunction[P, R]: ...


@overload
def stage(
    *,
    name: str | None = ...,
    retries: int = ...,
    retry_delay: Duration = ...,
    backoff: float = ...,
    max_delay: Duration | None = ...,
    jitter: float = ...,
    timeout: Duration | None = ...,
    owner: str | None = ...,
    tags: Sequence[str] = ...,
    on_failure: Callable[[FailureEvent], Any] | None = ...,
    cache: bool = ...,
) -> StageDecorator: ...


def stage(
    function: Callable[P, R] | None = None,
    /,
    *,
    name: str | None = None,
    retries: int = 0,
    retry_delay: Duration = "60s",
    backoff: float = 1.0,
    max_delay: Duration | None = None,
    jitter: float = 0.0,
    timeout: Duration | None = None,
    owner: str | None = None,
    tags: Sequence[str] = (),
    on_failure: Callable[[FailureEvent], Any] | None = None,
    cache: bool = False,
) -> StageFunction[P, R] | StageDecorator:
    """Make a function a stage: `@stage`, `@stage(retries=3)`, or `train = stage(acme.train, retries=1)`.

    Args:
        function: A plain function whose parameters and result are annotated.
        name: Of the stage, instead of the function's.
        retries: How many further attempts follow a failed one (R1).
        retry_delay: Wait before the first retry: `"90s"`, `"30m"`, `"2h"`, or a timedelta (R2).
        backoff: Factor on the wait for each further retry.
        max_delay: The wait never grows beyond this.
        jitter: At most this fraction of the wait is added at random.
        timeout: Bound on each attempt, after which its whole process tree is killed (R3).
        owner: Who is asked when it fails.
        tags: Words to find it by.
        on_failure: A function that is called once when the stage has failed for good, with a `FailureEvent` (X2).
        cache: Whether a run takes over what an earlier one has left, where code, inputs and environment are the same
            (K1). For functions whose result depends on nothing else.

    >>> @stage(retries=3, timeout="30m")
    ... def double(number: int) -> int:
    ...     return 2 * number
    >>> double(21)
    42
    """
    settings = StageSettings(
        name=name,
        retries=retries,
        retry_delay=retry_delay,
        backoff=backoff,
        max_delay=max_delay,
        jitter=jitter,
        timeout=timeout,
        owner=owner,
        tags=tags,
        on_failure=on_failure,
        cache=cache,
    )
    if function is None:
        return StageDecorator(settings, users_place())
    return StageFunction(function, settings, users_place())


def command(
    command: Sequence[str] | str,
    *,
    name: str,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    image: str | None = None,
    retries: int = 0,
    retry_delay: Duration = "60s",
    backoff: float = 1.0,
    max_delay: Duration | None = None,
    jitter: float = 0.0,
    timeout: Duration | None = None,
    owner: str | None = None,
    tags: Sequence[str] = (),
    on_failure: Callable[[FailureEvent], Any] | None = None,
    cache: bool = False,
) -> CommandStage:
    """A stage that runs a program.

    Args:
        command: Arguments, each with placeholders: `["wc", "-l", "{data.path}"]`. Or one line for the shell, in which
            every value is quoted. `{day}` is a value, `{data.path}` and `{data.uri}` an artifact.
        name: Of the stage.
        inputs: Types of what it takes, by name: `{"data": Input[Dataset], "day": date}`.
        outputs: What it writes, by name: `Output[Dataset]`, or an address: `uri("{root}/{run_date}/count.txt")`.
        image: Container image, for engines that can place a stage.
        retries: As for `stage`, and so all that follow.
        retry_delay: As for `stage`.
        backoff: As for `stage`.
        max_delay: As for `stage`.
        jitter: As for `stage`.
        timeout: As for `stage`.
        owner: As for `stage`.
        tags: As for `stage`.
        on_failure: As for `stage`.
        cache: As for `stage`.

    >>> from portable_pipeline.dsl.artifacts import Dataset, Input
    >>> command(["wc", "-l", "{data.path}"], name="count_lines", inputs={"data": Input[Dataset]})
    <command count_lines>
    """
    settings = StageSettings(
        name=name,
        retries=retries,
        retry_delay=retry_delay,
        backoff=backoff,
        max_delay=max_delay,
        jitter=jitter,
        timeout=timeout,
        owner=owner,
        tags=tags,
        on_failure=on_failure,
        cache=cache,
    )
    return CommandStage(
        command, dict(inputs or {}), dict(outputs or {}), image=image, settings=settings, place=users_place()
    )


def _recorded(made: StageFunction[..., Any] | CommandStage, args: tuple[Any, ...], kwargs: Any) -> Handle | None:
    trace = current_trace()
    if trace is None:
        return None
    call = Call(made, args, kwargs, users_place(), block=trace.block)
    trace.calls.append(call)
    trace.last_branch = None
    return Handle(StageValue(call), trace)
