"""Pipelines: functions that call stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, overload

from portable_pipeline.dsl.events import RunEvent
from portable_pipeline.dsl.handles import Handle
from portable_pipeline.dsl.places import Place, users_place
from portable_pipeline.dsl.schedules import CronSchedule
from portable_pipeline.dsl.stages import Duration
from portable_pipeline.dsl.trace import ParameterValue, Unusable, current_trace


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSettings:
    """The policies of a pipeline, as written: capture checks them."""

    name: str | None
    schedule: CronSchedule | None
    timeout: Duration | None
    owner: str | None
    tags: Sequence[str]
    description: str | None
    packages: Sequence[str]
    on_exit: Callable[[RunEvent], Any] | None = None
    on_failure: Callable[[RunEvent], Any] | None = None


class PipelineFunction:
    """A function that is a pipeline. It is traced, never called for its work.

    Attributes:
        function: The function itself.
        settings: Its policies.
        place: Where it was made a pipeline.
    """

    __name__: str

    def __init__(self, function: Callable[..., Any], settings: PipelineSettings, place: Place) -> None:
        update_wrapper(self, function)
        self.__name__ = str(getattr(function, "__name__", type(function).__name__))
        self.function = function
        self.settings = settings
        self.place = place

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        """Refused: a pipeline is run by `ppc run`.

        Raises:
            TypeError: Always, except inside another pipeline function, where capture reports it.
        """
        trace = current_trace()
        if trace is None:
            raise TypeError(f"the pipeline {self.__name__} is not called: run it with `ppc run FILE:{self.__name__}`")
        trace.misuse("pipeline", ParameterValue(self.__name__), self.__name__)
        return Handle(Unusable(), trace)

    def __repr__(self) -> str:
        return f"<pipeline {self.__name__}>"


class PipelineDecorator:
    """Makes functions pipelines with given policies: what `pipeline(schedule=...)` returns."""

    def __init__(self, settings: PipelineSettings, place: Place) -> None:
        self._settings = settings
        self._place = place

    def __call__(self, function: Callable[..., Any]) -> PipelineFunction:
        """The function as a pipeline."""
        return PipelineFunction(function, self._settings, self._place)


@overload
def pipeline(function: Callable[..., Any], /) -> PipelineFunction: ...


@overload
def pipeline(
    *,
    name: str | None = ...,
    schedule: CronSchedule | None = ...,
    timeout: Duration | None = ...,
    owner: str | None = ...,
    tags: Sequence[str] = ...,
    description: str | None = ...,
    packages: Sequence[str] = ...,
    on_exit: Callable[[RunEvent], Any] | None = ...,
    on_failure: Callable[[RunEvent], Any] | None = ...,
) -> PipelineDecorator: ...


def pipeline(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    schedule: CronSchedule | None = None,
    timeout: Duration | None = None,
    owner: str | None = None,
    tags: Sequence[str] = (),
    description: str | None = None,
    packages: Sequence[str] = (),
    on_exit: Callable[[RunEvent], Any] | None = None,
    on_failure: Callable[[RunEvent], Any] | None = None,
) -> PipelineFunction | PipelineDecorator:
    """Make a function a pipeline: `@pipeline`, or `@pipeline(schedule=cron("0 2 * * *"))`.

    The function is traced once: each call of a stage in it records a stage and returns a handle. Its parameters are
    those of the pipeline (P1).

    Args:
        function: A plain function whose parameters are annotated.
        name: Of the pipeline, instead of the function's.
        schedule: When it runs; without one it runs by hand only.
        timeout: Bound on a whole run: `"3h"`, or a timedelta (R6).
        owner: Who is asked when it fails; also of its stages that name nobody.
        tags: Words to find it by.
        description: What it is for; else the function's docstring, else the module's.
        packages: Requirements of the stages' own code, as for pip: `["scikit-learn==1.7.2"]`.
        on_exit: A function that is called once at the end of every run, with a `RunEvent` (X1).
        on_failure: A function that is called once when the run has failed, with a `RunEvent`, before `on_exit` (X2).
    """
    settings = PipelineSettings(
        name=name,
        schedule=schedule,
        timeout=timeout,
        owner=owner,
        tags=tags,
        description=description,
        packages=packages,
        on_exit=on_exit,
        on_failure=on_failure,
    )
    if function is None:
        return PipelineDecorator(settings, users_place())
    return PipelineFunction(function, settings, users_place())
