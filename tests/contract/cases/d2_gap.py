"""D2.gap: a fire time that does not exist on the night when clocks go forward."""

from portable_pipeline import cron, pipeline, stage


@stage
def work() -> None:
    pass


@pipeline(schedule=cron("30 2 * * *", timezone="Europe/Berlin"))
def d2_gap():
    work()
