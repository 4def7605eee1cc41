"""Parts of pages that are made from what the compiler does: between `<!-- kind: ... -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_BLOCK = re.compile(r"(<!-- (?P<name>[a-z]+(?:: [^\n]+)?) -->\n)(?P<text>.*?)(<!-- end -->)", re.DOTALL)


def blocks(page: Path) -> dict[str, str]:
    """The text of each block by its name."""
    return {found["name"]: found["text"] for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))}


def rewrite(page: Path, wanted: Mapping[str, str]) -> None:
    """Replace the text of the blocks that are wanted; the others stay."""
    text = _BLOCK.sub(
        lambda found: f"{found[1]}{wanted.get(found['name'], found['text'])}{found[4]}",
        page.read_text(encoding="utf-8"),
    )
    page.write_text(text, encoding="utf-8")


def fenced(text: str, language: str = "python") -> str:
    return f"```{language}\n{text.strip()}\n```\n"


def unfenced(block: str) -> str:
    return block.removeprefix("```python\n").removesuffix("```\n")
