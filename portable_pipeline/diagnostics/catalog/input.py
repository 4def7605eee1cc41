"""PPC00x: what was named on the command line is no pipeline."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class MissingFile(Diagnostic):
    """There is no such file.

    What
        A pipeline is named `path.py`, `path.py:function`, `package.module:function`, or is a `.json` file that `ppc
        ir` printed. The path leads nowhere.

    Why
        Paths count from the current folder, which may not be the one that you think of.

    Example
        `ppc check piplines/nightly.py`

    Instead
        `ppc check pipelines/nightly.py`
    """

    code: ClassVar[str] = "PPC001"
    title: ClassVar[str] = "there is no file `{path}`"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "the name on the command line"

    path: str
    suggestion: str


class NotAPipelineFile(Diagnostic):
    """What is named is no Python file and no IR.

    What
        The path is a folder, cannot be read, or ends neither in `.py` nor in `.json`.

    Why
        Only a Python file can be traced, and only JSON can hold IR.

    Example
        `ppc check pipelines/`

    Instead
        `ppc check pipelines/nightly.py`
    """

    code: ClassVar[str] = "PPC002"
    title: ClassVar[str] = "`{path}` is no pipeline file: {reason}"
    help: ClassVar[str] = "name a Python file, `package.module:function`, or IR JSON that `ppc ir` printed"
    triggered_by: ClassVar[str] = "the name on the command line"

    path: str
    reason: str


class NotPython(Diagnostic):
    """The file is not Python.

    What
        Python cannot parse the file, or one that it imports.

    Why
        A pipeline file is a program: it is executed to see what it describes.

    Example
        ```python
        def nightly(:
            pass
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC003"
    title: ClassVar[str] = "the file is not Python: {reason}"
    label: ClassVar[str] = "{reason}"
    help: ClassVar[str] = "correct it; `python FILE` says the same"

    reason: str


class NoPipeline(Diagnostic):
    """The file defines no pipeline.

    What
        No function of the module is decorated with `@pipeline`. One that is imported from elsewhere counts only
        when it is named: `path.py:function`.

    Why
        There is nothing to check or compile.

    Example
        ```python
        from portable_pipeline import stage


        @stage(timeout="5m")
        def load() -> int:
            return 3
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC004"
    title: ClassVar[str] = "`{path}` defines no pipeline"
    help: ClassVar[str] = "{hint}"

    path: str
    hint: str


