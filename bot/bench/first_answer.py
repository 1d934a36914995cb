"""``make bench``: how long a person waits, in a real browser, from Enter until the answer is on the screen."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bot.bench.dataset import read_lines
from bot.processes import demo_address, running_assistant
from bot.settings import Settings

COUNT = 60
PORT, ACTIONS_PORT = 5305, 5355
# Measured in the page itself: what the driver adds is not what a person waits for.
WAIT = """async (text) => {
    const root = document.querySelector("clinic-chat").shadowRoot;
    const [log, input] = [root.querySelector(".log"), root.querySelector("textarea")];
    const before = root.querySelectorAll(".message.bot").length;
    input.value = text;
    const start = performance.now();
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
    await new Promise((done) => {
        const seen = new MutationObserver(() => {
            if (root.querySelectorAll(".message.bot").length > before) { seen.disconnect(); done(); }
        });
        seen.observe(log, { childList: true });
    });
    await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
    return performance.now() - start;
}"""


def waits(page: Page, texts: list[str]) -> list[float]:
    """Milliseconds from Enter to the first answer on the screen, for each text, each in a chat of its own."""
    times = []
    for text in texts:
        page.evaluate("localStorage.clear()")
        page.reload()
        page.locator("clinic-chat button").first.click()
        page.get_by_text("I am the automated assistant").first.wait_for()
        page.wait_for_timeout(100)
        times.append(float(page.evaluate(WAIT, text)))
    return times


def main() -> None:
    """Prints the median and the worst of some messages of the file named on the command line."""
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("this part of the benchmark needs Chromium: on Debian 'apt-get install chromium'")
    texts = [json.loads(line)["text"] for line in read_lines(Path(sys.argv[1]))]
    chosen = texts[:: max(1, len(texts) // COUNT)]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = Settings(port=PORT, actions_port=ACTIONS_PORT, database_url=f"sqlite:///{folder}/bench.db")
        with running_assistant(settings, log=Path(folder) / "log"):
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.goto(demo_address(settings))
            times = sorted(waits(page, chosen)[3:])
            browser.close()
    print(f"\nthe first answer is on the screen {statistics.median(times):.0f} ms after Enter, at the median")
    print(f"  ({len(times)} messages in a real browser; 95 of 100 within {times[int(0.95 * len(times))]:.0f} ms)")


if __name__ == "__main__":
    main()
