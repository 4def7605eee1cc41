"""What can go wrong with an attempt, as the stage and as its starter see it."""


class Abort(Exception):
    """Raise this in a stage to fail it at once, whatever retries are left."""


class InvalidValue(ValueError):
    """A value is not what its annotation declares, or cannot be written as JSON."""


class ArtifactError(Exception):
    """An output was not written, or an input is not what its producer committed."""


class StageError(Exception):
    """An attempt did not succeed.

    Args:
        stage: The stage's id.
        error: What happened.
        traceback: The stage's own part of the traceback; empty where there is none.
    """

    noun = "stage"
    verb = "failed"

    def __init__(self, stage: str, error: str, traceback: str = "") -> None:
        # All arguments go to the base class: that is what pickle rebuilds the exception from.
        super().__init__(stage, error, traceback)
        self.stage = stage
        self.error = error
        self.traceback = traceback

    def __str__(self) -> str:
        headline = f"{self.noun} `{self.stage}` {self.verb}: {self.error}"
        return f"{headline}\n{self.traceback.rstrip()}" if self.traceback else headline


class StageFailed(StageError):
    """The attempt failed; another one may succeed."""


class StageTimeout(StageFailed):
    """The attempt ran out of time and was killed."""


class StageKilled(StageError):
    """The attempt was killed because its starter asked for it."""


class StageCancelled(StageKilled):
    """The attempt was killed in a run that somebody has cancelled, which is no failure of the stage."""

    verb = "was cancelled"


class StageNotBegun(StageCancelled):
    """The run had ended before the attempt could begin: it counts for nothing."""

    verb = "was not begun"


class StageAborted(StageError, Abort):
    """The stage raised `Abort`: another attempt is pointless."""

    verb = "aborted"


class HookFailed(StageError):
    """A hook failed; `stage` names the hook."""

    noun = "hook"