class SeveralPipelines(Diagnostic):
    """The file defines several pipelines, and the name does not say which.

    What
        A name without a function stands for the only pipeline of the file.

    Why
        Guessing would compile the wrong one some day.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()


        @pipeline
        def weekly():
            load()
        ```

    Instead
        Name one: `ppc check pipelines.py:nightly`. Or write one file for each:

        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC005"
    title: ClassVar[str] = "`{path}` defines several pipelines"
    help: ClassVar[str] = "name one of them: {names}"

    path: str
    names: str


class UnknownPipeline(Diagnostic):
    """The file has no pipeline of that name.

    What
        The function after the colon is not there, or is not decorated with `@pipeline`.

    Why
        Only pipelines can be traced.

    Example
        `ppc check pipelines.py:nigthly`

    Instead
        `ppc check pipelines.py:nightly`
    """

    code: ClassVar[str] = "PPC006"
    title: ClassVar[str] = "`{path}` has no pipeline `{name}`"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "the name on the command line"

    path: str
    name: str
    suggestion: str


class UnknownModule(Diagnostic):
    """There is no module of that name.

    What
        `package.module:function` is looked for in the current folder and on Python's path, like `python -m`.

    Why
        Without the module there is no file to read.

    Example
        `ppc check acme.piplines:nightly`

    Instead
        `ppc check acme.pipelines:nightly`
    """

    code: ClassVar[str] = "PPC007"
    title: ClassVar[str] = "there is no module `{name}`"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "the name on the command line"

    name: str
    suggestion: str


class FailingImport(Diagnostic):
    """The pipeline file fails when it is imported.

    What
        Executing the file, or a module that it imports, raised an exception. The place shown is the innermost one
        in your own files.

    Why
        The file is imported to see what it describes. It is imported by every orchestrator's parser as well.

    Example
        ```python
        import json

        SETTINGS = json.loads("{")

        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC008"
    title: ClassVar[str] = "importing `{file}` fails: {error}"
    label: ClassVar[str] = "raised here"
    help: ClassVar[str] = "{advice_on_it}"

    file: str
    error: str
    advice_on_it: str


class FailingPipeline(Diagnostic):
    """The pipeline function fails while it is traced.

    What
        The function is called once, with handles for its parameters, to see which stages it calls. It raised an
        exception.

    Why
        What it does beyond calling stages happens now, on this machine, and not in a run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
            raise RuntimeError("no such table")
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC009"
    title: ClassVar[str] = "pipeline `{pipeline}` fails while it is traced: {error}"
    label: ClassVar[str] = "raised here"
    help: ClassVar[str] = "the pipeline function only says what runs; move work on values into a stage"

    pipeline: str
    error: str


class NotJson(Diagnostic):
    """A `.json` file that is no JSON.

    What
        The file cannot be parsed.

    Why
        IR is JSON.

    Example
        `ppc check nightly.json`, of which half is missing

    Instead
        `ppc ir nightly.py > nightly.json`
    """

    code: ClassVar[str] = "PPC010"
    title: ClassVar[str] = "`{path}` is no JSON: {reason}"
    help: ClassVar[str] = "write it with `ppc ir FILE`"
    triggered_by: ClassVar[str] = "a `.json` file whose text is no JSON"

    path: str
    reason: str


class UnknownIrVersion(Diagnostic):
    """IR of another version.

    What
        `ir_version` in the file is not the one that this release reads.

    Why
        A field may mean something else there.

    Example
        `{"ir_version": 99, ...}`

    Instead
        Print it again with the `ppc ir` of this release.
    """

    code: ClassVar[str] = "PPC011"
    title: ClassVar[str] = "`{path}` is IR of version {found}; this is version {known}"
    help: ClassVar[str] = "write it again with `ppc ir` of the same release"
    triggered_by: ClassVar[str] = "a `.json` file with another `ir_version`"

    path: str
    found: str
    known: int


class InvalidIr(Diagnostic):
    """JSON that is no valid IR.

    What
        A field is missing, unknown, or of another type than the schema says. The path in the message leads to it.

    Why
        The IR is closed: what it does not know it would have to drop in silence.

    Example
        `{"name": "nightly", "stagse": []}`

    Instead
        `{"name": "nightly", "source": "nightly.py", "stages": []}`; `ppc ir --schema` prints the JSON Schema
    """

    code: ClassVar[str] = "PPC012"
    title: ClassVar[str] = "`{path}` is no valid IR: `{where}`: {reason}"
    help: ClassVar[str] = "`ppc ir --schema` prints what it has to look like"
    triggered_by: ClassVar[str] = "a `.json` file that does not follow the schema of the IR"

    path: str
    where: str
    reason: str


class ShadowedModule(Diagnostic):
    """A file with the name of a module of the standard library.

    What
        The file would be imported instead of that module, by your stages and by everything that they import.

    Why
        It works until something imports the other one, often deep inside a package.

    Example
        A pipeline file called `json.py`, or a local module `random.py` that a stage imports.

    Instead
        `json_export.py`, `random_data.py`
    """

    code: ClassVar[str] = "PPC013"
    title: ClassVar[str] = "`{file}` would hide the module `{module}` of {owner} from the stages"
    help: ClassVar[str] = "rename the file"
    triggered_by: ClassVar[str] = "the name of the file, which an example cannot choose"

    file: str
    module: str
    owner: str
