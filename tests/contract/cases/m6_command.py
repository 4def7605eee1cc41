"""M6, M7, C1, A5: commands in a loop and in a condition within, with what the item says among their arguments."""

from portable_pipeline import Dataset, Input, command, for_each, pipeline, stage, uri, when

from recording import record

write = command(
    'printf "%s" {text} > {out.path}',
    name="write",
    inputs={"text": str},
    outputs={"out": uri("{root}/{run_date}/{item_key}.txt")},
)
double = command(
    ["sh", "-c", 'cat "$1" "$1" > "$2"', "sh", "{text.path}", "{out.path}"],
    name="double",
    inputs={"text": Input[Dataset]},
    outputs={"out": uri("{root}/{run_date}/twice-{item_key}.txt")},
)


@stage
def read(log: str, text: Input[Dataset]) -> str:
    with open(text.path) as file:
        found = file.read()
    record(log, f"read[{found}]")
    return found


@pipeline
def m6_command(log: str, root: str, texts: list[str]):
    with for_each(texts) as text:
        written = write(text=text)
        with when(text != "short"):
            read(log=log, text=double(text=written))
