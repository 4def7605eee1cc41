"""P1, G4: names that a generator uses itself are names like any other, for stages and parameters."""

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri

from recording import record


@stage
def task(log: str, date: str, params: list[int], timedelta: float) -> dict[str, int]:
    record(log, "task", date=date, params=params, timedelta=timedelta)
    return {"result": sum(params)}


@stage
def flow(log: str, run: dict[str, int], result: int, inputs: str, data: Output[Dataset] = uri("{root}/data")) -> str:
    record(log, "flow", run=run, result=result, inputs=inputs)
    with open(data.path, "w") as file:
        file.write(inputs)
    return inputs


@stage
def attempt(log: str, stage: str, outputs: Input[Dataset], uri: str, path: int) -> int:
    with open(outputs.path) as file:
        record(log, "attempt", stage=stage, outputs=file.read(), uri=uri, path=path)
    return path


@stage
def dag(log: str, int: int, list: list[str], function: str) -> int:
    record(log, "dag", int=int, list=list, function=function)
    return int


@stage
def dsl(log: str, value: int, type: str, json: str) -> None:
    record(log, "dsl", value=value, type=type, json=json)


@pipeline
def p1_awkward_names(
    log: str,
    root: str,
    datetime: str,
    params: list[int],
    timedelta: float = 0.5,
    json: str = "json",
    task_id: str = "id",
):
    run = task(log=log, date=datetime, params=params, timedelta=timedelta)
    data = flow(log=log, run=run, result=3, inputs=json)
    number = attempt(log=log, stage=task_id, outputs=data.data, uri=data.result, path=7)
    dsl(log=log, value=dag(log=log, int=number, list=["a"], function=json), type=datetime, json=json)
