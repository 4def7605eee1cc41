"""A4: between producer and consumer someone touches a directory; the consumer does not start on it."""

import os

from portable_pipeline import Directory, Input, Output, pipeline, stage, uri

from recording import record, tree


@stage
def write(log: str, parts: Output[Directory] = uri("{root}/parts")) -> str:
    record(log, "write")
    os.makedirs(os.path.join(parts.path, "deep"))
    for name in ("a.txt", "deep/b.txt", "empty.txt"):
        with open(os.path.join(parts.path, name), "w") as file:
            file.write("" if name.startswith("empty") else name)
    return parts.uri


@stage
def touch(log: str, path: str, how: str) -> None:
    record(log, "touch")
    if how == "add":
        open(os.path.join(path, "deep", "more.txt"), "w").close()
    if how == "remove":
        os.remove(os.path.join(path, "empty.txt"))
    if how == "rename":
        os.rename(os.path.join(path, "empty.txt"), os.path.join(path, "deep", "empty.txt"))
    if how == "swap":
        one, two = os.path.join(path, "a.txt"), os.path.join(path, "empty.txt")
        os.rename(one, one + "~")
        os.rename(two, one)
        os.rename(one + "~", two)


@stage
def read(log: str, parts: Input[Directory]) -> list[str]:
    record(log, "read")
    return sorted(tree(parts.path))


@pipeline
def a4_directory(log: str, root: str, how: str):
    written = write(log=log)
    read(log=log, parts=written.parts).after(touch(log=log, path=written.result, how=how))
