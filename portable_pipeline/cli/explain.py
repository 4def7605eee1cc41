"""`ppc explain`."""

from __future__ import annotations

import click

from portable_pipeline.cli.options import Name, rule_ids


def _explained() -> tuple[str, ...]:
    from portable_pipeline.diagnostics import codes
    from portable_pipeline.diagnostics.catalog import load

    load()
    return (*codes(), *rule_ids())


@click.command(
    epilog="""\b
Examples:
  ppc explain PPC104
  ppc explain R3"""
)
@click.argument("name", type=Name("code or rule", _explained), metavar="CODE|RULE")
def command(name: str) -> None:
    """Explain a diagnostic's code, or a rule of the semantics."""
    from portable_pipeline.explain import explained

    click.echo(explained(name), nl=False)
