"""A stage's own code as it stands inside its component.

Three things differ from a module of its own, and none of them may change what the code does:

| inside a component                          | so                                                             |
|---------------------------------------------|----------------------------------------------------------------|
| lines are indented                          | not those inside a string                                      |
| the source itself goes through KFP's and    | `{{$` in a string is written with an escape                    |
| the launcher's placeholders                 |                                                                |
| the component is no module of a package,    | imports are absolute, and the annotations of functions that    |
| and KFP forbids the future import           | the future import would leave alone are written as strings     |
"""

from __future__ import annotations

import ast
import io
import re
import token
import tokenize
from collections.abc import Callable, Iterator, Sequence

from portable_pipeline.codegen.code_folder import statements_text
from portable_pipeline.codegen.literals import Source
from portable_pipeline.ir import Statement

_PLACEHOLDER = "{{$"
# Python 3.12 takes f-strings apart.
_F_STRING_START = getattr(token, "FSTRING_START", -1)
_F_STRING_END = getattr(token, "FSTRING_END", -1)


def nested(statements: Sequence[Statement], package: str, *, annotations_as_strings: bool) -> Source:
    """The statements as part of a component's body, without its imports and not yet indented.

    Args:
        package: Dotted name of the package that their module is in, for relative imports.
        annotations_as_strings: Whether the module has `from __future__ import annotations`.
    """
    text = statements_text([each for each in statements if not each.is_import])
    if not text:
        return Source("")
    text = _absolute_imports(text, package)
    if annotations_as_strings:
        text = _quoted_annotations(text)
    if _PLACEHOLDER in text:
        text = _without_placeholders(text)
    return Source(text)


def imports(statements: Sequence[Statement], package: str, depth: int = 1) -> tuple[Source, ...]:
    """The imports that the others need, each indented as part of a function's body but for its first line.

    Args:
        depth: How many functions they are nested in.
    """
    needed = {name for each in statements for name in each.needs}
    texts = (_absolute_imports(_shortened(each, needed), package) for each in statements if each.is_import)
    return tuple(Source(deeper(text, depth).removeprefix("    " * depth)) for text in texts)


def deeper(text: str, depth: int) -> Source:
    """The text, so many times `indented`."""
    for _ in range(depth):
        text = indented(text)
    return Source(text)


def _shortened(statement: Statement, needed: set[str]) -> str:
    """An import without the names that nobody needs here: its module has more functions than this one."""
    text = statement.text.strip("\n")
    tree = ast.parse(text)
    node = tree.body[0]
    if not isinstance(node, ast.Import | ast.ImportFrom) or needed.issuperset(statement.defines):
        return text
    kept = [each for each in node.names if (each.asname or each.name.partition(".")[0]) in needed]
    if not kept or len(kept) == len(node.names):
        return text
    node.names = kept
    return ast.unparse(tree)


def has_placeholder(statements: Sequence[Statement]) -> bool:
    """Whether KFP would replace something in the code, after all that `nested` does about it."""
    suspects = [each for each in statements if _PLACEHOLDER in each.text]
    return bool(suspects) and _PLACEHOLDER in nested(suspects, "", annotations_as_strings=False)


def indented(text: str) -> Source:
    """The text four columns to the right, except for lines that begin inside a string."""
    inside = _lines_inside_strings(text)
    lines = text.splitlines(keepends=True)
    if len(lines) != text.count("\n") + (not text.endswith("\n")):
        # Form feeds and the like end lines for `splitlines`, not for Python.
        lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")]
    shifted = (
        line if number in inside or not line.strip() else f"    {line}" for number, line in enumerate(lines, start=1)
    )
    return Source("".join(shifted))


def defined_names(statements: Sequence[Statement]) -> frozenset[str]:
    """All names that the statements bind."""
    return frozenset(name for each in statements for name in each.defines)


