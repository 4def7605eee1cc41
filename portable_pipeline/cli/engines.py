"""`ppc engines`."""

from __future__ import annotations

import click

from portable_pipeline.cli.lazy_group import HelpfulGroup
from portable_pipeline.cli.options import OneOf, Target


@click.group(
    cls=HelpfulGroup,
    epilog="""\b
Examples:
  ppc engines install airflow prefect kfp
  ppc engines list
  ppc engines remove airflow

The environments live in the user's cache folder, or where PPC_HOME says.""",
)
def command() -> None:
    """Install, list and remove the real orchestrators.

    Each gets an isolated environment, made from a lock file that ships with ppc: they cannot share one.
    """


@command.command()
@click.argument("names", type=Target(), nargs=-1, required=True, metavar="ENGINE...")
def install(names: tuple[str, ...]) -> None:
    """Make the environments; those that are there already are left alone."""
    from portable_pipeline.cli.steps import chosen
    from portable_pipeline.engines import environments

    for target in chosen(names):
        environments.install(target, click.echo)


@command.command("list")
@click.option(
    "--output-format", type=OneOf("text", "json"), default="text", show_default=True, help="How the list is printed."
)
def list_(output_format: str) -> None:
    """Show which engines there are, what is installed, and its size."""
    from portable_pipeline.backend import backends
    from portable_pipeline.engines import inventory

    write = {"text": inventory.as_text, "json": inventory.as_json}[output_format]
    click.echo(write(backends()), nl=False)


@command.command()
@click.argument("names", type=Target(), nargs=-1, required=True, metavar="ENGINE...")
def remove(names: tuple[str, ...]) -> None:
    """Delete the environments."""
    from portable_pipeline.cli.steps import chosen
    from portable_pipeline.engines import environments

    for target in chosen(names):
        count = environments.remove(target.name)
        click.echo(f"{target.name}: removed {count} environment{'' if count == 1 else 's'}")
