"""A nightly report: one table for each region, a summary, and a last word whatever happened.

The idea: `for_each(...)` as a block with several stages and a condition inside, over a list that only the run knows;
`group(...)` to show what belongs together; `on_exit` for what has to happen at the end of every run.
"""

from datetime import date

from portable_pipeline import (
    Dataset,
    Input,
    Output,
    RunEvent,
    collect,
    cron,
    for_each,
    group,
    pipeline,
    run,
    stage,
    uri,
    when,
)


def sign_off(event: RunEvent) -> None:
    """Runs once at the end of every run, whether it went well or not."""
    print(f"{event.pipeline} ended: {event.state} (run {event.run_id})")


@stage(timeout="1m")
def regions(names: list[str]) -> list[str]:
    """The regions with sales, in the order of the alphabet."""
    return sorted(set(names))


@stage(timeout="1m", retries=2, retry_delay="2s")
def extract(region: str, day: date, sales: Output[Dataset] = uri("{root}/{run_date}/sales/{item_key}.csv")) -> int:
    """Write the day's sales of one region; returns how many."""
    amounts = [day.day * (index + 1) for index in range(len(region))]
    with open(sales.path, "w", encoding="utf-8") as file:
        file.writelines(f"{amount}\n" for amount in amounts)
    return sum(amounts)


@stage(timeout="1m")
def warn(region: str, total: int) -> str:
    """Point out a region that sold a lot."""
    return f"{region} sold {total}"


@stage(timeout="1m")
def total(sales: list[Input[Dataset]], totals: list[int]) -> int:
    """The sum over all regions, from the files, checked against the counts."""
    found = 0
    for each in sales:
        with open(each.path, encoding="utf-8") as file:
            found += sum(map(int, file))
    if found != sum(totals):
        raise ValueError(f"the files say {found}, the counts {sum(totals)}")
    return found


@stage(timeout="1m")
def publish(
    day: date, sum_of_all: int, warnings: list[str], page: Output[Dataset] = uri("{root}/{run_date}/report.md")
) -> int:
    """Write the page; returns how many lines it has."""
    lines = [f"# Sales on {day:%d %B %Y}", f"{sum_of_all} in all", *(f"- {each}" for each in warnings)]
    with open(page.path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return len(lines)


@pipeline(schedule=cron("30 5 * * *", timezone="UTC"), timeout="1h", on_exit=sign_off, tags=["example"])
def nightly_report(
    root: str = "/tmp/nightly_report", names: list[str] = ["south", "north", "overseas"], much: int = 100
):
    """Report the day's sales, region by region."""
    with for_each(regions(names), max_parallel=2) as region:
        extracted = extract(region, run.date)
        with when(extracted > much):
            warning = warn(region, extracted.result)
    with group("summary"):
        summed = total(collect(extracted.sales), collect(extracted.result))
        publish(run.date, summed, collect(warning))
