"""A real Chromium, with all that it notes about a page: requests, messages, colours."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

DESKTOP, PHONE = (1280, 900), (360, 740)

#: Of each text that can be seen: what it says, its ratio of contrast, and how large it is in pixels. What stands under
#: it is found by going outwards; in drawings it is the box of the same group.
_CONTRASTS = """
const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
const context = canvas.getContext("2d", {willReadFrequently: true});
const rgba = (color, below) => {
  context.clearRect(0, 0, 1, 1);
  for (const each of [...below, color]) { context.fillStyle = each; context.fillRect(0, 0, 1, 1); }
  return [...context.getImageData(0, 0, 1, 1).data];
};
const light = (color, below) => {
  const linear = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const [r, g, b] = rgba(color, below).slice(0, 3).map(part => linear(part / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const grounds = (element) => {
  const found = [];
  for (let at = element; at; at = at.parentElement) {
    const box = at instanceof SVGGElement && at.querySelector(":scope > rect");
    if (box) found.unshift(getComputedStyle(box).fill);
    found.unshift(getComputedStyle(at).backgroundColor);
  }
  return ["white", ...found];
};
const seen = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, element = node.parentElement;
  if (!node.data.trim() || ["STYLE", "SCRIPT", "title"].includes(element.tagName)) continue;
  if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
  const style = getComputedStyle(element), below = grounds(element);
  const [a, b] = [light(element instanceof SVGElement ? style.fill : style.color, below), light("transparent", below)];
  seen.push([node.data.trim(), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), parseFloat(style.fontSize)]);
}
return seen;
"""


class Browser:
    """Chromium, without a window."""

    def __init__(self) -> None:
        chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
        assert chromium and driver, "there is no Chromium with its driver: `make browser` installs them"
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        # Neither a sandbox nor much shared memory is there in a container.
        for each in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
            options.add_argument(each)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))

    def open(
        self,
        page: Path,
        size: tuple[int, int] = DESKTOP,
        *,
        scheme: str = "light",
        media: str = "",
        script: bool = True,
    ) -> None:
        """Load a page anew.

        Args:
            scheme: `light` or `dark`, what the user prefers.
            media: `print`, or what is usual.
            script: Whether the page's scripts may run.
        """
        preferred = {"name": "prefers-color-scheme", "value": scheme}
        # Nothing moves while it is looked at.
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.tell("Emulation.setEmulatedMedia", media=media, features=[preferred, still])
        width, height = size
        self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.tell("Emulation.setScriptExecutionDisabled", value=not script)
        self.driver.get("about:blank")
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(page.as_uri())

    def tell(self, command: str, **values: Any) -> dict[str, Any]:
        """A command of the developer tools."""
        answer: dict[str, Any] = self.driver.execute_cdp_cmd(command, values)
        return answer

    def run(self, script: str, *arguments: object) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def requests(self) -> list[str]:
        """What was asked for since the page was opened, whether it was let through or not."""
        messages = [json.loads(each["message"])["message"] for each in self.driver.get_log("performance")]
        sent = [each["params"] for each in messages if each["method"] == "Network.requestWillBeSent"]
        return [each["request"]["url"] for each in sent]

    def complaints(self) -> list[str]:
        """What the console says."""
        return [each["message"] for each in self.driver.get_log("browser")]

    def contrasts(self) -> list[tuple[str, float, float]]:
        """Each text that is to be seen, its contrast, and its size in pixels."""
        return [(text, ratio, size) for text, ratio, size in self.run(_CONTRASTS)]

    def printed(self) -> Sequence[str]:
        """The text of each sheet of A4."""
        pdf = self.tell("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        return [each.extract_text() for each in PdfReader(io.BytesIO(base64.b64decode(pdf))).pages]


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser, until it is not needed any more."""
    opened = Browser()
    try:
        yield opened
    finally:
        opened.driver.quit()
