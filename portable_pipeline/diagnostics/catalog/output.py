"""PPC47x: the files that are written; PPC900: a bug of ours."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class CannotWrite(Diagnostic):
    """A file of the output cannot be written.

    What
        The folder of `--out`, or a file in it, cannot be written.

    Why
        The folder belongs to somebody else, a file stands where a folder is needed, or the disk is full. Files are
        replaced together: none has changed.

    Example
        `ppc compile pipeline.py --target airflow --out /usr/share`

    Instead
        `ppc compile pipeline.py --target airflow --out generated`
    """

    code: ClassVar[str] = "PPC470"
    title: ClassVar[str] = "cannot write to {folder}: {reason}"
    help: ClassVar[str] = "choose another folder with `--out`"
    triggered_by: ClassVar[str] = "`ppc compile --out` with a folder that cannot be written"

    folder: str
    reason: str


class StaleFile(Diagnostic):
    """A generated file is not what the pipeline compiles to now.

    What
        `ppc compile --check` compares the files on disk with what it would write, and changes nothing. This file
        differs, is missing, or is left over.

    Why
        In CI this catches a pipeline that was changed without compiling it, and generated code that was edited by
        hand.

    Example
        A change of `retries=` in the pipeline file, committed without the generated DAG.

    Instead
        Run the same command without `--check` and commit the result. Code that you want to own from now on: stop
        compiling it.
    """

    code: ClassVar[str] = "PPC471"
    title: ClassVar[str] = "{file} is stale: {how}"
    help: ClassVar[str] = "run the same command without `--check`"
    triggered_by: ClassVar[str] = "`ppc compile --check` when a file on disk differs from what would be written"

    file: str
    how: str


class OurBug(Diagnostic):
    """ppc itself failed. It is not your fault.

    What
        Something happened that the program did not expect. Whatever your input is, it should have got an answer.

    Why
        Every mistake that a user can make has a code of its own. This one is a mistake of ours.

    Example
        There should be none.

    Instead
        Please report it, with the traceback from the file that the message names, and the pipeline if you can share
        it. `PPC_TRACEBACK=1` prints the traceback at once.
    """

    code: ClassVar[str] = "PPC900"
    title: ClassVar[str] = "this is our bug: {error}"
    help: ClassVar[str] = "please report it with the traceback in {traceback}"
    triggered_by: ClassVar[str] = "an exception that nothing expected"

    error: str
    traceback: str
