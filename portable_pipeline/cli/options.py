"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portable_pipeline.cli.reporter import Reporter

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    NameType = click.ParamType[str]
    ChoiceType = click.Choice[str]
else:
    NameType, ChoiceType = click.ParamType, click.Choice  # generic only in newer releases of click

F = TypeVar("F", bound=Callable[..., Any])

pass_reporter = click.make_pass_decorator(Reporter)


class Name(NameType):
    """One of some names, which are looked up only when a value is given.

    Args:
        what: What a name stands for, in messages.
        known: Gives the names.
    """

    def __init__(self, what: str, known: Callable[[], Iterable[str]]) -> None:
        self.name = what
        self.known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself, if it is known."""
        known = tuple(self.known())
        if value in known:
            return str(value)
        from portable_pipeline.diagnostics.suggest import did_you_mean

        return self.fail(f"there is no {self.name} `{value}`; {did_you_mean(value, known)}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The known names that begin like this."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(each) for each in self.known() if each.startswith(incomplete)]


class OneOf(ChoiceType):
    """One of a few words, all of them in the help."""

    def __init__(self, *words: str) -> None:
        super().__init__(words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself, if it is one of them."""
        if value in self.choices:
            return str(value)
        from portable_pipeline.diagnostics.suggest import did_you_mean

        words = [str(each) for each in self.choices]
        return self.fail(f"`{value}` is none of {', '.join(words)}; {did_you_mean(str(value), words)}", param, ctx)


class Target(Name):
    """The name of a backend; an unknown one is a diagnostic (PPC402), since backends come and go by entry points."""

    def __init__(self) -> None:
        super().__init__("target", target_names)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name; `portable_pipeline.backend.backend` checks it."""
        return str(value)


def target_names() -> tuple[str, ...]:
    """Names of the installed backends."""
    from portable_pipeline.backend import backends

    return tuple(backends())


def rule_ids() -> tuple[str, ...]:
    """Ids of the rules of the semantics."""
    from portable_pipeline.semantics import RULES

    return tuple(RULES)


def file_argument(command: F) -> F:
    """`FILE`, the pipeline. Whether it can be read is for capture to say, with a diagnostic."""
    return click.argument("file", type=click.Path())(command)


def project_option(command: F) -> F:
    """`--project`, the folder of local runs."""
    return click.option(
        "--project", type=click.Path(path_type=Path), default=Path(".ppc"), envvar="PPC_PROJECT", metavar="FOLDER",
        show_default=".ppc, or PPC_PROJECT", help="Where local runs are kept.",
    )(command)  # fmt: skip


def no_cache_option(command: F) -> F:
    """`--no-cache`, for local runs."""
    return click.option(
        "--no-cache", is_flag=True, help="Take nothing over from other local runs: run also the stages with cache=True."
    )(command)


def run_argument(command: F) -> F:
    """`RUN`, a local run."""
    return click.argument("run", metavar="RUN")(command)


def targets_option(required: bool) -> Callable[[F], F]:
    """`--target`, several times."""
    return click.option(
        "-t", "--target", "targets", type=Target(), multiple=True, required=required, metavar="TARGET",
        help="airflow, prefect, kfp, or another installed backend; can be given several times.",
    )  # fmt: skip


def degrade_option(command: F) -> F:
    """`--degrade`, several times."""
    return click.option(
        "--degrade", "degrade", type=Name("rule", rule_ids), multiple=True, metavar="RULE",
        help="Accept that the target cannot keep this rule; the report beside the output lists it.",
    )(command)  # fmt: skip


def format_option(*formats: str, embedded: bool = False) -> Callable[[F], F]:
    """`--output-format`, told to the reporter before anything is read.

    Args:
        formats: The ones that make sense for the command; the first is the default.
        embedded: Whether the command's JSON is one object that holds the diagnostics.
    """

    def tell(ctx: click.Context, param: click.Parameter, value: str) -> str:
        reporter = ctx.find_object(Reporter)
        if reporter is not None:
            reporter.output_format, reporter.embedded = value, embedded
        return value

    return click.option(
        "--output-format", type=OneOf(*formats), default=formats[0], show_default=True, is_eager=True,
        callback=tell, help="How diagnostics and results are printed.",
    )  # fmt: skip
