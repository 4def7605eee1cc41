"""PPC43x: what only Prefect minds."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


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
