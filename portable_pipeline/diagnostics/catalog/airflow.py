"""PPC42x: what only Airflow minds."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


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


class AirflowNestedDefault(Diagnostic):
    """A parameter's default has dicts or records in a list in which not every item is one.

    What
        Airflow writes its DAGs down with a mark at each dict. Of a default that is a list it takes these marks off
        again only where each item of the list is a dict; in a list of lists, or beside None, they stay.

    Why
        What Airflow offers who triggers a run, and checks against the parameter's schema, would be another value than
        the default.

    Example
        `rows: list[list[dict[str, int]]] = [[{"a": 1}]]`

    Instead
        No default, or one that is a list of dicts, or a dict around the list: `{"rows": [[{"a": 1}]]}`.
    """

    code: ClassVar[str] = "PPC424"
    title: ClassVar[str] = "Airflow would change the default of parameter `{parameter}`"
    help: ClassVar[str] = "leave the default out, or let each item of the list be a dict or record"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a parameter for Airflow"

    parameter: str
