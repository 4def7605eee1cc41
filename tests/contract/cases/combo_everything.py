"""A gate, a map in a map, and a fallback, as they meet in practice: the trace of this run is the same everywhere.

For each region a model is trained, or the previous one taken; it is tried on each of the region's days, and goes live
only if it is good enough on all of them. If any went live, the catalogue is rebuilt, else it is left alone.
"""

from dataclasses import dataclass

from portable_pipeline import collect, first_of, for_each, otherwise, pipeline, stage, when

from recording import record


@dataclass
class Region:
    name: str
    days: list[int]


@dataclass
class Model:
    region: str
    weight: float


@stage
def regions(log: str, names: list[str]) -> list[Region]:
    record(log, "regions")
    return [Region(name, list(range(1, len(name) - 2))) for name in names]


@stage(retries=1, retry_delay="0s")
def train(log: str, region: str) -> Model:
    attempt = record(log, f"train[{region}]")
    if region == "east" or (region == "west" and attempt == 1):
        raise RuntimeError(f"no data of the {region}")
    return Model(region, 0.5)


@stage
def previous(log: str, region: str) -> Model:
    record(log, f"previous[{region}]")
    return Model(region, 0.25)


@stage
def attempt_on(log: str, model: Model, day: int) -> float:
    record(log, f"attempt_on[{model.region} {day}]")
    return model.weight * day


@stage
def worst(log: str, scores: list[float]) -> float:
    record(log, f"worst[{len(scores)}]")
    return min(scores, default=0.0)


@stage
def go_live(log: str, model: Model, score: float) -> str:
    record(log, f"go_live[{model.region}]")
    return f"{model.region} {score}"


@stage
def hold_back(log: str, region: str) -> str:
    record(log, f"hold_back[{region}]")
    return f"{region} stays"


@stage
def note(log: str, text: str) -> str:
    record(log, f"note[{text}]")
    return text.title()


@stage
def count(log: str, live: list[str], notes: list[str]) -> int:
    record(log, "count", live=live, notes=notes)
    return len(live)


@stage
def rebuild(log: str, scores: list[list[float]]) -> str:
    record(log, "rebuild", scores=scores)
    return "rebuilt"


@stage
def leave(log: str) -> str:
    record(log, "leave")
    return "left alone"


@stage
def finish(log: str, what: str) -> str:
    record(log, "finish")
    return what


@pipeline
def combo_everything(log: str, names: list[str] = ["north", "east", "west", "x"], least: float = 0.3):
    with for_each(regions(log, names), key="name") as region:
        model = train(log, region.name).or_else(previous(log, region.name))
        with for_each(region.days) as day:
            score = attempt_on(log, model, day)
        lowest = worst(log, collect(score))
        with when(lowest >= least):
            live = go_live(log, model, lowest)
        with otherwise():
            held = hold_back(log, region.name)
        noted = note(log, first_of(live, held))
    counted = count(log, collect(live), collect(noted))
    with when(counted > 0):
        rebuilt = rebuild(log, collect(collect(score)))
    with otherwise():
        left = leave(log)
    finish(log, first_of(rebuilt, left))
