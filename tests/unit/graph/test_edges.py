from portable_pipeline.graph.edges import Edge, details, edges
from tests.unit.graph.pipelines import pipeline, stage


def test_what_flows_between_two_stages_is_one_edge() -> None:
    drawn = pipeline(stage("ingest"), stage("train", ["ingest.@table", "ingest", "ingest.rows"]))
    assert edges(drawn) == (Edge("ingest", "train", ("table", "result", "rows")),)


def test_order_is_an_edge_of_its_own_only_without_data() -> None:
    drawn = pipeline(stage("a"), stage("b"), stage("c", ["a"], after=["a", "b"]))
    assert edges(drawn) == (Edge("a", "c", ("result",)), Edge("b", "c"))
    assert [each.ordered_only for each in edges(drawn)] == [False, True]


def test_details_name_policies_and_nothing_else() -> None:
    assert details(stage("a")) == ()
    assert details(stage("a", retries=1, timeout_s=5400)) == ("1 retry, ≤ 90 min",)
    assert details(stage("a", retries=3, timeout_s=7200)) == ("3 retries, ≤ 2 h",)
    assert details(stage("a", timeout_s=90)) == ("≤ 90 s",)
