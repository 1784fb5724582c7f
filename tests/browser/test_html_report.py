"""The HTML report in a real Chromium: what a reader sees, types and clicks; and what must never happen."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from report_samples import EVIL

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = ("split", "unified")


def in_sight(page, selector: str = ".note") -> list[str]:
    """The ids of the elements that take up room."""
    return page.eval_on_selector_all(
        selector, "all => all.filter(e => e.getClientRects().length).map(e => e.id)"
    )


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def rows(page, file: str) -> list[list[str]]:
    """The text of each row of a file's diffs: the cells of a line, the title of a finding."""
    return page.evaluate(
        """name => [...document.querySelectorAll(`.file[data-path="${name}"] table.diff tbody tr`)].map(row =>
            row.matches(".says") ? ["note", row.querySelector(".what").textContent]
                                 : [...row.cells].map(cell => cell.textContent))""",
        file,
    )


def choose(page, **words) -> None:
    """Tick or untick severities: ``error=False``."""
    for value, on in words.items():
        page.locator(f'input[value="{value}"]').set_checked(on, force=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["rich", "complete", "clean", "hostile", "held_back"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_barrier(visit, axe, picture, name, scheme, view):
    page = visit(name, color_scheme=scheme)
    page.click(f"#{view}")
    for folded in page.locator("main details").all():
        folded.evaluate("e => e.open = true")
    page.evaluate(f"{axe};0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    said = [(rule["id"], [node["html"][:120] for node in rule["nodes"]][:3]) for rule in found]
    assert said == []
    picture(page, f"{name}-{view}-{scheme}")


def test_the_help_is_accessible_too_and_goes_with_escape(visit, axe, picture):
    page = visit("rich")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.evaluate(f"{axe};0")
    assert page.evaluate("axe.run('#keys', {resultTypes: ['violations']})")["violations"] == []
    picture(page, "help")
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_keys_go_from_finding_to_finding_and_from_file_to_file(visit, picture):
    page = visit("rich")
    notes = page.eval_on_selector_all(".note", "all => all.map(e => e.id)")
    seen = []
    for key in ("j", "n", "j", "k", "p"):
        page.keyboard.press(key)
        seen.append(focused(page))
    assert seen == [notes[0], notes[1], notes[2], notes[1], notes[0]]
    assert page.locator(f"#{notes[0]}").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    box = page.locator(f"#{notes[0]}").bounding_box()
    bar = page.locator(".toolbar").bounding_box()
    assert bar["y"] + bar["height"] <= box["y"] <= 1000, "what has the focus is in sight"
    picture(page, "focus")
    page.keyboard.press("k")
    assert focused(page) == notes[-1], "before the first comes the last"
    page.keyboard.press("]")
    page.keyboard.press("[")
    assert focused(page).startswith("file-")
    page.click("#next")
    assert focused(page) in notes


def test_single_keys_can_be_turned_off_for_good(visit):
    page = visit("rich")
    page.keyboard.press("?")
    page.uncheck("#shortcuts")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert focused(page) == ""
    page.click("#next")
    assert focused(page).startswith("finding-")


def test_a_key_that_is_typed_into_the_search_is_text(visit):
    page = visit("rich")
    page.keyboard.press("/")
    page.keyboard.type("jus?t")
    assert page.input_value("#search") == "jus?t"
    assert not page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert focused(page) == ""


def test_filters_narrow_findings_and_files_and_say_how_many_are_left(visit, picture):
    page = visit("rich")
    count = page.locator("#count")
    assert count.text_content() == "7 findings, 2 folded"
    assert count.get_attribute("role") == "status", "a screen reader hears the new number"
    choose(page, warning=False, info=False)
    errors = page.eval_on_selector_all('.note[data-severity="error"]', "all => all.map(e => e.id)")
    assert in_sight(page) == errors
    assert count.text_content() == "3 of 7 findings, 1 folded"
    page.select_option("#category", "data-loss")
    assert count.text_content() == "0 of 7 findings, 1 folded"
    assert page.locator(".file:visible").count() == 1, "files without such a finding are out of sight"
    assert page.locator(".files li:visible").count() == 1
    picture(page, "filtered")
    page.keyboard.press("Escape")
    page.click("#clear")
    assert count.text_content() == "7 findings, 2 folded"
    page.select_option("#file", label="web/basket/cart.ts")
    assert page.locator(".file:not(.out)").get_attribute("data-path") == "web/basket/cart.ts"
    page.click("#clear")
    page.select_option("#state", "dismissed")
    states = page.eval_on_selector_all(".note:not(.out)", "all => all.map(e => e.dataset.state)")
    assert states == ["dismissed"]


def test_keys_skip_what_is_filtered_away(visit):
    page = visit("rich")
    choose(page, error=False, info=False)
    page.locator("#count").click()
    for _ in range(3):
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.dataset.severity") == "warning"


def test_search_finds_findings_names_and_code(visit, picture):
    page = visit("rich")

    def files_with(words: str) -> list[str]:
        page.fill("#search", words)
        page.wait_for_timeout(200)
        return page.eval_on_selector_all(".file:not(.out)", "all => all.map(e => e.dataset.path)")

    assert files_with("currency") == ["db/migrate.sql", "web/basket/cart.ts"]
    assert files_with("NaN") == ["web/basket/cart.ts"]
    assert page.locator("#count").text_content() == "1 of 7 findings"
    assert files_with("BASKET/cart") == ["web/basket/cart.ts"]
    assert files_with("soffice --headless") == ["shop/export.py"]
    picture(page, "search")
    assert files_with("nowhere at all") == []
    assert len(files_with("")) == 4


def test_side_by_side_pairs_what_replaces_what_and_keeps_findings_under_their_line(visit):
    page = visit("rich", width=900)
    before = rows(page, "web/basket/cart.ts")
    assert before[2][:3] == ["3", "", "-"]
    page.keyboard.press("s")
    assert page.get_attribute("#split", "aria-pressed") == "true"
    split = rows(page, "shop/export.py")
    gone = split.index(["note", "An access check is removed: `@require_role`"])
    assert split[gone - 1 : gone + 2] == [
        [
            "13",
            '    @require_role("manager")',
            "13",
            "    def orders(self, customer: int, status: str) -> list[tuple]:",
        ],
        ["note", "An access check is removed: `@require_role`"],
        ["14", "    def orders(self, customer: int) -> list[tuple]:", "", ""],
    ]
    statement = split.index(["note", "A statement is put together from text and run as SQL"])
    assert split[statement - 1] == ["", "", "17", "            ).fetchall()"]
    page.keyboard.press("u")
    assert rows(page, "web/basket/cart.ts") == before
    assert page.get_attribute("#unified", "aria-pressed") == "true"


def test_a_wide_window_starts_side_by_side_and_the_choice_is_kept(visit):
    page = visit("rich", width=1440)
    assert page.locator("table.split").count() > 0
    page.keyboard.press("u")
    page.reload()
    assert page.locator("table.split").count() == 0
    assert visit("rich", width=900).locator("table.split").count() == 0


def test_dark_follows_the_system_until_the_reader_chooses(visit):
    def background(page) -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light, dark = (background(visit("rich", color_scheme=scheme)) for scheme in ("light", "dark"))
    assert light != dark
    page = visit("rich", color_scheme="dark")
    page.keyboard.press("t")
    assert (background(page), page.text_content("#theme")) == (light, "Light")
    page.click("#theme")
    assert (background(page), page.text_content("#theme")) == (dark, "Dark")
    page.reload()
    assert (background(page), page.text_content("#theme")) == (dark, "Dark")
    page.keyboard.press("t")
    page.emulate_media(color_scheme="light")
    assert (background(page), page.text_content("#theme")) == (light, "Auto")


def test_a_link_to_a_finding_unfolds_and_focuses_it(visit):
    page = visit("rich", anchor="#finding-444444444444")
    assert focused(page) == "finding-444444444444"
    assert page.locator("#finding-444444444444 .why").is_visible()


def test_on_paper_everything_shows_whatever_is_filtered_or_folded(visit, picture):
    page = visit("rich", width=1000, color_scheme="dark")
    choose(page, error=False)
    page.locator(".file > details > summary").first.click()
    page.emulate_media(media="print")
    assert len(in_sight(page)) == page.locator(".note").count()
    assert len(in_sight(page, ".why")) == page.locator(".why").count()
    assert len(in_sight(page, "table.ledger")) == 1
    assert not page.locator(".toolbar").is_visible()
    folded = page.locator("main details:not([open])").count()
    assert page.pdf().startswith(b"%PDF")
    assert page.locator("main details:not([open])").count() == folded, "afterwards the screen is as it was"
    picture(page, "print", full_page=True)


def test_without_script_everything_can_be_read(visit, picture):
    page = visit("rich", java_script_enabled=False)
    assert not page.locator(".toolbar").is_visible()
    assert page.locator(".file").count() == 4
    for title in page.locator("article.note:not(.quiet) h4").all():
        assert title.is_visible()
    page.locator("article.quiet summary").first.click()
    assert page.locator("article.quiet .why").first.is_visible()
    picture(page, "no-script")


@pytest.mark.parametrize("name", ["rich", "hostile"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_telephone_never_scrolls_sideways(visit, picture, name, view):
    page = visit(name, width=390, height=844)
    page.click(f"#{view}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, f"{name}-{view}-narrow")
    page.keyboard.press("j")
    picture(page, f"{name}-{view}-narrow-finding")


def test_hostile_text_is_shown_and_does_nothing(visit):
    page = visit("hostile")
    for key in "jjjusuk]":
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert page.evaluate("globalThis.canary") is None
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    assert (
        page.evaluate(
            "[...document.querySelectorAll('*')].some(e => [...e.attributes].some(a => a.name.startsWith('on')))"
        )
        is False
    )
    assert page.locator("iframe, img, base, object, embed").count() == 0
    shown = page.locator('.file[data-path="evil.html"]').text_content()
    assert all(text in shown for text in EVIL[:8])
    assert "\\u202e\\u2066txt.exe" in shown
    assert page.locator("h1").count() == 1


def test_over_http_nothing_but_the_page_is_asked_for(chromium, reports):
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((reports / "hostile.html").read_bytes())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/report.html")
        page.keyboard.press("j")
        page.wait_for_timeout(300)
        context.close()
        server.shutdown()
    assert asked == ["/report.html"]


def test_five_thousand_lines_are_all_there_and_can_be_filtered_searched_and_walked(visit, picture):
    page = visit("large")
    changed = page.evaluate("document.querySelectorAll('table.diff td.a, table.diff td.r').length / 2")
    assert changed == 5_000
    page.keyboard.press("u")
    assert page.locator("table.diff tr.a, table.diff tr.r").count() == 5_000
    assert page.locator("#count").text_content() == "100 findings"
    choose(page, warning=False, info=False)
    left = page.locator('.note[data-severity="error"]').count()
    assert page.locator("#count").text_content() == f"{left} of 100 findings"
    page.fill("#search", "finding 75 of file 24")
    page.wait_for_timeout(300)
    assert page.locator("#count").text_content() in {"0 of 100 findings", "1 of 100 findings"}
    page.click("#clear")
    page.locator("#count").click()
    page.keyboard.press("k")
    assert focused(page) == page.locator(".note").last.get_attribute("id")
    box = page.locator(".note").last.bounding_box()
    assert 0 <= box["y"] <= 1000, "the last finding of a long page is really in sight"
    picture(page, "large")
