"""Stage code of examples/nightly_report/pipeline.py."""

from datetime import date

from stage_runtime import Artifact, RunEvent


def sign_off(event: RunEvent) -> None:
    """Runs once at the end of every run, whether it went well or not."""
    print(f"{event.pipeline} ended: {event.state} (run {event.run_id})")


def regions(names: list[str]) -> list[str]:
    """The regions with sales, in the order of the alphabet."""
    return sorted(set(names))


def extract(region: str, day: date, sales: Artifact) -> int:
    """Write the day's sales of one region; returns how many."""
    amounts = [day.day * (index + 1) for index in range(len(region))]
    with open(sales.path, "w", encoding="utf-8") as file:
        file.writelines(f"{amount}\n" for amount in amounts)
    return sum(amounts)


def warn(region: str, total: int) -> str:
    """Point out a region that sold a lot."""
    return f"{region} sold {total}"


def total(sales: list[Artifact], totals: list[int]) -> int:
    """The sum over all regions, from the files, checked against the counts."""
    found = 0
    for each in sales:
        with open(each.path, encoding="utf-8") as file:
            found += sum(map(int, file))
    if found != sum(totals):
        raise ValueError(f"the files say {found}, the counts {sum(totals)}")
    return found


def publish(
    day: date, sum_of_all: int, warnings: list[str], page: Artifact
) -> int:
    """Write the page; returns how many lines it has."""
    lines = [f"# Sales on {day:%d %B %Y}", f"{sum_of_all} in all", *(f"- {each}" for each in warnings)]
    with open(page.path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return len(lines)