def global_names(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Names that must be the module's even inside a component.

    Classes keep their names then, in errors as in pickles; and functions find what they declare `global`.
    """
    found: dict[str, None] = {}
    for each in statements:
        if "class " not in each.text and "global " not in each.text:
            continue
        tree = ast.parse(each.text)
        found |= dict.fromkeys(node.name for node in tree.body if isinstance(node, ast.ClassDef))
        declared = (node.names for node in ast.walk(tree) if isinstance(node, ast.Global))
        found |= dict.fromkeys(name for names in declared for name in names)
    return tuple(found)


def _lines_inside_strings(text: str) -> frozenset[int]:
    inside: set[int] = set()
    starts: list[int] = []
    for each in tokenize.generate_tokens(io.StringIO(text).readline):
        if each.type == token.STRING:
            inside.update(range(each.start[0] + 1, each.end[0] + 1))
        elif each.type == _F_STRING_START:
            starts.append(each.start[0])
        elif each.type == _F_STRING_END:
            inside.update(range(starts.pop() + 1, each.end[0] + 1))
    return frozenset(inside)


def _absolute_imports(text: str, package: str) -> str:
    edits = [
        (node.lineno, node.col_offset, _absolute(node, package))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    lines = text.split("\n")
    for number, column, module in edits:
        line = lines[number - 1].encode()
        head, tail = line[:column].decode(), line[column:].decode()
        lines[number - 1] = head + re.sub(r"from[\s.]*[\w.]*?\s*\bimport\b", f"from {module} import", tail, count=1)
    return "\n".join(lines)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    parents = package.split(".") if package else []
    kept = parents[: len(parents) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _quoted_annotations(text: str) -> str:
    """Annotations of functions as strings; those of classes are looked at, and stay."""
    spans: list[tuple[int, int, int, int]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            notes = [each.annotation for each in arguments if each is not None]
            spans += [_span(note) for note in (*notes, node.returns) if note is not None and not _is_text(note)]
    return _replaced(text, spans, lambda source: repr(" ".join(source.split())))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _span(node: ast.expr) -> tuple[int, int, int, int]:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _replaced(text: str, spans: Sequence[tuple[int, int, int, int]], write: Callable[[str], str]) -> str:
    lines = [line.encode() for line in text.split("\n")]
    for first, start, last, end in sorted(spans, reverse=True):
        old = b"\n".join(lines[first - 1 : last])
        tail = len(lines[last - 1]) - end
        cut = len(old) - tail
        new = old[:start] + write(old[start:cut].decode()).encode() + old[cut:]
        lines[first - 1 : last] = new.split(b"\n")
    return b"\n".join(lines).decode()


def _without_placeholders(text: str) -> str:
    """The same code with `{{$` in no string: KFP would replace what follows, in the source as in any argument."""
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    parts: list[str] = []
    position = 0
    for kind, start, end in _texts(text):
        begin, stop = (offsets[row - 1] + column for row, column in (start, end))
        if _PLACEHOLDER in text[begin:stop]:
            parts += [text[position:begin], _apart(text[begin:stop], kind)]
            position = stop
    return "".join((*parts, text[position:]))


_Place = tuple[int, int]


def _texts(text: str) -> Iterator[tuple[int, _Place, _Place]]:
    """Comments and strings with where they begin and end; an f-string as a whole."""
    starts: list[_Place] = []
    for each in tokenize.generate_tokens(io.StringIO(text).readline):
        if each.type == _F_STRING_START:
            starts.append(each.start)
        elif each.type == _F_STRING_END:
            start = starts.pop()
            if not starts:
                yield token.STRING, start, each.end
        elif each.type in (token.STRING, token.COMMENT) and not starts:
            yield each.type, each.start, each.end


def _apart(written: str, kind: int) -> str:
    if kind == token.COMMENT:
        return written.replace(_PLACEHOLDER, "{ {$")
    letters = written[: re.match(r"[a-zA-Z]*", written).end()]  # type: ignore[union-attr] # no letters match, too
    if "f" in letters.lower():
        return _f_string_apart(written)
    if "r" not in letters.lower():
        return written.replace(_PLACEHOLDER, "{\\x7b$")
    body = written[len(letters) :]
    quote = body[:3] if body[:3] in ('"""', "'''") else body[0]
    kept = "b" if "b" in letters.lower() else ""
    return written.replace(_PLACEHOLDER, f'{{{quote} {kept}"\\x7b" {letters}{quote}$')


def _f_string_apart(written: str) -> str:
    """An f-string whose own text has no placeholder; what stands in its expressions stays."""
    parts: list[str] = []
    position = depth = 0
    while position < len(written):
        if not depth and written.startswith(_PLACEHOLDER, position):
            piece, size = "{{{chr(36)}", len(_PLACEHOLDER)
        else:
            size = 2 if not depth and written[position : position + 2] in ("{{", "}}") else 1
            piece = written[position : position + size]
            depth += {"{": 1, "}": -1}.get(piece, 0)
        parts.append(piece)
        position += size
    return "".join(parts)
