"""`ppc ir`."""

from __future__ import annotations

import click

from portable_pipeline.cli.options import pass_reporter
from portable_pipeline.cli.reporter import Reporter


@click.command(
    epilog="""\b
Examples:
  ppc ir pipeline.py > churn.json
  ppc compile churn.json --target airflow --out generated
  ppc ir --schema"""
)
@click.argument("file", type=click.Path(), required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema instead of a pipeline.")
@pass_reporter
def command(reporter: Reporter, file: str | None, schema: bool) -> None:
    """Print a pipeline as versioned JSON, or the schema of that JSON.

    Every command that takes a pipeline file takes this JSON too.
    """
    import json

    from portable_pipeline.ir import json_schema, to_json

    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return
    if file is None:
        raise click.UsageError("give a FILE, or --schema")
    from portable_pipeline.cli.steps import checked

    click.echo(to_json(checked(reporter, file)), nl=False)
