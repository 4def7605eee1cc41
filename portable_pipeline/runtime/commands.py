"""The command of a stage with its placeholders filled.

| placeholder                | stands for                                                                 |
|----------------------------|----------------------------------------------------------------------------|
| `{name}`                   | a parameter: a string as it is, anything else as JSON (`3`, `true`, `[1]`) |
| `{name.path}` `{name.uri}` | an artifact                                                                |
| `{{` `}}`                  | a brace                                                                    |

Values never become code. In a list they are arguments, or parts of one. In a shell line they are handed to the shell as
its positional parameters, and the line only says, quoted, which one goes where.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .artifacts import Artifact

_TOKEN = re.compile(
    r"\{\{|\}\}|\{(?P<name>[^\W\d]\w*)(?:\.(?P<part>path|uri))?\}|[{}]"  # ours
    r"|\$\(|[()'\"]|\\[^{}]|[^{}()'\"\\$]+|[\\$]",  # what the shell quotes with, and all the rest
    re.DOTALL,
)
_QUOTED = {"": '"{}"', '"': "{}", "'": "'\"{}\"'"}


def argv(command: str | Sequence[str], values: Mapping[str, Any]) -> list[str]:
    """Return the arguments to execute.

    Args:
        command: A list of arguments, or one line for the shell.
        values: JSON values and artifacts by name.

    Raises:
        ValueError: A placeholder names what is not there, or a brace stands alone.
    """
    if isinstance(command, str):
        return _shell(command, values)
    return [_argument(word, values) for word in command]


def _argument(word: str, values: Mapping[str, Any]) -> str:
    return "".join(_filled(token, values) for token in _TOKEN.finditer(word))


def _shell(line: str, values: Mapping[str, Any]) -> list[str]:
    script: list[str] = []
    positional: list[str] = []
    quotes = [""]  # that are open here, one for each command substitution around
    for token in _TOKEN.finditer(line):
        text = _filled(token, values)
        if token["name"]:
            positional.append(text)
            script.append(_QUOTED[quotes[-1]].format(f"${{{len(positional)}}}"))
        else:
            script.append(text)
            _follow(text, quotes)
    return ["/bin/sh", "-c", "".join(script), "sh", *positional]


def _follow(text: str, quotes: list[str]) -> None:
    quote = quotes[-1]
    if quote == "'":
        if text.endswith("'"):  # also after a backslash, which means nothing in here
            quotes[-1] = ""
    elif text == "$(" or (text == "(" and not quote):
        quotes.append("")
    elif text == ")" and not quote and len(quotes) > 1:
        quotes.pop()
    elif text in ("'", '"'):
        if not quote:
            quotes[-1] = text
        elif quote == text:
            quotes[-1] = ""


def _filled(token: "re.Match[str]", values: Mapping[str, Any]) -> str:
    text, name, part = token[0], token["name"], token["part"]
    if text in ("{", "}"):
        raise ValueError(f"a brace of its own is written twice: {text}{text}")
    if not name:
        return text[0] if text in ("{{", "}}") else text
    if name not in values:
        raise ValueError(f"the command names `{name}`, which is neither an input nor an output")
    value = values[name]
    if isinstance(value, Artifact):
        if not part:
            raise ValueError(f"`{name}` is an artifact: write {{{name}.path}} or {{{name}.uri}}")
        return value.path if part == "path" else value.uri
    if part:
        raise ValueError(f"`{name}` is no artifact: write {{{name}}}")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
