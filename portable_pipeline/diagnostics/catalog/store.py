"""PPC48x: what is kept of local runs."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class ProjectUnusable(Diagnostic):
    """The folder in which local runs are kept cannot be used.

    What
        `ppc run` keeps what it does in `.ppc/runs.db`, so that a run can be looked at and resumed. That database, or
        the folder around it, cannot be read or written.

    Why
        The folder belongs to somebody else, the disk is full, the database is damaged, or it is not ours at all.
        Nothing is started that could not be noted down.

    Example
        `ppc run pipeline.py` in a folder that is read-only.

    Instead
        `ppc run pipeline.py --project /a/folder/of/mine`. A damaged database can be moved away: new runs begin a new
        one.
    """

    code: ClassVar[str] = "PPC480"
    title: ClassVar[str] = "the runs in {folder} cannot be used: {reason}"
    help: ClassVar[str] = "name another folder with `--project`, or move this one away"
    triggered_by: ClassVar[str] = "any command for local runs, when their database cannot be read or written"

    folder: str
    reason: str


class ProjectTooNew(Diagnostic):
    """The database of local runs was written by a later version of ppc.

    What
        The tables have changed since this version.

    Why
        An older program would lose what it does not know of.

    Example
        A folder that two versions of ppc work on.

    Instead
        Use the later version, or another folder.
    """

    code: ClassVar[str] = "PPC481"
    title: ClassVar[str] = "the runs in {folder} were written by a later version of ppc ({version})"
    help: ClassVar[str] = "update portable-pipeline, or name another folder with `--project`"
    triggered_by: ClassVar[str] = "any command for local runs, when their database is of a later version"

    folder: str
    version: str


class NoSuchRun(Diagnostic):
    """There is no local run of that id.

    What
        No run in this project begins with these characters.

    Why
        Runs are kept in `.ppc` of the folder in which `ppc run` was called, until `ppc gc` removes them.

    Example
        `ppc show 2026` in another folder than that of the run.

    Instead
        `ppc runs` lists what there is; `--project` names another folder.
    """

    code: ClassVar[str] = "PPC482"
    title: ClassVar[str] = "there is no run `{run}` in {folder}"
    help: ClassVar[str] = "`ppc runs` lists them; `--project` names another folder"
    triggered_by: ClassVar[str] = "`ppc show`, `ppc resume` or `ppc cancel` with an id that is not known"

    run: str
    folder: str


class AmbiguousRun(Diagnostic):
    """Several runs begin with these characters.

    What
        A run can be named by the first characters of its id, as long as only one begins so.

    Why
        Another run could be meant.

    Example
        `ppc show 20260105` when two runs began on that day.

    Instead
        Give more characters.
    """

    code: ClassVar[str] = "PPC483"
    title: ClassVar[str] = "more than one run begins with `{run}`: {found}"
    help: ClassVar[str] = "give more characters of the id"
    triggered_by: ClassVar[str] = "`ppc show`, `ppc resume` or `ppc cancel` with too few characters of an id"

    run: str
    found: str


class RunInProgress(Diagnostic):
    """Another process works on this run.

    What
        A run belongs to one process at a time.

    Why
        Two would run the same stages twice.

    Example
        `ppc resume` of a run that has not ended.

    Instead
        Wait for it, or end it with `ppc cancel`.
    """

    code: ClassVar[str] = "PPC484"
    title: ClassVar[str] = "process {process} works on run `{run}`"
    help: ClassVar[str] = "wait for it, or end it with `ppc cancel {run}`"
    triggered_by: ClassVar[str] = "`ppc resume` or `ppc gc`, when the run has not ended"

    run: str
    process: int


class StageChanged(Diagnostic):
    """A stage that succeeded in the run is not what it was.

    What
        It was made of other code, other inputs or other outputs than the pipeline has today, or stood in another
        condition or loop.

    Why
        What runs from here on would be fed with what the old code made, and the run would be neither the one nor the
        other.

    Example
        A change of `train` after it had succeeded, then `ppc resume`.

    Instead
        `ppc resume RUN --from train` runs it again, with all that comes after it. `--keep-changed` takes its old
        results all the same. Or begin a new run.
    """

    code: ClassVar[str] = "PPC485"
    title: ClassVar[str] = "`{stage}` has succeeded in run `{run}`, and {what} changed since"
    help: ClassVar[str] = "`--from {stage}` runs it again; `--keep-changed` takes what it made"
    triggered_by: ClassVar[str] = "`ppc resume` when a stage that succeeded has changed since"

    run: str
    stage: str
    what: str


class StageGone(Diagnostic):
    """The pipeline has lost a stage that succeeded in the run.

    What
        A stage of that id is not there any more. A stage that was renamed is another stage.

    Why
        The run would claim to have done something that its pipeline does not do.

    Example
        `train` was renamed to `fit` after it had succeeded, then `ppc resume`.

    Instead
        Begin a new run; or `--keep-changed`, which leaves it out.
    """

    code: ClassVar[str] = "PPC488"
    title: ClassVar[str] = "`{stage}` has succeeded in run `{run}`, and the pipeline has no such stage any more"
    help: ClassVar[str] = "begin a new run with `ppc run`, or leave it out with `--keep-changed`"
    triggered_by: ClassVar[str] = "`ppc resume` when a stage that succeeded is gone"

    run: str
    stage: str


class ParametersChanged(Diagnostic):
    """The pipeline has other parameters than the run was begun with.

    What
        A parameter was added, removed, or is of another type.

    Why
        What has succeeded has seen the old ones.

    Example
        `folds: int = 5` was added to the pipeline function, then `ppc resume`.

    Instead
        Begin a new run; or `--keep-changed`, which gives new parameters their defaults.
    """

    code: ClassVar[str] = "PPC489"
    title: ClassVar[str] = "run `{run}` was begun with other parameters than the pipeline has today: {names}"
    help: ClassVar[str] = "begin a new run with `ppc run`, or resume with `--keep-changed`"
    triggered_by: ClassVar[str] = "`ppc resume` when the pipeline's parameters have changed since"

    run: str
    names: str


class NothingToResume(Diagnostic):
    """The run has succeeded.

    What
        Nothing of it is left to be done.

    Why
        `ppc resume` runs what has not succeeded.

    Example
        `ppc resume` of a run that went well.

    Instead
        `ppc resume RUN --from STAGE` runs a stage and all that comes after it again.
    """

    code: ClassVar[str] = "PPC486"
    title: ClassVar[str] = "run `{run}` has succeeded: nothing is left to run"
    help: ClassVar[str] = "`--from STAGE` runs a stage and what comes after it again"
    triggered_by: ClassVar[str] = "`ppc resume` of a run that has succeeded"

    run: str


class NoSuchStage(Diagnostic):
    """The pipeline has no stage of that id.

    What
        `--from` names a stage by its id, as the table of a run shows it, without the index of an item.

    Why
        A stage in a loop is run again for all items.

    Example
        `ppc resume RUN --from trian`

    Instead
        `ppc resume RUN --from train`
    """

    code: ClassVar[str] = "PPC487"
    title: ClassVar[str] = "the pipeline has no stage `{stage}`; {suggestion}"
    help: ClassVar[str] = "`ppc show` lists the stages of a run"
    triggered_by: ClassVar[str] = "`ppc resume --from` or `ppc show --logs` with an id that is not known"

    stage: str
    suggestion: str


class NoSchedule(Diagnostic):
    """A backfill needs a schedule.

    What
        `ppc backfill` runs a pipeline once for each fire time of its schedule. This pipeline has none.

    Why
        Without a schedule nobody knows which runs are missing.

    Example
        `@pipeline` without `schedule=`.

    Instead
        `@pipeline(schedule=cron("0 2 * * *"))`; or `ppc run --date` for each date.
    """

    code: ClassVar[str] = "PPC490"
    title: ClassVar[str] = "pipeline `{pipeline}` has no schedule, so no fire times either"
    help: ClassVar[str] = 'add `schedule=cron("0 2 * * *")`, or call `ppc run --date` for each date'
    triggered_by: ClassVar[str] = "`ppc backfill` of a pipeline without a schedule"

    pipeline: str


class BackfillInProgress(Diagnostic):
    """Another backfill of the pipeline is under way.

    What
        A backfill of the same pipeline with the same parameters has not ended, or it was killed and runs that it had
        begun go on.

    Why
        Both would begin the runs that are missing, each of them twice.

    Example
        `ppc backfill` in two terminals; or again at once, after `kill -9` of the first.

    Instead
        Wait for it. `ppc runs --state running` lists what runs, `ppc cancel` ends a run; then call it again, and it
        goes on with what is left.
    """

    code: ClassVar[str] = "PPC491"
    title: ClassVar[str] = (
        "a backfill of `{pipeline}` with the same parameters is under way, begun by process {process}"
    )
    help: ClassVar[str] = "wait for it; `ppc runs --state running` lists what runs"
    triggered_by: ClassVar[str] = "`ppc backfill` while another one of the pipeline, or a run of it, has not ended"

    pipeline: str
    process: int


class NotRemoved(Diagnostic):
    """Something that is not needed any more could not be removed.

    What
        `ppc gc` has found what a run has left, and could not remove all of it. Everything else is removed.

    Why
        A stage has taken its own rights from a folder, it belongs to somebody else, or something is mounted in it. Or
        it holds all that is left of an artifact: nothing is at the address that it stood at.

    Example
        A stage that does `os.chmod("data", 0o500)` in the folder of its output, and is killed.

    Instead
        Give yourself the right to write there (`chmod -R u+rwX FOLDER`), or remove it as whoever owns it; then call
        `ppc gc` again. What stood at an address can be moved back there.
    """

    code: ClassVar[str] = "PPC492"
    title: ClassVar[str] = "{path} is left as it is: {reason}"
    help: ClassVar[str] = "look at it, and remove it by hand if nobody needs it"
    triggered_by: ClassVar[str] = "`ppc gc` when what a run has left is in a folder that cannot be written"

    path: str
    reason: str
