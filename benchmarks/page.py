"""Figures of the page in a real browser: python -m benchmarks.page [WORKS] (100,000 by default).

What goes over the wire at first, how soon a wall of many works shows its first picture, what it holds up while one
scrolls, and what it keeps. Plain boxes are measured in the same run: what they cost is the browser's and the machine's.
"""

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.conftest import find_chromium, running
from tests.browser.walls import hang

from benchmarks.figures import Figure, median, milliseconds, timed

WORKS = 100_000
LOADS = 5
STEPS, STEP_PIXELS, STEP_MILLISECONDS = 240, 700, 25
VIEWPORT = {"width": 1440, "height": 900}
BOXES = (
    "<!doctype html><style>i{{float:left;width:240px;height:200px;margin:6px;background:gray}}</style>"
    "<script>for(let n=0;n<{count};n++)document.write('<i></i>')</script>"
)
BOX_COUNT = 5_000
WATCH = """
window.longest = 0; window.shifted = 0
new PerformanceObserver(list => list.getEntries().forEach(e => { longest = Math.max(longest, e.duration) }))
    .observe({ type: 'longtask' })
new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) shifted += e.value }))
    .observe({ type: 'layout-shift', buffered: true })
"""


def measure(folder: Path, works: int) -> Iterator[Figure]:
    hang(folder, works)
    with running(folder, {}) as url, sync_playwright() as playwright:
        yield from first_load(url)
        yield from index(url)
        program = find_chromium()
        if program is None:
            raise SystemExit("No Chromium was found: install one, or name it in MUSINGS_CHROMIUM.")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--js-flags=--expose-gc"])
        yield from wall(browser, url, works)
        browser.close()


def first_load(url: str) -> Iterator[Figure]:
    """The document of the studio, its script and its sheet, over real HTTP."""
    document = httpx.get(url).text
    paths = ["/", *re.findall(r"\"(/assets/[^\"]+)\"", document)]
    sent = {takes: sum(body_bytes(url + path, takes) for path in paths) for takes in ("identity", "gzip", "br")}
    for takes in ("gzip", "br"):
        kilobytes = f"{sent[takes] / 1000:.1f} kB"
        yield Figure(
            f"first load, {takes}",
            kilobytes,
            f"uncompressed ({sent['identity'] / 1000:.1f} kB)",
            sent[takes] / sent["identity"],
        )


def body_bytes(url: str, takes: str) -> int:
    with httpx.stream("GET", url, headers={"Accept-Encoding": takes}) as answer:
        return sum(map(len, answer.iter_raw()))


def index(url: str) -> Iterator[Figure]:
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get("/api/artifacts/index", params={"limit": 1})

        def whole() -> None:
            cursor = None
            while True:
                asked: dict[str, str] = {"cursor": cursor} if cursor else {}
                cursor = client.get("/api/artifacts/index", params=asked).raise_for_status().json()["next_cursor"]
                if cursor is None:
                    return

        def months() -> None:
            client.get("/api/artifacts/counts", params={"by": "month"}).raise_for_status()

        yield Figure("the index of all of it, over HTTP", milliseconds(median(timed(whole, 3))))
        yield Figure("counts of its months, over HTTP", milliseconds(median(timed(months, 5))))


def wall(browser: Browser, url: str, works: int) -> Iterator[Figure]:
    pictures = [seconds_to_first(browser, f"{url}/gallery", "main img.ready") for _ in range(LOADS)]
    few_boxes = f"data:text/html,{BOXES.format(count=50)}"
    blank = [seconds_to_first(browser, few_boxes, "i") for _ in range(LOADS)]
    yield Figure(
        "first picture on screen",
        milliseconds(median(pictures)),
        f"a page of boxes ({milliseconds(median(blank))})",
        median(pictures) / median(blank),
    )
    plain = page_of(browser)
    plain.goto(f"data:text/html,{BOXES.format(count=BOX_COUNT)}")
    boxes = scrolled(plain)
    page = page_of(browser)
    page.goto(f"{url}/gallery")
    page.locator(f"main li[aria-setsize='{works}']").first.wait_for()
    before = heap(page)
    found = scrolled(page)
    after = heap(page)
    yield Figure(
        "scrolling, longest task",
        f"{found['longest']:.0f} ms",
        f"boxes ({boxes['longest']:.0f} ms)",
        found["longest"] / max(boxes["longest"], 1),
    )
    yield Figure(
        "scrolling, median frame",
        f"{found['frame']:.1f} ms",
        f"boxes ({boxes['frame']:.1f} ms)",
        found["frame"] / boxes["frame"],
    )
    yield Figure("heap after scrolling", f"{after:.1f} MB", f"before ({before:.1f} MB)", after / before)
    yield Figure("nodes in the document", str(page.evaluate("document.querySelectorAll('*').length")))
    yield Figure("layout shift, loaded and scrolled", f"{page.evaluate('shifted'):.4f}")
    yield Figure("search to screen", milliseconds(searched(page)))


def page_of(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": VIEWPORT["width"], "height": VIEWPORT["height"]})
    page.add_init_script(WATCH)
    return page


def seconds_to_first(browser: Browser, address: str, what: str) -> float:
    """From the request for a page to the first of what the selector ``what`` finds on it."""
    page = page_of(browser)
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(what).first.wait_for()
    taken = time.perf_counter() - began
    page.close()
    return taken


def scrolled(page: Page) -> dict[str, Any]:
    """Down the page by steps as a hand makes them, each frame timed."""
    found: dict[str, Any] = page.evaluate(
        """async ([steps, pixels, pause]) => {
            window.longest = 0
            const frames = []
            let last = performance.now(), going = true
            const frame = now => { frames.push(now - last); last = now; if (going) requestAnimationFrame(frame) }
            requestAnimationFrame(frame)
            for (let step = 0; step < steps; step += 1) {
                scrollBy(0, pixels)
                await new Promise(resolve => setTimeout(resolve, pause))
            }
            going = false
            await new Promise(resolve => setTimeout(resolve, 300))
            frames.sort((a, b) => a - b)
            return { longest, frame: frames[frames.length >> 1] }
        }""",
        [STEPS, STEP_PIXELS, STEP_MILLISECONDS],
    )
    return found


def heap(page: Page) -> float:
    """Megabytes of the page's objects that are still of use."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def searched(page: Page) -> float:
    """From the last letter of a search that few works answer to, to their tiles; the pause for typing included."""
    page.evaluate("scrollTo(0, 0)")
    box = page.get_by_role("searchbox")
    box.fill("heron 4242")
    began = time.perf_counter()
    page.locator("main li").filter(has_text="heron in the reeds 4242").first.wait_for()
    return time.perf_counter() - began


def main(words: list[str]) -> int:
    if len(words) > 1 or not all(word.isdecimal() for word in words):
        print("python -m benchmarks.page takes the number of works, or nothing for 100000.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="musings-benchmark-") as folder:
        for figure in measure(Path(folder), int(words[0]) if words else WORKS):
            print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
