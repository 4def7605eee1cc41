"""V2: strings that break naive generators, as parameters, by default and given."""

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
def take_all(log: str, listed: list[str], by_text: dict[str, str]) -> None:
    record(log, "take_all", listed=listed, by_text=by_text)


@pipeline
def v2_parameters(
    log: str,
    listed: list[str],
    by_text: dict[str, str],
    quotes: str = NASTY["quotes"],
    triple: str = NASTY["triple"],
    braces: str = NASTY["braces"],
    jinja: str = NASTY["jinja"],
    shell: str = NASTY["shell"],
    kfp: str = NASTY["kfp"],
    backslashes: str = NASTY["backslashes"],
    lines: str = NASTY["lines"],
    control: str = NASTY["control"],
    words: str = NASTY["words"],
    emoji: str = NASTY["emoji"],
    empty: str = NASTY["empty"],
    spaces: str = NASTY["spaces"],
    none: str = NASTY["none"],
    one: str = NASTY["one"],
    true: str = NASTY["true"],
    day: str = NASTY["day"],
    json: str = NASTY["json"],
    comment: str = NASTY["comment"],
    number: str = NASTY["number"],
):
    take(
        log=log,
        quotes=quotes,
        triple=triple,
        braces=braces,
        jinja=jinja,
        shell=shell,
        kfp=kfp,
        backslashes=backslashes,
        lines=lines,
        control=control,
        words=words,
        emoji=emoji,
        empty=empty,
        spaces=spaces,
        none=none,
        one=one,
        true=true,
        day=day,
        json=json,
        comment=comment,
        number=number,
    )
    take_all(log=log, listed=listed, by_text=by_text)
