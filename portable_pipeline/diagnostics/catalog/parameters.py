"""PPC19x: what a run is given (P2): refused before any stage starts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic
from portable_pipeline.diagnostics.suggest import did_you_mean


class UnknownParameter(Diagnostic):
    """A run is given a parameter that the pipeline does not have.

    What
        `-p NAME=VALUE` and the keys of `--params-file` name arguments of the pipeline function. This one is not
        among them.

    Why
        A mistyped name would leave the default in force, and nobody would see it.

    Example
        `ppc run pipeline.py -p tabel=events`

    Instead
        `ppc run pipeline.py -p table=events`
    """

    code: ClassVar[str] = "PPC190"
    title: ClassVar[str] = "the pipeline `{pipeline}` has no parameter `{name}`"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "`ppc run -p` with a name that is no parameter"

    pipeline: str
    name: str
    suggestion: str

    @classmethod
    def of(cls, pipeline: str, name: str, known: Iterable[str]) -> UnknownParameter:
        """With the names that there are, and a guess at the one that was meant."""
        return cls(pipeline=pipeline, name=name, suggestion=did_you_mean(name, known))


class MissingParameter(Diagnostic):
    """A run is not given a parameter that has no default.

    What
        An argument of the pipeline function without a default has to be given for each run.

    Why
        The run would fail in the middle, or do something that nobody asked for.

    Example
        `def churn(table: str): ...` and `ppc run pipeline.py`

    Instead
        `ppc run pipeline.py -p table=events`, or a default in the pipeline function.
    """

    code: ClassVar[str] = "PPC191"
    title: ClassVar[str] = "parameter `{name}` has no default and is not given"
    label: ClassVar[str] = "no default here"
    help: ClassVar[str] = "-p {name}=VALUE"
    triggered_by: ClassVar[str] = "`ppc run` without a value for a required parameter"

    name: str


class IllTypedParameter(Diagnostic):
    """The value of a parameter is not of its type, or outside of its bounds.

    What
        Parameters are typed. On the command line a value is read by the parameter's type: `true` for a bool,
        `2026-01-05` for a date, `90s` for a timedelta, JSON for lists, dicts and records. In a file they are JSON.

    Why
        Every engine gets the same typed value, so it is read once and refused before anything starts.

    Example
        `ppc run pipeline.py -p folds=many` where the pipeline says `folds: int`

    Instead
        `ppc run pipeline.py -p folds=5`
    """

    code: ClassVar[str] = "PPC192"
    title: ClassVar[str] = "parameter `{name}` {reason}"
    label: ClassVar[str] = "declared here"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "`ppc run -p` with a value that is not of the parameter's type"

    name: str
    reason: str
    suggestion: str = ""


class BadRunDate(Diagnostic):
    """`--date` is neither a date nor an instant.

    What
        A run's date (D1) is given as `2026-01-05`, or as an instant such as `2026-01-05T02:00:00+01:00`.

    Why
        It decides where outputs go: it is not guessed.

    Example
        `ppc run pipeline.py --date 5.1.2026`

    Instead
        `ppc run pipeline.py --date 2026-01-05`
    """

    code: ClassVar[str] = "PPC193"
    title: ClassVar[str] = "`{text}` is no date"
    help: ClassVar[str] = "write 2026-01-05, or an instant such as 2026-01-05T02:00:00+01:00"
    triggered_by: ClassVar[str] = "`ppc run --date` with something that is no ISO date"

    text: str


class BadParametersFile(Diagnostic):
    """The file of `--params-file` cannot be read as parameters.

    What
        The file holds one JSON object whose keys are parameters of the pipeline.

    Why
        It is read before anything starts, so that a run never begins with half of its parameters.

    Example
        A file that holds a JSON list, or is not there.

    Instead
        `{"table": "events", "folds": 5}`
    """

    code: ClassVar[str] = "PPC194"
    title: ClassVar[str] = "the parameters file {file} {reason}"
    help: ClassVar[str] = 'one JSON object: {{"name": value, ...}}'
    triggered_by: ClassVar[str] = "`ppc run --params-file` with a missing file, or one that holds no JSON object"

    file: str
    reason: str
