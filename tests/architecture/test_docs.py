"""What the pages about the language show is what the compiler does. `--update-golden` brings them up to date.

| block | what it shows |
|---|---|
| `source: gate: train; gate` | functions of an example |
| `output: gate kfp: gate ~ dsl.If` | parts of what it compiles to, or why it does not |
| `drawing: gate` | what `ppc graph` makes of it |
| `support: C1 C2` | how each target answers these rules and their parts |
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portable_pipeline.backend import backends
from portable_pipeline.compiler import compile_pipeline
from portable_pipeline.diagnostics import Refused
from portable_pipeline.graph import draw
from portable_pipeline.matrix import means_as_markdown
from portable_pipeline.semantics import RULES
from tests.architecture.blocks import blocks, fenced, rewrite
from tests.architecture.excerpts import excerpt
from tests.contract.subjects import captured

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "language").glob("*.md"))
TARGETS = sorted(backends())


def expected(name: str) -> str:
    kind, _, rest = name.partition(": ")
    if kind == "support":
        return means_as_markdown(with_parts(rest.split()), backends())
    subject, _, wanted = rest.partition(": ")
    example, _, target = subject.partition(" ")
    file = ROOT / "examples" / example / "pipeline.py"
    if kind == "drawing":
        return fenced(draw(captured(file), "mermaid"), "mermaid")
    if kind == "source":
        return shown(file.read_text(encoding="utf-8"), wanted)
    try:
        return shown(compiled(file, target), wanted)
    except Refused as refused:
        return fenced("".join(f"error[{each.code}]: {each.message}\n" for each in refused.diagnostics), "text")


def shown(text: str, wanted: str) -> str:
    found = excerpt(text, wanted)
    assert found, f"nothing here is called {wanted}"
    return fenced(found)


def with_parts(rules: list[str]) -> list[str]:
    """These rules and the parts of them: `R2` is `R2.jitter`, too."""
    return [known for known in RULES if any(known == each or known.startswith(f"{each}.") for each in rules)]


def compiled(file: Path, target: str) -> str:
    pipeline, compiler = captured(file), backends()[target]
    entry = compiler.engine.entry(pipeline)
    return next(each.text for each in compile_pipeline(pipeline, compiler) if each.path == entry)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_is_current(page: Path, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    wanted = {name: expected(name) for name in blocks(page)}
    if update_golden:
        rewrite(page, wanted)
    assert blocks(page) == wanted


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_shows_all_targets(page: Path) -> None:
    shown = {name.split(":")[1].split()[-1] for name in blocks(page) if name.startswith("output")}
    assert shown == set(TARGETS)


def test_every_rule_of_control_flow_has_a_page() -> None:
    named = [name.split()[1:] for page in PAGES for name in blocks(page) if name.startswith("support")]
    told = {rule for each in named for rule in with_parts(each)}
    assert {rule for rule in RULES if rule[0] in "CMX" or rule.startswith("F3")} <= told


def test_the_files_that_the_pages_link_to_exist() -> None:
    texts = {page: page.read_text(encoding="utf-8") for page in PAGES}
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", texts[page])]
    assert links
    assert [link for page, link in links if not (page.parent / link).exists()] == []
