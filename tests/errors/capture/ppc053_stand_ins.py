from portable_pipeline import FailureEvent, RunEvent, command, pipeline, stage


def tell(event: FailureEvent) -> None:
    print(event.error)


def tell_run(event: RunEvent) -> None:
    print(event.state)


def tell_anything(event) -> None:
    print(event)


def tell_two(event: RunEvent, other: int) -> None:
    print(event, other)


@stage(timeout="5m", on_failure=tell_run)
def load(table: str) -> int:
    return len(table)


@stage(timeout="5m", on_failure=tell_two)
def show(rows: int) -> None:
    print(rows)


send = command("true", name="send", timeout="5m", on_failure="mail")


@pipeline(on_exit=tell, on_failure=tell_anything)
def nightly(table: str = "events"):
    one, two, three = load("1"), load("2"), load("3")
    show(one.or_else(two))
    one.or_else(three)
    three.or_else(two)
    load(table).or_else(3)
    three.or_else(three)
    send()
    load("4").or_else(load)
