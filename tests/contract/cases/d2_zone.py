"""D2.zone: a cron schedule in a zone with daylight saving time."""

from portable_pipeline import cron, pipeline, stage


@stage
def work() -> None:
    pass


@pipeline(schedule=cron("30 4 * * *", timezone="Europe/Berlin"))
def d2_zone():
    work()
