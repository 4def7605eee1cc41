"""PPC42x: what only Airflow minds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, kw_only=True)
class AirflowRetryWait(Diagnostic):
    """A stage's retries would wait longer than Airflow lets a growing wait become.

    What
        With backoff or jitter, Airflow cuts every wait at 24 hours, whatever `max_delay` says.

    Why
        A retry waits at least its delay (R2). Airflow would try again sooner, without a word.

    Example
        `@stage(retries=6, retry_delay="2h", backoff=2.0)`: the fifth retry is due after 32 hours.

    Instead
        `@stage(retries=6, retry_delay="2h", backoff=2.0, max_delay="24h")`
    """

    code: ClassVar[str] = "PPC420"
    title: ClassVar[str] = "the retries of stage `{stage}` would wait more than the 24 h at which Airflow cuts them"
    help: ClassVar[str] = 'set `max_delay="24h"` or less, or leave out `backoff` and `jitter`'
    triggered_by: ClassVar[str] = "compiling a pipeline with such a stage for Airflow"

    stage: str


@dataclass(frozen=True, kw_only=True)
class AirflowXComName(Diagnostic):
    """An output or a field of a result has the name under which Airflow keeps a task's whole return value.

    What
        Each output and each field of a result becomes an XCom of its name; `return_value` is the XCom with all of them.

    Why
        One would overwrite the other, and consumers would get the wrong value.

    Example
        `class Scores(NamedTuple): return_value: float`

    Instead
        `class Scores(NamedTuple): score: float`
    """

    code: ClassVar[str] = "PPC421"
    title: ClassVar[str] = "stage `{stage}` gives something the name `return_value`, which Airflow has taken"
    help: ClassVar[str] = "give the output or field another name"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a stage for Airflow"

    stage: str


@dataclass(frozen=True, kw_only=True)
class AirflowNestedLoop(Diagnostic):
    """A loop stands in another one.

    What
        Airflow expands a group of tasks over a list; a group in such a group it does not expand.

    Why
        A body may hold another loop (M6), and Airflow refuses the DAG: "operator expansion in an expanded task group is
        not yet supported".

    Example
        `with for_each(regions) as region:` around `with for_each(seeds) as seed:`

    Instead
        A stage that returns all pairs, and one loop over them: `with for_each(pairs(regions, seeds)) as pair:`.
    """

    code: ClassVar[str] = "PPC422"
    title: ClassVar[str] = (
        "loop `{loop}` stands in loop `{outer}`, and Airflow expands no group inside of an expanded one"
    )
    help: ClassVar[str] = "let a stage return all pairs, and loop over these"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a loop for Airflow"

    loop: str
    outer: str


@dataclass(frozen=True, kw_only=True)
class AirflowLoopLimit(Diagnostic):
    """`max_parallel` bounds a loop whose body holds another loop.

    What
        In Airflow the items of the inner loop can only be told when all items of the outer one have come to it. An item
        of the outer loop that had to wait until another has ended would wait for ever.

    Why
        `max_parallel=2` means two items at once, each to the end of its body (M5).

    Example
        `with for_each(regions, max_parallel=2) as region:` around `with for_each(stores(region)) as store:`.

    Instead
        `max_parallel` on the inner loop, or none.
    """

    code: ClassVar[str] = "PPC423"
    title: ClassVar[str] = "`max_parallel` bounds loop `{loop}`, which holds loop `{inner}`"
    help: ClassVar[str] = "bound the inner loop, or leave out `max_parallel`"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a loop for Airflow"

    loop: str
    inner: str
