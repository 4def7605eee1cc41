"""D2: a cron schedule in UTC."""

from portable_pipeline import cron, pipeline, stage


@stage
def work() -> None:
    pass


@pipeline(schedule=cron("5,35 2-4 */2 1,7 1-5", timezone="UTC"))
def d2_cron():
    work()
