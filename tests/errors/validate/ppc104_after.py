from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def prepare(rows: int) -> int:
    return rows


@stage(timeout="5m")
def train(rows: int) -> float:
    return rows / 2


@stage(timeout="5m")
def evaluate(score: float) -> float:
    return score


@pipeline
def nightly(rows: int = 100):
    clean = prepare(rows)
    score = train(clean)
    report = evaluate(score)
    clean.after(report)
