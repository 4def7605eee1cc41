"""V1: annotations not yet evaluated, helpers and constants of the module, a class that refers to another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from portable_pipeline import pipeline, stage

from recording import record

WEEK = timedelta(days=7)
LIMITS = {"low": 1, "high": 10}


@dataclass
class Leaf:
    size: float
    seen: date | None = None


class Tree(NamedTuple):
    leaves: list[Leaf]
    by_name: dict[str, Leaf | None]


def clipped(value: float) -> float:
    """Uses two constants and a module."""
    return float(math.floor(min(max(value, LIMITS["low"]), LIMITS["high"])))


@stage
def grow(log: str, day: date, sizes: list[float]) -> Tree:
    record(log, "grow", day=day, sizes=sizes)
    leaves = [Leaf(size=clipped(size), seen=day + WEEK) for size in sizes]
    return Tree(leaves=leaves, by_name={"first": leaves[0], "none": None})


@stage
def pick(log: str, leaves: list[Leaf], whole: Tree) -> Leaf | None:
    record(log, "pick", leaves=leaves, whole=whole)
    return max(leaves, key=lambda leaf: leaf.size)


@stage
def take(log: str, leaf: Leaf | None) -> None:
    record(log, "take", leaf=leaf)


@pipeline
def v1_future_annotations(log: str):
    tree = grow(log=log, day=date(2026, 1, 5), sizes=[0.5, 3.7, 99.0])
    take(log=log, leaf=pick(log=log, leaves=tree.leaves, whole=tree))
