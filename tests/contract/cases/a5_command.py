"""A5, V2: command stages read and write artifacts; a value is one argument, whatever characters it holds."""

from portable_pipeline import Dataset, Input, Output, command, pipeline, stage, uri

from recording import record


@stage
def write(log: str, text: Output[Dataset] = uri("{root}/in.txt")) -> None:
    record(log, "write")
    with open(text.path, "w") as file:
        file.write("b\na\n")


# As an argument list and as a shell line; both print the value and append the sorted file.
listed = command(
    ["sh", "-c", 'printf %s "$1" > "$3"; sort "$2" >> "$3"', "sh", "{word}", "{text.path}", "{out.path}"],
    name="listed",
    inputs={"word": str, "text": Input[Dataset]},
    outputs={"out": uri("{root}/listed.txt")},
)
shell = command(
    "printf %s {word} > {out.path} && sort {text.path} >> {out.path}",
    name="shell",
    inputs={"word": str, "text": Input[Dataset]},
    outputs={"out": uri("{root}/shell.txt")},
)


@stage
def read(log: str, one: Input[Dataset], two: Input[Dataset]) -> None:
    record(log, "read", one=open(one.path).read(), two=open(two.path).read())


@pipeline
def a5_command(log: str, root: str, word: str):
    text = write(log=log)
    read(log=log, one=listed(word=word, text=text), two=shell(word=word, text=text))
