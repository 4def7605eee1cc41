"""PPC07x and PPC08x: stage code that reaches what is not there at run time."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class DynamicNames(Diagnostic):
    """Stage code that reaches names in a way that cannot be seen.

    What
        `globals()`, `locals()`, `vars()`, `eval`, `exec` and `__import__` reach names that the source does not
        show.

    Why
        What a stage needs is found by reading its source. What cannot be found does not travel.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        LIMIT = 3


        @stage(timeout="5m")
        def load() -> int:
            return globals()["LIMIT"]


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        LIMIT = 3


        @stage(timeout="5m")
        def load() -> int:
            return LIMIT


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC077"
    title: ClassVar[str] = "`{function}` in the code of stage `{stage}` reaches names that cannot be seen"
    help: ClassVar[str] = "name what is needed: a dict instead of variables, a function instead of code in a text"

    function: str
    stage: str


class StarImport(Diagnostic):
    """A name may come from a star import.

    What
        `from module import *` does not say which names it brings, and stage code needs a name that nothing else
        defines.

    Why
        Only what stages need travels. Which import that is has to be visible.

    Example
        ```python
        from math import *

        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> float:
            return sqrt(9)


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from math import sqrt

        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> float:
            return sqrt(9)


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC079"
    title: ClassVar[str] = "`{name}`, which stage `{stage}` needs, may come from this import"
    label: ClassVar[str] = "it does not say what it defines"
    help: ClassVar[str] = "import `{name}` by its name"

    name: str
    stage: str


class UndefinedName(Diagnostic):
    """Stage code uses a name that nothing defines.

    What
        The name is no builtin, and no statement of the module defines it.

    Why
        The stage would fail with a NameError, perhaps after hours.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return rows_of_today()


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        def rows_of_today() -> int:
            return 3


        @stage(timeout="5m")
        def load() -> int:
            return rows_of_today()


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC080"
    title: ClassVar[str] = "`{name}`, which stage `{stage}` needs, is defined nowhere in its module"
    help: ClassVar[str] = "{suggestion}"

    name: str
    stage: str
    suggestion: str


class StageInStage(Diagnostic):
    """Stage code calls another stage.

    What
        Inside a pipeline function a call makes a stage. Inside a stage it would be a plain call: no retries, no
        timeout, no artifact.

    Why
        What looks like a stage should be one.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def twice() -> int:
            return 2 * load()


        @pipeline
        def nightly():
            twice()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def twice(rows: int) -> int:
            return 2 * rows


        @pipeline
        def nightly():
            twice(load())
        ```
    """

    code: ClassVar[str] = "PPC081"
    title: ClassVar[str] = "the code of stage `{stage}` uses stage `{name}`"
    help: ClassVar[str] = "call it in the pipeline function, or take the shared code out into a plain function"

    name: str
    stage: str


class LanguageInStage(Diagnostic):
    """Stage code uses the pipeline language.

    What
        Of portable_pipeline, a running stage has `Abort`, and the artifacts that it gets. Nothing else.

    Why
        Generated code does not need us: that is the point.

    Example
        ```python
        from portable_pipeline import pipeline, run, stage


        @stage(timeout="5m")
        def show() -> None:
            print(run.date)


        @pipeline
        def nightly():
            show()
        ```

    Instead
        ```python
        from datetime import date

        from portable_pipeline import pipeline, run, stage


        @stage(timeout="5m")
        def show(day: date) -> None:
            print(day)


        @pipeline
        def nightly():
            show(run.date)
        ```
    """

    code: ClassVar[str] = "PPC082"
    title: ClassVar[str] = (
        "the code of stage `{stage}` uses `{name}` of portable_pipeline, which is not there at run time"
    )
    help: ClassVar[str] = "only `Abort` and artifacts in annotations are there; pass values in as parameters"

    name: str
    stage: str


class FileLocation(Diagnostic):
    """Stage code asks where its file is.

    What
        `__file__` is the path of the generated module at run time, and files beside the pipeline file do not
        travel.

    Why
        The file that it looks for is not there.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> str:
            return open(__file__).readline()


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load(path: str) -> str:
            return open(path).readline()


        @pipeline
        def nightly():
            load("/etc/hostname")
        ```
    """

    code: ClassVar[str] = "PPC083"
    title: ClassVar[str] = "the code of stage `{stage}` asks for `__file__`, which is another place at run time"
    help: ClassVar[str] = "pass the path in as a parameter, or keep the data in an installed package"

    stage: str
