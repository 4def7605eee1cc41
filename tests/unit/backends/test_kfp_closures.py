"""A stage's own code inside a component: other columns and other quotes, the same meaning."""

from __future__ import annotations

import textwrap

import pytest

from ppc_kfp.closures import global_names, has_placeholder, imports, indented, nested
from tests.unit.backends.kfp_pipelines import statement


def executed(text: str) -> dict[str, object]:
    """The names that the code binds, nested in a function or not."""
    names: dict[str, object] = {}
    # Our own future import would count for the code otherwise.
    exec(compile(text, "stage", "exec", dont_inherit=True), names)
    return names


def within_function(text: str) -> str:
    return f"def component():\n{indented(text)}    return locals()\nfound = component()\n"


@pytest.mark.parametrize(
    "written",
    [
        '"""first\n  second\nlast"""',
        "'''a\n\n    b\n'''",
        "'one \\\ntwo'",
        'f"""{1 +\n1}\n  tail {2}"""',
        "[\n1,\n2,\n]",
        '"form\\x0cfeed"',
    ],
)
def test_indentation_changes_no_value(written: str) -> None:
    text = f"value = {written}\nother = 1\n"
    assert executed(within_function(text))["found"] == {key: executed(text)[key] for key in ("value", "other")}


@pytest.mark.parametrize(
    "written",
    [
        "'{{$}}'",
        "\"a {{$.inputs.parameters['x']}} b\"",
        "b'{{$'",
        r"r'\d{{$}}'",
        r"br'\d{{$}}'",
        'r"""\\{{$\n"""',
        "'\\\\{{$'",
        "'{{{{$}}}}'",
        "f'{{$}} {1}'",
        'f"{{{{$}}}} {{$"',
        "f'''{{$\n{'x'}'''",
        "f'{1}{{$' f'{{{2}}}{{{{{{$' '{{$'",
        "rf'\\d{{$ {3!r:>{4}} {{$'",
        "'x'  # {{$ as a comment",
    ],
)
def test_no_placeholder_is_left_and_no_value_changed(written: str) -> None:
    given = statement(f"value = {written}\n", "value")
    text = nested([given], "", annotations_as_strings=False)
    assert "{{$" not in text
    assert executed(text)["value"] == executed(given.text)["value"]


def test_a_placeholder_inside_an_expression_is_noticed() -> None:
    hidden = statement("""value = f"{{$ {len('{{$')}"\n""", "value")
    assert has_placeholder([hidden])
    assert not has_placeholder([statement("value = f'{{$'\n", "value"), statement("x = '{{$'\n", "x")])


def test_code_without_placeholders_stays_as_it_is() -> None:
    text = "# why\nvalue = f'{{x}}' # {{ y }}\n"
    assert nested([statement(text, "value")], "", annotations_as_strings=False) == text


def test_annotations_of_functions_become_strings_and_those_of_classes_stay() -> None:
    text = textwrap.dedent(
        """
        class Box:
            size: int

        def pack(box: Box, *rest: "Unknown", how: Missing[
            int
        ] = 1, **more: é) -> list[Unknown]:
            def inner(x: Other): return x
            return [box, inner(2)]
        """
    )
    result = executed(nested([statement(text, "Box", "pack")], "", annotations_as_strings=True))
    assert result["Box"].__annotations__ == {"size": int}
    assert result["pack"].__annotations__ == {
        "box": "Box", "rest": "Unknown", "how": "Missing[ int ]", "more": "é", "return": "list[Unknown]",
    }  # fmt: skip
    assert result["pack"](3) == [3, 2]


def test_imports_are_absolute() -> None:
    given = [
        statement("from . import sibling\n", "sibling", is_import=True),
        statement("from ..shared.text import (\n    clean,\n)\n", "clean", is_import=True),
        statement("from .importers import read\n", "read", is_import=True),
        statement("from os import path\n", "path", is_import=True),
        statement("use = sibling, clean, read, path\n", "use", needs=("sibling", "clean", "read", "path")),
    ]
    found = [each.split("\n")[0] for each in imports(given, "team.churn")]
    assert found == [
        "from team.churn import sibling",
        "from team.shared.text import (",
        "from team.churn.importers import read",
        "from os import path",
    ]
    inside = statement("def f():\n    from .text import clean; return clean\n", "f")
    assert "from team.text import clean; return" in nested([inside], "team", annotations_as_strings=False)


def test_imports_that_a_stage_does_not_need_stay_behind() -> None:
    given = [
        statement("from datetime import date, timedelta as span\n", "date", "span", is_import=True),
        statement("import os.path, json\n", "os", "json", is_import=True),
        statement("def f(): return span(os.path.join())\n", "f", needs=("os", "span")),
    ]
    assert imports(given, "") == ("from datetime import timedelta as span", "import os.path")


def test_classes_belong_to_the_module() -> None:
    given = [
        statement("class Box:\n    class Inner: pass\n", "Box"),
        statement("def f():\n    class Local: pass\n    global COUNT\n    COUNT = 1\n", "f"),
    ]
    assert global_names(given) == ("Box", "COUNT")
