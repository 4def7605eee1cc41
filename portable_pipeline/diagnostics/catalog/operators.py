"""PPC02x: operations on handles that would need the value."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class HandleAsCondition(Diagnostic):
    """A handle is used as a condition.

    What
        `if`, `while`, `and`, `or`, `not` and `assert` need to know whether a value is true. What a stage returns,
        and a parameter, have values only in a run.

    Why
        The pipeline function is executed once, before any run, to see what it describes. It cannot take one way
        today and another tomorrow.

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
            rows = load()
            if rows:
                show(rows)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 0):
                show(rows)
        ```
    """

    code: ClassVar[str] = "PPC020"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be a condition"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = (
        "write `with when(...):` around stages; predicates have `(a > 1) & (b < 2)`, `|`, `~` for `and`, `or`, `not`"
    )

    handle: str


class HandleCompared(Diagnostic):
    """A comparison is passed to a stage.

    What
        Comparing a handle makes a predicate, which `when(...)` takes. It is no value that a stage can get.

    Why
        Predicates decide what runs. What is to be computed is computed in stages.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(many: bool) -> None:
            print(many)


        @pipeline
        def nightly():
            rows = load()
            show(rows > 100)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows > 100)


        @pipeline
        def nightly():
            rows = load()
            show(rows)
        ```
    """

    code: ClassVar[str] = "PPC021"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` is a predicate"
    label: ClassVar[str] = "only `when(...)` takes it"
    help: ClassVar[str] = "compare inside the stage, where the values are there"

    stage: str
    argument: str


class HandleIterated(Diagnostic):
    """A handle is iterated or unpacked.

    What
        `for`, `*` and unpacking need the items of a value that exists only in a run.

    Why
        How many stages there are is known before any run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [1, 2, 3]


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            for rows in load():
                show(rows)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [1, 2, 3]


        @stage(timeout="5m")
        def show(counts: list[int]) -> None:
            for rows in counts:
                print(rows)


        @pipeline
        def nightly():
            show(load())
        ```
    """

    code: ClassVar[str] = "PPC022"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be iterated or unpacked"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    advice_on_it: str


class HandleAsText(Diagnostic):
    """A handle becomes part of a text.

    What
        f-strings, `format`, `str`, `%` and paths need the value. It exists only in a run.

    Why
        The text would hold the handle's own description.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(text: str) -> None:
            print(text)


        @pipeline
        def nightly(name: str = "events"):
            show(f"table {name}")
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(name: str) -> None:
            print(f"table {name}")


        @pipeline
        def nightly(name: str = "events"):
            show(name)
        ```
    """

    code: ClassVar[str] = "PPC023"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be part of a text"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    advice_on_it: str


class HandleInArithmetic(Diagnostic):
    """A handle is computed with.

    What
        Operators need the value. It exists only in a run.

    Why
        What would be computed is not there yet.

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
            show(load() + 1)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows + 1)


        @pipeline
        def nightly():
            show(load())
        ```
    """

    code: ClassVar[str] = "PPC024"
    title: ClassVar[str] = "{handle} has no value yet: `{operator}` cannot compute with it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "pass it to a stage and compute there"

    handle: str
    operator: str


class HandleIndexed(Diagnostic):
    """A handle is indexed.

    What
        `handle[...]` needs the value. It exists only in a run. The outputs of a stage have names: `handle.name`.

    Why
        A part of a value is taken where the value is, in a stage. Several results that are used one by one are the
        fields of a NamedTuple or dataclass.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> dict[str, int]:
            return {"rows": 3}


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(load()["rows"])
        ```

    Instead
        ```python
        from typing import NamedTuple

        from portable_pipeline import pipeline, stage


        class Loaded(NamedTuple):
            rows: int


        @stage(timeout="5m")
        def load() -> Loaded:
            return Loaded(rows=3)


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(load().rows)
        ```
    """

    code: ClassVar[str] = "PPC025"
    title: ClassVar[str] = "{handle} has no value yet: `[{key}]` cannot look into it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    key: str
    advice_on_it: str


class HandleAsNumber(Diagnostic):
    """A handle is made a number.

    What
        `len`, `int`, `float` and `range` need the value. It exists only in a run.

    Why
        What would be computed is not there yet.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [1, 2, 3]


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(len(load()))
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [1, 2, 3]


        @stage(timeout="5m")
        def show(counts: list[int]) -> None:
            print(len(counts))


        @pipeline
        def nightly():
            show(load())
        ```
    """

    code: ClassVar[str] = "PPC026"
    title: ClassVar[str] = "{handle} has no value yet: it cannot be made a number by `{function}`"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "pass it to a stage and compute there"

    handle: str
    function: str
