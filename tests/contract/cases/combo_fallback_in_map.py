"""A stand-in for each item of a map that needs one; what is collected is of whoever succeeded."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage(retries=1, retry_delay="0s")
def train(log: str, item: str) -> str:
    record(log, f"train[{item}]")
    if "bad" in item:
        raise RuntimeError(f"no model of {item}")
    return f"new {item}"


@stage
def previous(log: str, item: str) -> str:
    record(log, f"previous[{item}]")
    if "worse" in item:
        raise RuntimeError(f"never a model of {item}")
    return f"old {item}"


@stage
def check(log: str, model: str) -> str:
    return f"{model}, checked"


@stage
def publish(log: str, checked: list[str], models: list[str]) -> int:
    record(log, "publish", checked=checked, models=models)
    return len(checked)


@pipeline
def combo_fallback_in_map(log: str, items: list[str]):
    with for_each(items) as item:
        trained = train(log, item).or_else(previous(log, item))
        checked = check(log, trained)
    publish(log, collect(checked), collect(trained))
