"""PPC07x: functions that cannot be stages."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class NotAFunction(Diagnostic):
    """Something that is no function is made a stage.

    What
        A stage is a function written with `def` at the top of a module. A lambda, a class or a `functools.partial`
        has no source of its own that could travel.

    Why
        The generated code contains your function as you wrote it.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        load = stage(lambda: 3, name="load", timeout="5m")


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC070"
    title: ClassVar[str] = "{what} cannot be a stage"
    help: ClassVar[str] = "write a function with `def` at the top of a module"

    what: str


class NestedFunction(Diagnostic):
    """A function from inside another function is made a stage.

    What
        What the function takes from the one around it, its closure, is only there while that one runs.

    Why
        The generated code imports stages by their names from the top of a module.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        def loader(rows: int):
            @stage(timeout="5m")
            def load() -> int:
                return rows

            return load


        load = loader(3)


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load(rows: int) -> int:
            return rows


        @pipeline
        def nightly():
            load(3)
        ```
    """

    code: ClassVar[str] = "PPC071"
    title: ClassVar[str] = "`{function}` is defined inside a function and cannot travel without it"
    help: ClassVar[str] = "move it to the top of its module; what it takes from around it becomes a parameter"

    function: str


class MethodAsStage(Diagnostic):
    """A method is made a stage.

    What
        A method needs its object. The object is made in the process that reads the pipeline file, not in the one
        that runs the stage.

    Why
        An object is no JSON.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        class Source:
            @stage(timeout="5m")
            def load() -> int:
                return 3


        @pipeline
        def nightly():
            Source.load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        class Source:
            def load(self) -> int:
                return 3


        @stage(timeout="5m")
        def load() -> int:
            return Source().load()


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC072"
    title: ClassVar[str] = "`{function}` is a method and cannot travel without its object"
    help: ClassVar[str] = "write a function at the top of the module that calls it"

    function: str


class AsyncStage(Diagnostic):
    """A coroutine is made a stage.

    What
        The function is written with `async def`.

    Why
        Each attempt is a process that calls the function and takes what it returns.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        async def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        import asyncio

        from portable_pipeline import pipeline, stage


        async def fetch() -> int:
            return 3


        @stage(timeout="5m")
        def load() -> int:
            return asyncio.run(fetch())


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC073"
    title: ClassVar[str] = "stage `{function}` is a coroutine"
    help: ClassVar[str] = "write a plain function; inside, `asyncio.run(...)` runs coroutines"

    function: str


class GeneratorStage(Diagnostic):
    """A generator is made a stage.

    What
        The function contains `yield`.

    Why
        What a stage returns travels as a whole, when it has ended.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            yield 3


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [3]


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC074"
    title: ClassVar[str] = "stage `{function}` is a generator"
    help: ClassVar[str] = "return a list, or write an artifact"

    function: str


class HiddenFunction(Diagnostic):
    """A function that its module no longer has under its name.

    What
        The module defines or assigns the name again further down. The stage is the earlier function.

    Why
        Stages are found by their names where they run. The later function would run in place of this one.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        first = load


        @stage(timeout="5m")
        def load() -> int:
            return 4


        @pipeline
        def nightly():
            first()
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def first() -> int:
            return 3


        @stage(timeout="5m")
        def load() -> int:
            return 4


        @pipeline
        def nightly():
            first()
            load()
        ```
    """

    code: ClassVar[str] = "PPC086"
    title: ClassVar[str] = "`{function}` is hidden by another definition of that name"
    label: ClassVar[str] = "its module has another one"
    help: ClassVar[str] = "give each function a name of its own"

    function: str


class NoSource(Diagnostic):
    """A stage whose code is in no file.

    What
        The function was made by `exec`, or typed into a console.

    Why
        The generated code contains your function as you wrote it.

    Example
        `exec("def load() -> int: return 3")`, and then `stage(load)`

    Instead
        The same function in a file.
    """

    code: ClassVar[str] = "PPC085"
    title: ClassVar[str] = "the code of {what} cannot be read: {reason}"
    help: ClassVar[str] = "define it in a file"
    triggered_by: ClassVar[str] = "a function that was made from text while the program ran"

    what: str
    reason: str
