"""A real Chromium, and pages that keep a record of everything that must not happen."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import report_samples as samples

CHECKOUT = Path(__file__).parents[2]
EDITORS = CHECKOUT / "build" / "editors"
PICTURES = CHECKOUT / "build" / "browser"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(
    scope="module"
)  # playwright's loop runs until the browser is gone, and asynchronous tests bring their own
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright for this platform")
    reason = EDITORS / "browser.missing"
    if reason.exists():
        pytest.skip(f"no browser: {reason.read_text('utf-8').strip()}")
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no browser: run tests/editors/provide.sh")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    script = EDITORS / "browser" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        pytest.skip("no accessibility checker: run tests/editors/provide.sh")
    return script.read_text("utf-8")


@pytest.fixture(scope="session")
def reports(tmp_path_factory) -> Path:
    """A folder with the samples as files."""
    folder = tmp_path_factory.mktemp("reports")
    for name in ("rich", "complete", "clean", "hostile", "large", "held_back"):
        (folder / f"{name}.html").write_text(getattr(samples, name)(), encoding="utf-8")
    return folder


@dataclass
class Seen:
    """What a page did that somebody should know of."""

    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not (self.console or self.requests or self.dialogs)


@pytest.fixture
def visit(chromium, reports) -> Iterator[Any]:
    """Open a sample: ``visit("rich", width=..., **context)``. At the end nothing must have happened."""
    contexts, seen = [], Seen()

    def open_page(name: str, *, width: int = 1440, height: int = 1000, anchor: str = "", **words):
        context = chromium.new_context(viewport={"width": width, "height": height}, **words)
        contexts.append(context)
        page = context.new_page()
        address = (reports / f"{name}.html").as_uri()
        page.on("console", lambda message: seen.console.append(message.text))
        page.on("pageerror", lambda error: seen.console.append(str(error)))
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url.partition("#")[0] == address else seen.requests.append(request.url)
            ),
        )
        page.goto(address + anchor)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert seen.nothing, seen


@pytest.fixture
def picture():
    """Save what a page looks like, for people; nothing compares it."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def save(page, name: str, **words) -> None:
        page.screenshot(path=PICTURES / f"{name}.png", **words)

    return save
