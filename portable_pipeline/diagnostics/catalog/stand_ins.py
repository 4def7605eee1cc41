"""PPC052-054, PPC056: joins, fallbacks and hooks that are given something else than they take."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class WrongHandle(Diagnostic):
    """Something that is no stage where a stage is needed.

    What
        `collect`, `first_of` and `or_else` are about what stages leave. Constants, parameters and items of loops
        are there without any stage.

    Why
        What is always there needs no joining, no collecting and nobody to stand in for it.

    Example
        ```python
        from portable_pipeline import first_of, pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(first_of(load(), 0))
        ```

    Instead
        ```python
        from portable_pipeline import first_of, otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly(check: bool = True):
            with when(check):
                many = load()
            with otherwise():
                few = load()
            show(first_of(many, few))
        ```
    """

    code: ClassVar[str] = "PPC052"
    title: ClassVar[str] = "`{function}` takes {expected}, and gets {given}"
    help: ClassVar[str] = "{advice_on_it}"

    function: str
    expected: str
    given: str
    advice_on_it: str


class SecondFallback(Diagnostic):
    """Two stand-ins for one stage, or one for two, or a stand-in for a stand-in.

    What
        A stage has at most one stand-in, and a stand-in is that of one stage and has none itself.

    Why
        Which of several ran, and why, could not be told from the outcome of a run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(load().or_else(load()).or_else(load()))
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(load().or_else(load()))
        ```
    """

    code: ClassVar[str] = "PPC053"
    title: ClassVar[str] = "`{stage}` takes part in another fallback already"
    help: ClassVar[str] = "put further attempts into the stand-in's own code, or give the stages `retries`"

    stage: str


class NotAHook(Diagnostic):
    """A hook that cannot be told what happened.

    What
        A hook is a function with one parameter: `RunEvent` for a pipeline's `on_exit` and `on_failure`,
        `FailureEvent` for a stage's `on_failure`.

    Why
        It is called by the engine, with what happened and nothing else.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        def tell(text: str) -> None:
            print(text)


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline(on_exit=tell)
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import RunEvent, pipeline, stage


        def tell(event: RunEvent) -> None:
            print(event.state)


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline(on_exit=tell)
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC054"
    title: ClassVar[str] = "`{setting}` of {where} {given}"
    help: ClassVar[str] = "give it a function with one parameter: `def tell(event: {event}) -> None`"

    setting: str
    where: str
    given: str
    event: str


class HookSetting(Diagnostic):
    """A policy of stages on a hook, which is called once.

    What
        Of what `@stage` takes, a hook has its `timeout`: how long it may take, five minutes where it does not say.

    Why
        A hook is told once, its result is nobody's, and it changes no state, also not by its failure. Whoever writes
        `retries` counts on more.

    Example
        ```python
        from portable_pipeline import RunEvent, pipeline, stage


        @stage(retries=3, timeout="1m")
        def tell(event: RunEvent) -> None:
            print(event.state)


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline(on_exit=tell)
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import RunEvent, pipeline, stage


        @stage(timeout="1m")
        def tell(event: RunEvent) -> None:
            for _ in range(3):
                print(event.state)


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline(on_exit=tell)
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC056"
    title: ClassVar[str] = "`{setting}` of hook `{hook}` has no effect: a hook is called once"
    help: ClassVar[str] = "leave it out; try again inside the hook, within its `timeout`, if one try is not enough"

    setting: str
    hook: str
