"""Command: a stage that is a program, between stages that are functions.

The idea: an artifact does not care who wrote it. Each `{name}` in a command is one argument, whatever characters its
value holds; in a shell line every value is quoted.
"""

from portable_pipeline import Dataset, Input, Output, command, pipeline, stage, uri


@stage(timeout="1m")
def write(lines: list[str], text: Output[Dataset] = uri("{root}/{run_date}/text.txt")) -> None:
    """Write the lines, unsorted."""
    with open(text.path, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


# A list of arguments: no shell in between, nothing to quote.
sort = command(
    ["sort", "-o", "{ordered.path}", "{text.path}"],
    name="sort",
    inputs={"text": Input[Dataset]},
    outputs={"ordered": uri("{root}/{run_date}/ordered.txt")},
    timeout="1m",
)

# A shell line, for pipes and redirections.
pick = command(
    "grep -F -- {word} {ordered.path} | tail -n 1 > {found.path}",
    name="pick",
    inputs={"word": str, "ordered": Input[Dataset]},
    outputs={"found": uri("{root}/{run_date}/found.txt")},
    timeout="1m",
)


@stage(timeout="1m")
def read(found: Input[Dataset]) -> str:
    """The line that was found."""
    with open(found.path, encoding="utf-8") as file:
        return file.read().rstrip("\n")


@pipeline(owner="tools", tags=["example"])
def commands(root: str = "build/commands", word: str = "ppc"):
    """Sort a file and pick a line of it, with programs that every machine has."""
    text = write(lines=["ppc writes it three times", "once is enough", "a pipeline's meaning", "ppc's promise"])
    read(pick(word=word, ordered=sort(text)))
