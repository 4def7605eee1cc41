"""Which earlier successes a run may take over (K1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from portable_pipeline.outcome import Origin
from portable_pipeline.store.project import Project

#: Older ones are not looked at: where so many have lost their artifacts, another attempt costs less than a search.
_MOST = 20

_SUCCESSES = """
SELECT coalesce(from_run, cached.run) AS run, coalesce(from_stage, cached.stage) AS stage, returned
FROM cached
JOIN stage ON stage.run = cached.run AND stage.id = cached.stage
JOIN run ON run.id = cached.run
WHERE key = ? AND cached.run <> ?
ORDER BY run.created DESC, cached.stage
LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Success:
    """A success of another run.

    Args:
        origin: Where it was executed.
        returned: All that it returned, by name, as `StageRecord` has it.
    """

    origin: Origin
    returned: Mapping[str, JsonValue]


def successes(project: Project, key: str, *, but: str) -> list[Success]:
    """Those with that key, the newest first.

    Args:
        but: Id of the run that asks: what it has done itself does not count.

    Raises:
        Refused: If the runs cannot be read.
    """
    with project.usable():
        rows = project.database.execute(_SUCCESSES, (key, but, _MOST)).fetchall()
    return [Success(Origin(run, stage), json.loads(returned)) for run, stage, returned in rows]
