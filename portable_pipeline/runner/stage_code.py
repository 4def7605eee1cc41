"""What a stage executes, as a value that can be compared: with that of another day, another run."""

from __future__ import annotations

from portable_pipeline.codegen.code_folder import closure, local_modules
from portable_pipeline.ir import Pipeline, PythonBody, Stage, meaning


def stage_code(pipeline: Pipeline, stage: Stage) -> object:
    """The stage's function or command with all the user's code that it needs, as plain JSON values.

    It is the text that counts, comments included; of an installed package only the function's name is there.
    """
    statements = [each.text for each in closure(pipeline, stage)]
    # A file that was moved is another module with the same code.
    called = stage.body.function if isinstance(stage.body, PythonBody) and statements else meaning(stage.body)
    return [called, statements, [meaning(each) for each in local_modules(pipeline, stage)]]
