"""PPC43x: what only Prefect minds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, kw_only=True)
class PrefectFlowName(Diagnostic):
    """The pipeline's name holds a character that Prefect does not allow in the name of a flow.

    What
        The names of flows and deployments may not hold `/ % & > <`, nor a double quote.

    Why
        Prefect puts these names into addresses such as `flow/deployment`, and refuses the flow when it is defined.

    Example
        `@pipeline(name="churn/eu")`

    Instead
        `@pipeline(name="churn-eu")`
    """

    code: ClassVar[str] = "PPC430"
    title: ClassVar[str] = "Prefect does not allow `{banned}` in the name of a flow: `{name}`"
    help: ClassVar[str] = "use letters, digits, `-` and `_` in the pipeline's name"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a name for Prefect"

    name: str
    banned: str


@dataclass(frozen=True, kw_only=True)
class PrefectParameterName(Diagnostic):
    """A parameter of the pipeline has a name that a Prefect flow cannot give to a parameter.

    What
        Prefect keeps `wait_for`, `return_state` and `self` for itself and refuses names that begin with an underscore.
        A flow whose stages take the run's date has a parameter `run_date`, or `run_time`, of its own.

    Why
        Prefect would refuse the flow when it is defined, or take the value for something else.

    Example
        `def churn(wait_for: str = "events"):`

    Instead
        `def churn(table: str = "events"):`
    """

    code: ClassVar[str] = "PPC431"
    title: ClassVar[str] = "a Prefect flow can have no parameter `{name}`"
    label: ClassVar[str] = "this name is reserved there"
    help: ClassVar[str] = "give the parameter another name"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a parameter for Prefect"

    name: str


@dataclass(frozen=True, kw_only=True)
class PrefectTagTemplate(Diagnostic):
    """A tag, or the owner, of the pipeline holds what Prefect takes for a template.

    What
        `prefect deploy` fills in `{{ name }}` wherever it stands in a deployment file, and knows no way to write it
        as plain text.

    Why
        The deployment would have another tag than the pipeline, without a word.

    Example
        `@pipeline(tags=["{{ team }}"])`

    Instead
        `@pipeline(tags=["team"])`
    """

    code: ClassVar[str] = "PPC432"
    title: ClassVar[str] = "Prefect would fill in the template in the tag `{tag}`"
    help: ClassVar[str] = "write the tag without double braces"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a tag or owner for Prefect"

    tag: str


@dataclass(frozen=True, kw_only=True)
class PrefectSkippedTime(Diagnostic):
    """The schedule fires at a time that does not exist on the night when clocks go forward.

    What
        In a zone with daylight saving time the clock skips an hour once a year, and with it a fire time of this
        schedule. The portable semantics let the run start at the first instant after the gap. Prefect starts it an
        hour before, or by as much after as the fire time lies in the gap: that depends on the Python of its server
        (before 3.13, or not).

    Why
        The run's date is the same, but what the pipeline reads may not be complete yet an hour early.

    Example
        `@pipeline(schedule=cron("30 2 * * *", timezone="Europe/Berlin"))`

    Instead
        `@pipeline(schedule=cron("30 3 * * *", timezone="Europe/Berlin"))`
    """

    code: ClassVar[str] = "PPC433"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "on {day} the clock in {zone} skips a fire time; Prefect may run it an hour early"
    label: ClassVar[str] = "there is no {time} on that day"
    help: ClassVar[str] = "choose a time that every day has, or run the pipeline in UTC"
    triggered_by: ClassVar[str] = "compiling such a schedule for Prefect"

    zone: str
    day: str
    time: str
