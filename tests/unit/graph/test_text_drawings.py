from portable_pipeline.graph import draw
from tests.unit.graph.pipelines import pipeline, stage

DRAWN = pipeline(
    stage("end", retries=2),
    stage('say "hi"', ["end.@table"], command=True),
    stage("last", after=["end", 'say "hi"']),
    name="sample",
)


def test_mermaid() -> None:
    assert (
        draw(DRAWN, "mermaid")
        == """\
---
title: sample
---
flowchart TD
    s1["end<br/>2 retries"]
    s2[["say #34;hi#34;"]]
    s3["last"]
    s1 -->|"table"| s2
    s1 -.-> s3
    s2 -.-> s3
"""
    )


def test_dot() -> None:
    assert (
        draw(DRAWN, "dot")
        == """\
digraph "sample" {
    label="sample"; labelloc=t; fontname="Helvetica";
    node [shape=box, style=rounded, fontname="Helvetica"];
    edge [fontname="Helvetica", fontsize=10];
    "end" [label="end\\n2 retries"];
    "say \\"hi\\"" [label="say \\"hi\\"", shape=component];
    "last" [label="last"];
    "end" -> "say \\"hi\\"" [label="table"];
    "end" -> "last" [style=dashed];
    "say \\"hi\\"" -> "last" [style=dashed];
}
"""
    )
