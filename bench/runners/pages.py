"""The figures in docs/benchmarks.md, between its markers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from runners import tables

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def parts(measured: Mapping[str, Any]) -> dict[str, str]:
    """All that there is to show, by the name of its place."""
    contestants, growth = measured["contestants"], measured.get("growth")
    shown = {"machine": tables.about(measured), "summary": tables.summary(measured)}
    shown |= {"comparison": tables.comparison(contestants)}
    shown |= {"ahead": tables.ahead(contestants)} if "ours" in contestants else {}
    shown |= {"kinds": tables.kinds(contestants)}
    return shown | ({"growth": tables.growing(growth)} if growth is not None else {})


def filled(page: str, shown: Mapping[str, str]) -> str:
    """The page with the parts in their places."""
    for name, text in shown.items():
        place = re.compile(rf"(<!-- bench: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = place.sub(partial(_around, text=text), page)
    return page


def _around(found: re.Match[str], text: str) -> str:
    return f"{found[1]}{text}\n{found[2]}"
