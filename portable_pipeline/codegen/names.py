"""Names of generated things."""

from __future__ import annotations

import keyword
import re

from portable_pipeline.ir import Pipeline

#: The folder of our runtime helpers inside a code folder; stage code imports `Abort` and `Artifact` from it.
RUNTIME_PACKAGE = "stage_runtime"


def python_name(text: str) -> str:
    """A lower-case Python identifier that resembles the text.

    >>> python_name("My churn-pipeline"), python_name("2nd"), python_name("class")
    ('my_churn_pipeline', '_2nd', 'class_')
    """
    name = re.sub(r"\W+", "_", text.strip()).lower() or "_"
    name = f"_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


def code_folder_name(pipeline: Pipeline) -> str:
    """The folder beside the generated file that holds the user's code and our runtime."""
    return f"{python_name(pipeline.name)}_code"
