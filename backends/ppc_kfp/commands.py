"""Commands as calls of `subprocess.run`: placeholders become Python expressions, and values never become code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portable_pipeline.codegen.literals import Source, commas, literal
from portable_pipeline.ir import ArtifactInput, CommandBody, Stage
from portable_pipeline.runtime.artifacts import Artifact
from portable_pipeline.runtime.commands import argv
from ppc_kfp.wires import Wire

# Characters of Unicode's private use area stand for the placeholders while the runtime's own parser reads the command.
_MARK = re.compile("\ue000(\\d+)\ue001")


def command_call(stage: Stage, wires: Mapping[str, Wire], names: Mapping[str, Source]) -> Source:
    """The call that runs a command.

    Args:
        wires: How each value input travels.
        names: The component's name for each input and output.
    """
    assert isinstance(stage.body, CommandBody)
    expressions: list[Source] = []

    def mark(expression: str) -> str:
        expressions.append(Source(expression))
        return f"\ue000{len(expressions) - 1}\ue001"

    def artifact(name: str) -> Artifact:
        return Artifact(path=mark(f"{names[name]}.path"), uri=mark(f"{names[name]}.uri"))

    values: dict[str, object] = {output.name: artifact(output.name) for output in stage.outputs}
    for each in stage.inputs:
        if isinstance(each, ArtifactInput):
            values[each.name] = artifact(each.name)
        else:
            values[each.name] = mark(_text(names[each.name], wires[each.name]))
    words = [_expression(word, expressions) for word in argv(_as_given(stage.body), values)]
    return Source(f"subprocess.run([{commas(words)}], check=True)")


def _as_given(body: CommandBody) -> str | list[str]:
    return body.command if isinstance(body.command, str) else list(body.command)


def _text(name: Source, how: Wire) -> Source:
    """A value as a command sees it: a string as it is, anything else as JSON."""
    return Source(f"argument_text({name}, as_json=True)" if how == "json" else f"argument_text({name})")


def _expression(word: str, expressions: list[Source]) -> Source:
    pieces = _MARK.split(word)
    parts = [
        expressions[int(piece)] if position % 2 else literal(piece)
        for position, piece in enumerate(pieces)
        if position % 2 or piece
    ]
    return Source(" + ".join(parts)) if parts else literal("")
