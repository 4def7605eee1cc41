"""The run that a pipeline function describes."""

from __future__ import annotations

import datetime
from typing import cast

from portable_pipeline.dsl.handles import Handle
from portable_pipeline.dsl.trace import RunValue


class Run:
    """Properties of the run, as arguments for stages. To a type checker they are what the stages will get."""

    __slots__ = ()

    @property
    def date(self) -> datetime.date:
        """The date of the scheduled fire time in the schedule's zone; for a manual run the one given, else today's."""
        return cast(datetime.date, Handle(RunValue("date"), None))

    @property
    def time(self) -> datetime.datetime:
        """The instant of the scheduled fire time; for a manual run the one given, else now."""
        return cast(datetime.datetime, Handle(RunValue("time"), None))


run = Run()
