"""V2: strings that break naive generators, as results: one by one, and inside containers."""

from dataclasses import dataclass

from portable_pipeline import pipeline, stage

from nasty import NASTY
from recording import record


@dataclass
class Texts:
    quotes: str
    triple: str
    braces: str
    jinja: str
    shell: str
    kfp: str
    backslashes: str
    lines: str
    control: str
    words: str
    emoji: str
    empty: str
    spaces: str
    none: str
    one: str
    true: str
    day: str
    json: str
    comment: str
    number: str


@stage
def give(log: str) -> Texts:
    record(log, "give")
    return Texts(**NASTY)


@stage
def give_all(log: str) -> dict[str, list[str]]:
    return {text: [text, text] for text in NASTY.values()}


@stage
def echo(log: str, text: str) -> str:
    record(log, "echo", text=text)
    return text


@stage
def take(
    log: str,
    quotes: str,
    triple: str,
    braces: str,
    jinja: str,
    shell: str,
    kfp: str,
    backslashes: str,
    lines: str,
    control: str,
    words: str,
    emoji: str,
    empty: str,
    spaces: str,
    none: str,
    one: str,
    true: str,
    day: str,
    json: str,
    comment: str,
    number: str,
) -> None:
    seen = {
        "quotes": quotes,
        "triple": triple,
        "braces": braces,
        "jinja": jinja,
        "shell": shell,
        "kfp": kfp,
        "backslashes": backslashes,
        "lines": lines,
        "control": control,
        "words": words,
        "emoji": emoji,
        "empty": empty,
        "spaces": spaces,
        "none": none,
        "one": one,
        "true": true,
        "day": day,
        "json": json,
        "comment": comment,
        "number": number,
    }
    record(log, "take", **seen)


@stage
def take_all(log: str, texts: Texts, by_text: dict[str, list[str]], echoed: str) -> None:
    record(log, "take_all", texts=texts, by_text=by_text, echoed=echoed)


@pipeline
def v2_results(log: str):
    texts = give(log=log)
    take(
        log=log,
        quotes=texts.quotes,
        triple=texts.triple,
        braces=texts.braces,
        jinja=texts.jinja,
        shell=texts.shell,
        kfp=texts.kfp,
        backslashes=texts.backslashes,
        lines=texts.lines,
        control=texts.control,
        words=texts.words,
        emoji=texts.emoji,
        empty=texts.empty,
        spaces=texts.spaces,
        none=texts.none,
        one=texts.one,
        true=texts.true,
        day=texts.day,
        json=texts.json,
        comment=texts.comment,
        number=texts.number,
    )
    take_all(log=log, texts=texts, by_text=give_all(log=log), echoed=echo(log=log, text=texts.lines))
