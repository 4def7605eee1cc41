"""`ppc completion`."""

from __future__ import annotations

import click

from portable_pipeline.cli.options import OneOf


@click.command(
    epilog="""\b
Examples:
  eval "$(ppc completion bash)"                               # in ~/.bashrc
  eval "$(ppc completion zsh)"                                # in ~/.zshrc
  ppc completion fish > ~/.config/fish/completions/ppc.fish"""
)
@click.argument("shell", type=OneOf("bash", "zsh", "fish"))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    root = ctx.find_root().command
    if completion is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(completion(root, {}, "ppc", "_PPC_COMPLETE").source())
