"""A map in a map, over what a stage of the outer one gives for the item; collected at each level."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record


@stage
def parts(log: str, word: str) -> list[str]:
    record(log, f"parts[{word}]")
    return list(word)


@stage
def shout(log: str, word: str, part: str) -> str:
    record(log, f"shout[{word}{part}]")
    if part == "!":
        raise RuntimeError(f"{word} shouts already")
    return part.upper()


@stage
def spell(log: str, shouted: list[str]) -> str:
    return "-".join(shouted)


@stage
def publish(log: str, spelt: list[str], parts: list[list[str]]) -> list[str]:
    record(log, "publish", spelt=spelt, parts=parts)
    return spelt


@pipeline
def combo_map_in_map(log: str, words: list[str]):
    with for_each(words) as word:
        with for_each(parts(log, word)) as part:
            shouted = shout(log, word, part)
        spelt = spell(log, collect(shouted))
    publish(log, collect(spelt), collect(collect(shouted)))
