"""`make bench`: what compiling costs, and what running does. `python bench/run.py --help` for parts of it."""

from __future__ import annotations

import argparse

import compiling
from runners import main as running

PARTS = ("compile", "runners")


def main() -> None:
    """Measure and print; the figures go to build/bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", default=[], metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named"
    )
    running.add_options(parser)
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    wanted = given.parts or PARTS
    if "compile" in wanted:
        compiling.main()
    if "runners" in wanted:
        running.main(given)


if __name__ == "__main__":
    main()
