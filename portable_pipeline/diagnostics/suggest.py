"""Did-you-mean: the known name that somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when none is like it.

    >>> closest("airfow", ["airflow", "kfp", "prefect"])
    'airflow'
    >>> closest("zzz", ["airflow", "kfp", "prefect"]) is None
    True
    """
    from difflib import get_close_matches  # slow to import, and only needed when something is wrong already

    by_lower: dict[str, str] = {}
    for each in known:
        by_lower.setdefault(each.lower(), each)
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str], listed: int = 12) -> str:
    """Advice on an unknown name: the closest known one; else the known names, when they are few.

    Args:
        listed: At most this many known names are written out.

    >>> did_you_mean("airfow", ["airflow", "kfp", "prefect"])
    'did you mean `airflow`?'
    >>> did_you_mean("zzz", ["kfp", "airflow"])
    'known: `airflow`, `kfp`'
    """
    names = sorted(set(known))
    close = closest(name, names)
    if close is not None:
        return f"did you mean `{close}`?"
    if not names:
        return "there are none"
    if len(names) > listed:
        return f"known: {quoted(names[:listed])} and {len(names) - listed} more"
    return f"known: {quoted(names)}"


def quoted(names: Iterable[str]) -> str:
    """The names as in running text: in backticks, with commas."""
    return ", ".join(f"`{each}`" for each in names)
