"""Measures the HTML report of a change that grows: how long it takes to write, to open in Chromium, and to use.

Run it from anywhere: ``python tests/bench/bench_html.py [LINES ...]`` (default: 1000 5000 20000 changed lines).
Times of the page are taken inside it, to the next frame that the browser draws; that of a search without the moment
it waits for more letters. Needs Chromium on PATH.
"""
# ruff: noqa: PLC0415 - the path is set first

import shutil
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

USE = """async () => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const times = {};
  async function timed(name, act) {
    await drawn();
    const start = performance.now();
    act();
    await drawn();
    times[name] = performance.now() - start;
  }
  const press = key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
  const tick = () => document.querySelector('.chip.info input').click();
  const search = document.getElementById('search'), filters = document.getElementById('filters');
  await timed('next finding', () => press('j'));
  await timed('last finding', () => { press('k'); press('k'); });
  await timed('split', () => press('s'));
  await timed('unified', () => press('u'));
  await timed('filter', tick);
  await timed('unfilter', tick);
  await timed('search', () => { search.value = 'compute'; filters.dispatchEvent(new Event('change')); });
  return times;
}"""


def measured(browser, lines: int, folder: Path) -> dict[str, float]:
    """Seconds, and the size of the page in megabytes, for a report of ``lines`` changed lines."""
    import report_samples

    start = time.perf_counter()
    page_text = report_samples.large(lines, max(1, lines // 200))
    found = {"write": time.perf_counter() - start, "size": len(page_text.encode()) / 1e6}
    place = folder / f"{lines}.html"
    place.write_text(page_text, encoding="utf-8")
    context = browser.new_context(viewport={"width": 1000, "height": 1000})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(place.as_uri())
    found["open"] = time.perf_counter() - start
    found |= {name: spent / 1000 for name, spent in page.evaluate(USE).items()}
    context.close()
    return found


def main(sizes: list[int]) -> int:
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "server")]
    from playwright.sync_api import sync_playwright

    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        print("no Chromium on PATH: nothing measured")
        return 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        measured(browser, sizes[0], Path(folder))  # the first page of a browser pays for its start
        results = [measured(browser, size, Path(folder)) for size in sizes]
        browser.close()
    print(f"{'changed lines':<16}" + "".join(f"{size:>10}" for size in sizes) + f"{'ratio':>10}")
    for name in results[0]:
        values = [result[name] for result in results]
        unit = "MB" if name == "size" else "s"
        print(
            f"{name:<16}"
            + "".join(f"{value:>8.2f} {unit}" for value in values)
            + f"{values[-1] / values[0]:>10.1f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or [1000, 5000, 20000]))
