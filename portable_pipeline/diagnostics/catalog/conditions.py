"""PPC150-151, PPC154-155: predicates and branches."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class NeverTogether(Diagnostic):
    """A stage needs what is never there when it could run.

    What
        What it needs stands in a branch that runs only where its own does not, or it needs stages of two branches
        of which at most one runs.

    Why
        It would be skipped in every run.

    Example
        ```python
        from portable_pipeline import otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                doubled = double(rows)
            with otherwise():
                show(doubled)
        ```

    Instead
        ```python
        from portable_pipeline import first_of, otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                many = double(rows)
            with otherwise():
                few = double(0)
            show(first_of(many, few))
        ```
    """

    code: ClassVar[str] = "PPC150"
    title: ClassVar[str] = "stage `{stage}` can never run: {reason}"
    help: ClassVar[str] = "{advice_on_it}"

    stage: str
    reason: str
    advice_on_it: str


class DeadBranch(Diagnostic):
    """A branch that is decided already.

    What
        Its predicate compares constants only, contradicts itself, like `(x > 9) & (x < 3)`, or contradicts that of a
        branch around it. No run can change whether its stages run.

    Why
        A branch that never runs hides a mistake; one that always does is none.

    Example
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
            with when(rows > 3):
                with when(rows <= 3):
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
            with when(rows > 3):
                with when(rows <= 9):
                    show(rows)
        ```
    """

    code: ClassVar[str] = "PPC151"
    title: ClassVar[str] = "no run decides about this branch: {reason}"
    help: ClassVar[str] = "correct the predicate, or take the branch away"

    reason: str


class ArtifactInPredicate(Diagnostic):
    """A predicate on an artifact.

    What
        An artifact is a file. What is in it, only a stage can read.

    Why
        Predicates are evaluated by the engine, on small values that it has at hand.

    Example
        ```python
        from portable_pipeline import Metrics, Output, pipeline, stage, uri, when


        @stage(timeout="5m")
        def measure(auc: Output[Metrics] = uri("{root}/auc.txt")) -> None:
            open(auc.path, "w").close()


        @stage(timeout="5m")
        def deploy() -> None:
            print("new")


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            with when(measure().auc > 0.8):
                deploy()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage, when


        @stage(timeout="5m")
        def measure() -> float:
            return 0.9


        @stage(timeout="5m")
        def deploy() -> None:
            print("new")


        @pipeline
        def nightly():
            with when(measure() > 0.8):
                deploy()
        ```
    """

    code: ClassVar[str] = "PPC154"
    title: ClassVar[str] = "{value} is an artifact: no predicate can look into it"
    help: ClassVar[str] = "return what decides from the stage, as a result"

    value: str


class IllTypedPredicate(Diagnostic):
    """A comparison that makes no sense.

    What
        The two sides are of types that are never equal or have no order, or one of them may be None where an
        order is asked for.

    Why
        Python would raise an error in the run, or always answer the same.

    Example
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
            with when(rows < "3"):
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
            with when(rows < 3):
                show(rows)
        ```
    """

    code: ClassVar[str] = "PPC155"
    title: ClassVar[str] = "`{operator}` cannot compare {left} with {right}: {reason}"
    help: ClassVar[str] = "compare values of one type, of a record its fields; `in` takes a list"

    operator: str
    left: str
    right: str
    reason: str
