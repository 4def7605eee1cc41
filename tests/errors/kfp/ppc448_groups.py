from portable_pipeline import first_of, pipeline, stage, when


@stage(timeout="5m")
def load(day: str) -> str:
    return day


@stage(timeout="5m")
def last_known(day: str) -> str | None:
    return None


@stage(timeout="5m")
def say(word: str | None) -> None:
    print(word)


@pipeline
def nightly(day: str = "2026-01-05", is_open: bool = True, is_late: bool = False):
    with when(is_open == True):
        today = load(day)
    with when(is_late == True):
        before = last_known(day)
    say(first_of(today, before))
    with when(is_late == False):
        early = load(day)
    # Its stand-in needs what is in a branch.
    load(day).or_else(load(early))
