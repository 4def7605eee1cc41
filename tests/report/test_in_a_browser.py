"""Pages as people meet them: on screens large and small, in the dark, on paper, by keyboard, without scripts."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.report.browsing import DESKTOP, PHONE, Browser
from tests.report.conftest import Night
from tests.unit.graph.pipelines import pipeline, stage
from tests.unit.report.runs import looped, night, page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SCREENS = [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")]
#: What is in the pages, by the id of its section.
PARTS = ["problems", "graph", "timeline", "stages", "parameters", "artifacts"]


@pytest.fixture(params=["page", "pipeline_page"])
def either(request: pytest.FixtureRequest, busy: Night) -> Path:
    """The page of the run, and that of its pipeline."""
    found: Path = getattr(busy, request.param)
    return found


def focused(chromium: Browser) -> tuple[str, str]:
    """The class and the address, or the text, of what has the focus."""
    at = chromium.driver.switch_to.active_element
    return at.get_attribute("class") or "", at.get_attribute("href") or at.text


def press(chromium: Browser, *keys: str) -> None:
    ActionChains(chromium.driver).send_keys(*keys).perform()


def test_nothing_is_asked_of_the_network_and_nothing_is_wrong(chromium: Browser, either: Path) -> None:
    chromium.open(either)
    for each in chromium.driver.find_elements(By.CSS_SELECTOR, "summary"):
        chromium.run("arguments[0].click()", each)
    sent = [each for each in chromium.requests() if not each.startswith("data:")]
    assert sent == [either.as_uri()]
    assert chromium.complaints() == []


def test_the_policy_of_the_page_keeps_everything_out(chromium: Browser, either: Path) -> None:
    chromium.open(either)
    blocked = chromium.driver.execute_async_script(
        """
        const done = arguments[0], blocked = [];
        addEventListener("securitypolicyviolation", each => blocked.push(each.effectiveDirective));
        const add = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
        add("img", {src: "http://127.0.0.1:9/a.png"});
        add("script", {textContent: "window.ran = true"});
        add("style", {textContent: "body { color: red }"});
        add("iframe", {src: "http://127.0.0.1:9/"});
        fetch("http://127.0.0.1:9/").catch(() => setTimeout(() => done([...blocked.sort(), String(window.ran)]), 200));
        """
    )
    assert blocked == ["connect-src", "frame-src", "img-src", "script-src-elem", "style-src-elem", "undefined"]


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_the_page_fits_the_screen(chromium: Browser, either: Path, size: tuple[int, int], scheme: str) -> None:
    chromium.open(either, size, scheme=scheme)
    chromium.run("for (const each of document.querySelectorAll('details')) each.open = true")
    assert chromium.run("return document.documentElement.scrollWidth") == size[0]
    wide = chromium.run(
        "return [...document.querySelectorAll('body *')].filter(each => !each.closest('.scroll, .skip, .icons, thead')"
        " && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 80))"
    )
    assert wide == []


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_all_text_has_enough_contrast(chromium: Browser, either: Path, size: tuple[int, int], scheme: str) -> None:
    """WCAG AA for text of any size."""
    chromium.open(either, size, scheme=scheme)
    chromium.run("for (const each of document.querySelectorAll('details')) each.open = true")
    found = chromium.contrasts()
    assert len(found) > 60
    assert [(text[:40], round(ratio, 2)) for text, ratio, _ in found if ratio < 4.5] == []
    assert [text[:40] for text, _, pixels in found if pixels < 10] == []


def test_light_and_dark_are_what_they_are_called(chromium: Browser, busy: Night) -> None:
    def brightness() -> int:
        color = chromium.run("return getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))

    chromium.open(busy.page, scheme="light")
    assert brightness() > 700
    chromium.open(busy.page, scheme="dark")
    assert brightness() < 100
    chromium.open(busy.page, scheme="dark", media="print")
    assert brightness() == 765


def test_states_and_attempts_are_those_of_the_run(chromium: Browser, busy: Night) -> None:
    chromium.open(busy.page)
    outcome, project = busy.outcome, busy.project
    assert (outcome.state, outcome.degraded, len(outcome.hook_errors)) == ("failed", True, 1)
    said = {"failed, stand-in used": "failed", "upstream failed": "upstream_failed"}
    shown = chromium.run(
        "return [...document.querySelectorAll('details.stage, details.item')].map(each => [each.querySelector('h3, h4')"
        ".textContent, each.querySelector('.state').textContent])"
    )
    states = {name: said.get(words, words) for name, words in shown}
    assert states.pop("train") == "failed"
    assert states == {each.id: each.state for each in outcome.stages}
    rows = chromium.run(
        "return [...document.querySelectorAll('#timeline tbody tr')].map(row => [...row.cells].slice(0, 3)"
        ".map(cell => cell.textContent.trim()))"
    )
    attempts = [[each.stage, str(each.number), each.state] for each in project.attempts(outcome.run_id)]
    assert sorted([*row[:2], {"timed out": "failed"}.get(row[2], row[2])] for row in rows) == sorted(attempts)
    assert [row for row in rows if row[2] == "timed out"] == [["embed", "1", "timed out"]]
    (artifact,) = project.artifacts(outcome.run_id)
    listed = chromium.driver.find_element(By.CSS_SELECTOR, "#artifacts tbody").text
    assert artifact.sha256 in listed
    assert artifact.uri in listed


def test_a_state_is_never_shown_by_colour_alone(chromium: Browser, busy: Night) -> None:
    """Each has a symbol of a shape of its own, and a word, in the graph, in the list and in the chart."""
    chromium.open(busy.page)
    symbols = chromium.run(
        "return [...document.querySelectorAll('symbol[id^=i-]')].map(each => [each.id, each.innerHTML])"
    )
    assert len(dict(symbols)) == len(set(dict(symbols).values())) == 11
    boxes = chromium.run(
        "return [...document.querySelectorAll('.graph a')].map(each => [each.getAttribute('aria-label'),"
        " each.querySelector('use.mark').getAttribute('href'), each.textContent])"
    )
    assert len(boxes) == 8
    for label, symbol, text in boxes:
        words = {"#i-upstream_failed": "upstream failed", "#i-saved": "failed, stand-in used"}.get(symbol, symbol[3:])
        assert words in label
        assert words in text
    unnamed = chromium.run(
        "return [...document.querySelectorAll('svg')].filter(each => !each.closest('[aria-hidden=true]')"
        " && !each.getAttribute('aria-label')).length"
    )
    assert unnamed == 0
    bars = chromium.run("return [...document.querySelectorAll('.bar')].map(each => getComputedStyle(each).fill)")
    assert {each for each in bars if each.startswith("url")} == {'url("#p-failed")', 'url("#p-timeout")'}


def test_the_keyboard_is_enough(chromium: Browser, busy: Night) -> None:
    chromium.open(busy.page)
    press(chromium, Keys.TAB)
    assert focused(chromium)[0] == "skip"
    place = chromium.run("const r = document.activeElement.getBoundingClientRect(); return [r.top, r.left, r.height]")
    assert min(place) >= 0
    outline = chromium.run("return parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    assert outline >= 2
    press(chromium, Keys.ENTER)
    assert chromium.run("return document.activeElement.id") == "main"

    first_box = ".graph a[href='#stage-fetch']"
    for _ in range(60):
        press(chromium, Keys.TAB)
        if chromium.run("return document.activeElement.matches(arguments[0])", first_box):
            break
    assert chromium.run("return document.activeElement.getAttribute('aria-label')").startswith("fetch, 2 retries")
    fold = "return document.getElementById('stage-fetch').closest('details').open"
    assert chromium.run(fold) is False
    press(chromium, Keys.ENTER)
    assert chromium.driver.current_url.endswith("#stage-fetch")
    assert chromium.run(fold) is True

    summary = chromium.driver.find_element(By.CSS_SELECTOR, "details.stage:has(#stage-regions) > summary")
    chromium.run("arguments[0].focus()", summary)
    opened = "return document.getElementById('stage-regions').closest('details').open"
    assert chromium.run(opened) is False
    press(chromium, Keys.ENTER)
    assert chromium.run(opened) is True
    press(chromium, Keys.SPACE)
    assert chromium.run(opened) is False


def test_headings_and_landmarks_tell_what_is_where(chromium: Browser, either: Path) -> None:
    chromium.open(either)
    levels = chromium.run("return [...document.querySelectorAll('h1,h2,h3,h4')].map(each => +each.tagName[1])")
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    for landmark in ("header", "nav[aria-label]", "main", "footer"):
        assert len(chromium.driver.find_elements(By.CSS_SELECTOR, f".page > {landmark}")) == 1
    ids = chromium.run("return [...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    dead = chromium.run(
        "return [...document.querySelectorAll('[href^=\"#\"]')].map(each => each.getAttribute('href').slice(1))"
        ".filter(each => !document.getElementById(each))"
    )
    assert dead == []


def test_on_paper_everything_is_unfolded(chromium: Browser, busy: Night) -> None:
    for script in (True, False):
        chromium.open(busy.page, script=script)
        sheets = chromium.printed()
        text = " ".join(" ".join(sheets).split())
        assert 3 <= len(sheets) <= 12
        assert "Copy the night's table from the source" in text, "a stage that is folded on the screen"
        assert "ValueError: east has too few rows" in text
        for word in (*(each.id for each in busy.outcome.stages), "Timeline", "Parameters", "Artifacts"):
            assert word in text
        assert "unfold all" not in text


def test_the_page_can_be_read_without_scripts(chromium: Browser, busy: Night) -> None:
    chromium.open(busy.page, script=False)
    assert not chromium.driver.find_element(By.CSS_SELECTOR, ".filter").is_displayed()
    for part in PARTS:
        assert chromium.driver.find_element(By.ID, part).is_displayed()
    assert "ValueError: east has too few rows" in chromium.driver.find_element(By.ID, "problems").text
    hidden = chromium.driver.find_element(By.ID, "stage-regions")
    assert not hidden.is_displayed()
    chromium.driver.find_element(By.CSS_SELECTOR, "details.stage:has(#stage-regions) > summary").click()
    assert "Which regions have something to train on" in hidden.text
    # A link into what is folded unfolds it.
    fetch = chromium.driver.find_element(By.ID, "stage-fetch")
    assert not fetch.is_displayed()
    chromium.driver.find_element(By.CSS_SELECTOR, '.chart a[href="#stage-fetch"]').click()
    assert fetch.is_displayed()


def test_stages_are_filtered_by_state(chromium: Browser, busy: Night) -> None:
    def shown() -> list[str]:
        names = chromium.driver.find_elements(By.CSS_SELECTOR, "details.stage > summary h3")
        return [each.text for each in names if each.is_displayed()]

    chromium.open(busy.page)
    everything = shown()
    chromium.driver.find_element(By.CSS_SELECTOR, "button[data-state=success]").click()
    # An item of `train` has succeeded.
    assert shown() == ["fetch", "regions", "train", "last_embedding", "announce"]
    chromium.driver.find_element(By.CSS_SELECTOR, "button[data-state=skipped]").click()
    assert shown() == ["deploy"]
    # What a link leads to is shown, whatever the filter says.
    chromium.driver.find_element(By.CSS_SELECTOR, '#problems a[href="#stage-embed"]').click()
    assert shown() == everything
    assert chromium.driver.find_element(By.ID, "stage-embed").is_displayed()


def test_what_a_stage_prints_stays_text(chromium: Browser, busy: Night) -> None:
    chromium.open(busy.page)
    chromium.run("for (const each of document.querySelectorAll('details')) each.open = true")
    text = chromium.driver.find_element(By.TAG_NAME, "main").text
    assert "no answer from <script>alert('source')</script>" in text
    assert "it is there <b>now</b> & ready" in text
    assert "[31m" not in text
    whole = busy.page.read_text(encoding="utf-8")
    assert [each for each in ("s3cr3t-t0ken", "hunter22", "correct horse") if each in whole] == []


@pytest.mark.parametrize("what", ["items", "stages"])
def test_large_runs_open(chromium: Browser, tmp_path: Path, what: str) -> None:
    count = {"items": 1000, "stages": 10_000}[what]
    drawn = looped(count) if what == "items" else pipeline(*(stage(f"s{index}") for index in range(count)))
    with night(tmp_path, drawn, ends="failed") as run:
        for index in range(count):
            name = f"train[{index}]" if what == "items" else f"s{index}"
            fails = index % 500 == 499
            run.stage(name, "failed" if fails else "success", index, log="said\n" * 20 if fails else "")
    file = tmp_path / "large.html"
    file.write_text(page(tmp_path), encoding="utf-8")
    begun = time.monotonic()
    chromium.open(file, PHONE)
    assert time.monotonic() - begun < 20, "seconds, on a busy machine"
    assert chromium.run("return document.querySelectorAll('*').length") < 15_000
    assert chromium.run("return document.documentElement.scrollWidth") == PHONE[0]
    failed = chromium.driver.find_elements(By.CSS_SELECTOR, "details.s-failed")
    assert len(failed) == {"items": 3, "stages": 20}[what]
    assert chromium.complaints() == []
