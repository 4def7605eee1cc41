"""PPC4xx: what a target cannot do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic
from portable_pipeline.diagnostics.suggest import did_you_mean


class RefusedRule(Diagnostic):
    """The pipeline relies on a rule that the target cannot keep.

    What
        Each construct of a pipeline relies on rules of the portable semantics. A target keeps a rule natively, keeps
        it by generated code, or refuses it: `ppc targets` prints which. This one is refused.

    Why
        A setting that a target ignores in silence is found in production. So the compiler stops here.

    Example
        A pipeline that compiles for one target and not for another: `ppc compile pipeline.py --target kfp` when the
        KFP column of `ppc targets` says `refused` for a rule that the pipeline uses.

    Instead
        Do what the help line says; compile for another target; or accept the loss in writing with
        `--degrade RULE`, which the report beside the generated code then lists.
    """

    code: ClassVar[str] = "PPC401"
    title: ClassVar[str] = "{target} cannot keep rule {rule}: {title_of_rule}"
    label: ClassVar[str] = "{reason}"
    triggered_by: ClassVar[str] = "compiling for a target whose support table refuses a rule that the pipeline uses"

    rule: str
    title_of_rule: str
    target: str
    reason: str
    instead: str = ""
    degraded: str = ""

    @property
    def advice(self) -> str:
        """The target's way out, and what `--degrade` would mean."""
        degrade = f"`--degrade {self.rule}` accepts it: {self.degraded}" if self.degraded else ""
        return "; or ".join(each for each in (self.instead, degrade) if each)


class UnknownTarget(Diagnostic):
    """No installed backend has this name.

    What
        `--target` and `--engine` take the name of a backend; `ppc targets` lists those that are installed.

    Why
        Backends are found by entry points. A name that is not among them is mistyped, or its package is missing.

    Example
        `ppc compile pipeline.py --target airfow`

    Instead
        `ppc compile pipeline.py --target airflow`
    """

    code: ClassVar[str] = "PPC402"
    title: ClassVar[str] = "there is no target `{name}`"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "`--target` or `--engine` with a name that no installed backend has"

    name: str
    suggestion: str

    @classmethod
    def of(cls, name: str, known: Iterable[str]) -> UnknownTarget:
        """With the names that there are, and a guess at the one that was meant."""
        return cls(name=name, suggestion=did_you_mean(name, known))
