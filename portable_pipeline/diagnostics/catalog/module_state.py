"""PPC07x and PPC08x: statements of a module that cannot travel with its stages."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


class ChangedName(Diagnostic):
    """A value that stages need is changed after it was made.

    What
        A name at the top of the module is filled, extended or rebound by a further statement, or by a function with
        `global`.

    Why
        Only what defines a name travels with the stages. Which of the statements that change it belong to it, and
        what else they do, cannot be told safely.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        LIMITS = {}
        LIMITS["rows"] = 3


        @stage(timeout="5m")
        def load() -> int:
            return LIMITS["rows"]


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        LIMITS = {"rows": 3}


        @stage(timeout="5m")
        def load() -> int:
            return LIMITS["rows"]


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC075"
    title: ClassVar[str] = "`{name}` is changed after it was made, and stage `{stage}` needs it"
    label: ClassVar[str] = "changed here"
    help: ClassVar[str] = "make it in one expression: a literal, a comprehension, or the call of a function"

    name: str
    stage: str


class FilledByLoop(Diagnostic):
    """A value that stages need is made by a loop at the top of the module.

    What
        `for` or `while` binds the name.

    Why
        A loop may do anything besides. What defines a name has to be one statement.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        for LIMIT in (1, 2, 3):
            pass


        @stage(timeout="5m")
        def load() -> int:
            return LIMIT


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        LIMIT = (1, 2, 3)[-1]


        @stage(timeout="5m")
        def load() -> int:
            return LIMIT


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC076"
    title: ClassVar[str] = "`{name}` is made by a loop at the top of the module, and stage `{stage}` needs it"
    label: ClassVar[str] = "made here"
    help: ClassVar[str] = "make it in one expression: a comprehension, or the call of a function"

    name: str
    stage: str


class GlobalStatement(Diagnostic):
    """Stage code that changes a global.

    What
        A function with a `global` statement assigns a name of its module.

    Why
        Each attempt is a process of its own: the next stage never sees the change.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        ROWS = 0


        @stage(timeout="5m")
        def load() -> int:
            global ROWS
            ROWS = 3
            return ROWS


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            rows = 3
            return rows


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC078"
    title: ClassVar[str] = "the code of stage `{stage}` changes the global `{name}`"
    help: ClassVar[str] = "pass the value in and return it: each attempt is a process of its own"

    name: str
    stage: str


class StatementLeftBehind(Diagnostic):
    """A statement at the top of the module does not travel.

    What
        Definitions travel with the stages that need them. A bare call at the top of the module defines nothing. It
        travels only if it acts on a module that the stages use, as `warnings.filterwarnings(...)` does where they
        use `warnings`.

    Why
        The stages run without it.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        def prepare() -> None:
            print("prepared")


        prepare()


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        def prepare() -> None:
            print("prepared")


        @stage(timeout="5m")
        def load() -> int:
            prepare()
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC084"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "this statement does not travel with the stages"
    help: ClassVar[str] = "do it inside the stages that need it, or in the module that they import"
