"""D1: in a scheduled pipeline the run date is that of the schedule's zone, here often a day ahead of UTC."""

from datetime import date, datetime

from portable_pipeline import cron, pipeline, run, stage

from recording import record


@stage
def take(log: str, day: date, instant: datetime) -> None:
    record(log, "take", day=day, instant=instant)


@pipeline(schedule=cron("30 2 * * *", timezone="Pacific/Kiritimati"))
def d1_zone(log: str = "events.jsonl"):
    take(log=log, day=run.date, instant=run.time)
