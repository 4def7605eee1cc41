"""PPC45x: what the real engine sees differs from the pipeline; PPC46x: the engine's environment does not work."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class EngineCannotLoad(Diagnostic):
    """The engine itself does not load the generated file.

    What
        `ppc verify` compiles the pipeline, has the real engine load the result, and reads back what the engine made
        of it. The engine reported an error instead.

    Why
        A file that does not load never runs: better to learn it here than from an empty list of DAGs.

    Example
        A `dag_id` that the engine refuses, or a schedule that its parser does not know.

    Instead
        The engine's message says what it refuses. When the pipeline is fine on the other targets this is a bug of
        the backend: please report it with the pipeline's IR (`ppc ir FILE`).
    """

    code: ClassVar[str] = "PPC450"
    title: ClassVar[str] = "{target} does not load the generated file: {error}"
    help: ClassVar[str] = "when the pipeline is fine on other targets, report this with the output of `ppc ir`"
    triggered_by: ClassVar[str] = "`ppc verify` or `ppc run --engine` on output that the engine refuses to load"

    target: str
    error: str


class EngineViewDiffers(Diagnostic):
    """The engine loaded the generated file, and sees something else than the pipeline says.

    What
        After loading, the engine's own object model is compared with the pipeline: stages and edges, retries with
        delay, backoff and cap, timeouts, the schedule, the parameters. One of them differs.

    Why
        A setting that does not reach the engine is lost in silence. This check is why it cannot be.

    Example
        Three retries in the pipeline, and a task with two in the engine.

    Instead
        Files that were edited after they were generated differ rightly. Otherwise this is a bug of the backend:
        please report it with the pipeline's IR (`ppc ir FILE`).
    """

    code: ClassVar[str] = "PPC451"
    title: ClassVar[str] = "{target} sees {subject} as {seen}, the pipeline says {expected}"
    help: ClassVar[str] = "report this with the output of `ppc ir`: what was generated does not say what was written"
    triggered_by: ClassVar[str] = "`ppc verify` on output whose loaded form differs from the pipeline"

    target: str
    subject: str
    seen: str
    expected: str


class EngineNotInstalled(Diagnostic):
    """The engine's environment is not there.

    What
        Running or verifying a pipeline on a real engine needs that engine in an isolated environment, which
        `ppc engines install` makes from a lock file.

    Why
        The engines cannot share one environment, so the compiler has none of them among its own packages.

    Example
        `ppc run pipeline.py --engine airflow` on a machine where nothing has been installed yet.

    Instead
        `ppc engines install airflow`, once for each machine.
    """

    code: ClassVar[str] = "PPC460"
    title: ClassVar[str] = "the engine `{engine}` is not installed"
    help: ClassVar[str] = "ppc engines install {engine}"
    triggered_by: ClassVar[str] = "`ppc run --engine` or `ppc verify` before `ppc engines install`"

    engine: str


class NoPythonForEngine(Diagnostic):
    """No Python that the engine runs on was found.

    What
        Each engine supports some minor versions of Python. None of them is on this machine, and none could be
        downloaded.

    Why
        An engine in an unsupported Python fails later and less clearly.

    Example
        A machine whose only Python is newer than the engine's newest release supports.

    Instead
        Install one of the versions named, or let uv fetch it: `uv python install 3.12`.
    """

    code: ClassVar[str] = "PPC461"
    title: ClassVar[str] = "no Python for `{engine}` was found: it runs on {pythons}"
    help: ClassVar[str] = "install one of them, for example with `uv python install {best}`"
    triggered_by: ClassVar[str] = "`ppc engines install` on a machine without a fitting Python"

    engine: str
    pythons: str
    best: str


class InstallFailed(Diagnostic):
    """Packages could not be installed.

    What
        uv was asked to install the packages of an engine's lock file, or a pipeline's own `packages`, and failed.

    Why
        The usual causes: the package index cannot be reached, the disk is full, a package has no build for this
        Python, or a pipeline's packages contradict the versions that the engine is locked to.

    Example
        `packages=["protobuf>=7"]` on an engine that needs `protobuf<7`.

    Instead
        The help line says which cause it was. An index other than PyPI is set with `UV_DEFAULT_INDEX`.
    """

    code: ClassVar[str] = "PPC462"
    title: ClassVar[str] = "{what} could not be installed: {reason}"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "`ppc engines install`, or a run whose `packages` cannot be installed"

    what: str
    reason: str
    suggestion: str


class EngineDied(Diagnostic):
    """The engine's process ended or stopped answering.

    What
        The engine runs in a process of its own that answers requests. It ended, or gave no answer in time.

    Why
        Out of memory, a port that is taken, a home directory that cannot be written, an engine that hangs.

    Example
        A machine with too little memory for the engine's server.

    Instead
        Read the end of the log that the message names. `ppc engines remove ENGINE` and a new install repair a
        damaged environment.
    """

    code: ClassVar[str] = "PPC463"
    title: ClassVar[str] = "the engine `{engine}` {what}"
    help: ClassVar[str] = "its log is {log}"
    triggered_by: ClassVar[str] = "`ppc run --engine` or `ppc verify` when the engine's process dies or hangs"

    engine: str
    what: str
    log: str


class EngineError(Diagnostic):
    """The engine's driver refused a request.

    What
        The script that speaks to the engine answered with an error of its own: it could not even try.

    Why
        A file that is not there, a parameter that the engine refuses before a run exists.

    Example
        An engine whose own command line would print the same message.

    Instead
        The message is the engine's. Its log has the rest.
    """

    code: ClassVar[str] = "PPC464"
    title: ClassVar[str] = "the engine `{engine}` refused: {error}"
    help: ClassVar[str] = "its log is {log}"
    triggered_by: ClassVar[str] = "`ppc run --engine` or `ppc verify` when the engine refuses the request"

    engine: str
    error: str
    log: str


class HomeNotWritable(Diagnostic):
    """The folder in which ppc keeps environments and caches cannot be written.

    What
        Engines, the packages of pipelines and compiled files are kept between commands in the user's cache folder, or
        in the folder that `PPC_HOME` names.

    Why
        In a container the home of the user may be read-only or missing.

    Example
        `PPC_HOME=/nowhere ppc engines install airflow`

    Instead
        `PPC_HOME=/a/folder/of/mine ppc engines install airflow`
    """

    code: ClassVar[str] = "PPC465"
    title: ClassVar[str] = "cannot write to {folder}: {reason}"
    help: ClassVar[str] = "name another folder with PPC_HOME"
    triggered_by: ClassVar[str] = "any command that needs an engine or packages, with a home that cannot be written"

    folder: str
    reason: str
