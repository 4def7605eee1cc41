"""A5, A1, R5: a command that exits with a status other than 0 is a failed attempt; its output stays where it was."""

from portable_pipeline import Dataset, Input, command, pipeline, stage, uri

from recording import record

fails = command(
    "echo half > {out.path}; exit {status}",
    name="fails",
    inputs={"status": int},
    outputs={"out": uri("{root}/out.txt")},
)


@stage
def read(log: str, out: Input[Dataset]) -> str:
    record(log, "read")
    return open(out.path).read()


@pipeline
def a5_command_fails(log: str, root: str, status: int):
    read(log=log, out=fails(status=status))
