"""V2: strings that break naive generators, as constants, alone and inside containers."""

from portable_pipeline import pipeline, stage

from nasty import NASTY
from recording import record


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
def take_all(log: str, listed: list[str], by_name: dict[str, str], by_text: dict[str, dict[str, list[str]]]) -> None:
    record(log, "take_all", listed=listed, by_name=by_name, by_text=by_text)


@pipeline
def v2_constants(log: str):
    take(log=log, **NASTY)
    take_all(
        log=log,
        listed=list(NASTY.values()),
        by_name=NASTY,
        by_text={text: {text: [text]} for text in NASTY.values()},
    )
