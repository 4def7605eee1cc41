from portable_pipeline import Dataset, Model, Output, each, pipeline, stage, uri, when


@stage(timeout="5m")
def train(depth: int, model: Output[Model] = uri("{root}/{run_date}/{stage}.bin")) -> float:
    open(model.path, "w").close()
    return 0.5


@stage(timeout="5m")
def previous(model: Output[Model] = uri("{root}/{run_date}/{stage}.bin")) -> str:
    open(model.path, "w").close()
    return "old"


@stage(timeout="5m")
def other(model: Output[Dataset] = uri("{root}/{run_date}/{stage}.bin")) -> float:
    open(model.path, "w").close()
    return 0.1


@stage(timeout="5m")
def guess(seed: float) -> float:
    return seed


@stage(timeout="5m")
def show(score: float) -> None:
    print(score)


@pipeline
def nightly(root: str = "/tmp/nightly", check: bool = True):
    show(train(1).or_else(previous()))
    show(train(2).or_else(other()))
    show(train(3).or_else(guess(0.1)))
    last = guess(0.2)
    show(last.or_else(guess(last)))
    with when(check):
        inside = guess(0.3)
    show(guess(0.4).or_else(inside))
    stand_in = guess(0.5)
    show(guess(0.6).or_else(stand_in))
    show(stand_in)
    show(0.7).after(stand_in)
    with when(stand_in > 0.5):
        show(0.8)
    guess.map(each([0.1])).or_else(guess(0.9))
