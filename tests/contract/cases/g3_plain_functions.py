"""G3: functions of another module become stages without touching them, under names of their own."""

from portable_pipeline import pipeline, stage

import plain

scale = stage(plain.scale)
add = stage(plain.add, name="plus", retries=1, retry_delay="0s")


@pipeline
def g3_plain_functions(log: str):
    tripled = scale(log=log, value=2)
    add(log=log, left=add(log=log, left=tripled), right=tripled)
